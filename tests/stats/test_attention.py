"""Each kind of trouble: when it is there, where, for whom, by which button, and that it goes when it is mended."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext_lazy as in_number  # not to be collected for the catalogue

from chats.attendance import attend_all
from chats.kinds import Kind
from chats.models import Chat
from chats.services import create_chat
from invites.models import Invite
from invites.services import issuing
from school import attention
from school.models import Enrolment, Person, School, SchoolClass
from school.services import people, staff, structure
from school.services.rights import grant_temporary
from stats.attention import SHOWN_PLACES
from tests import factories as make

from .troubles import ask_to_join, birthday, days_ago, leave_with_a_class, lines, name_orders

pytestmark = pytest.mark.django_db


@pytest.fixture
def school_class(school: School) -> SchoolClass:
    """7Б with its homeroom teacher and the parents' chat: nothing is wrong."""
    made = make.make_class(school, "7Б")
    homeroom = make.make_homeroom(made)
    create_chat(by=make.user_of(homeroom), kind=Kind.PARENTS, scope=made)
    return made


def homeroom_of(school_class: SchoolClass) -> Any:
    return make.user_of(school_class.homerooms.active().get().person)


def test_where_nothing_is_wrong_there_is_nothing(school: School, school_class: SchoolClass) -> None:
    name_orders(school)
    assert lines(make.administrator_of(school), school) == {}
    assert lines(homeroom_of(school_class), school) == {}


def test_a_class_without_a_homeroom_teacher(school: School, school_class: SchoolClass) -> None:
    admin = make.administrator_of(school)
    headless = make.make_class(school, "7В")
    line = lines(admin, school)["headless"]
    assert (line.count, line.where, line.tone, line.is_mine) == (1, "7В", "bad", True)
    assert line.url == reverse("school:homeroom", args=[school.pk, headless.pk])
    make.make_class(school, "7Г")
    line = lines(admin, school)["headless"]
    assert (line.count, line.where, line.url) == (2, "7В, 7Г", f"/schools/{school.pk}/classes/?headless=1")
    seen = lines(make.user_of(make.make_staff(school, "director")), school)["headless"]
    assert (seen.is_mine, seen.url) == (False, line.url)  # the director sees where, the administrator assigns (2.1)
    assert "2.1" in str(seen.mended_by)
    for each in SchoolClass.objects.filter(homerooms__isnull=True, kind="class", school=school):
        make.make_homeroom(each)
    assert "headless" not in lines(admin, school)


def test_requests_wait_with_their_age(school: School, school_class: SchoolClass) -> None:
    other = make.make_class(school, "7В")
    ask_to_join(school, school_class)
    own = lines(homeroom_of(school_class), school)["requests"]
    assert (own.count, own.where, own.waits, own.tone) == (1, "7Б", "с сегодняшнего дня", "warn")
    ask_to_join(school, other, days=5)
    ask_to_join(school, other)
    ask_to_join(school, None)
    line = lines(make.administrator_of(school), school)["requests"]
    assert (line.count, line.where, line.tone) == (4, "вне классов, 7Б, 7В (2)", "bad")
    assert line.waits == "дольше всех — 5 дней"
    assert line.url == reverse("invites:requests", args=[school.pk])
    assert lines(homeroom_of(school_class), school)["requests"].count == 1
    director = lines(make.user_of(make.make_staff(school, "director")), school)["requests"]
    assert (director.count, director.url) == (4, "")  # he sees that they wait, and decides none


def test_teachers_wait_to_be_confirmed(school: School, school_class: SchoolClass) -> None:
    waiting = make.make_staff(school, verified=False)
    line = lines(make.administrator_of(school), school)["teachers"]
    assert (line.count, line.tone, line.url) == (1, "warn", reverse("school:verification", args=[school.pk]))
    Person.objects.filter(pk=waiting.pk).update(verification_asked_at=days_ago(4))
    assert lines(make.administrator_of(school), school)["teachers"].tone == "bad"
    assert "teachers" not in lines(homeroom_of(school_class), school)


def test_a_class_of_few_parents(school: School, school_class: SchoolClass) -> None:
    for number in range(5):
        make.make_parent(make.make_pupil(school_class), joined=number < 2)
    line = lines(homeroom_of(school_class), school)["few_parents"]
    assert (line.where, line.url, line.is_mine) == ("7Б (40\N{NO-BREAK SPACE}%)", school_class.get_absolute_url(), True)
    make.join(Person.objects.filter(wards__isnull=False, user__isnull=True)[0])
    assert "few_parents" not in lines(homeroom_of(school_class), school)


def test_four_parents_are_too_few_to_be_a_share(school: School, school_class: SchoolClass) -> None:
    for _ in range(4):
        make.make_parent(make.make_pupil(school_class), joined=False)
    assert "few_parents" not in lines(make.administrator_of(school), school)


def test_a_class_without_the_parents_chat_is_mended_by_its_homeroom_teacher(school: School) -> None:
    school_class = make.make_class(school, "7А")
    homeroom = make.user_of(make.make_homeroom(school_class))
    line = lines(homeroom, school)["no_parents_chat"]
    assert (line.is_mine, line.url) == (True, reverse("chats:create", args=["parents", school_class.pk]))
    shown = lines(make.administrator_of(school), school)["no_parents_chat"]
    assert (shown.is_mine, shown.url) == (False, school_class.get_absolute_url())
    create_chat(by=homeroom, kind=Kind.PARENTS, scope=school_class)
    assert "no_parents_chat" not in lines(homeroom, school)


def test_pupils_without_an_adult(school: School, school_class: SchoolClass) -> None:
    pupil = make.make_pupil(school_class)
    make.make_pupil(school_class)
    people_page = reverse("school:people", args=[school.pk])
    for user in (make.administrator_of(school), homeroom_of(school_class)):
        line = lines(user, school)["alone"]
        assert (line.count, line.where) == (2, "7Б (2)")
        assert line.url == f"{people_page}?state=alone&school_class={school_class.pk}"
    make.make_parent(pupil)
    assert lines(make.administrator_of(school), school)["alone"].count == 1


def test_a_chat_of_pupils_without_an_adult(school: School, school_class: SchoolClass) -> None:
    make.make_pupil(school_class)
    create_chat(by=homeroom_of(school_class), kind=Kind.PUPILS, scope=school_class)
    admin = make.administrator_of(school)
    staff.release_homeroom(by=admin, school_class=school_class)
    attend_all()
    chat = Chat.objects.get(kind=Kind.PUPILS)
    assert chat.read_only
    line = lines(admin, school)["read_only_chats"]
    assert (line.where, line.tone) == (chat.title, "bad")
    assert line.url == reverse("school:homeroom", args=[school.pk, school_class.pk])
    make.make_homeroom(school_class)
    attend_all()
    assert "read_only_chats" not in lines(admin, school)


def test_links_that_are_about_to_die(school: School, school_class: SchoolClass) -> None:
    admin = make.administrator_of(school)
    link = issuing.create_invite(by=admin, school=school, role="parent", school_class=school_class)
    assert "dying_links" not in lines(admin, school)
    Invite.objects.filter(pk=link.pk).update(expires_at=timezone.now() + dt.timedelta(days=1))
    for user in (admin, homeroom_of(school_class)):
        line = lines(user, school)["dying_links"]
        assert (line.count, line.where, line.url) == (1, "7Б", reverse("invites:list", args=[school.pk]))
    issuing.create_invite(by=admin, school=school, role="pupil", school_class=school_class)
    assert "dying_links" in lines(admin, school)  # another role's link takes nobody's place
    issuing.create_invite(by=admin, school=school, role="parent", school_class=school_class)
    assert "dying_links" not in lines(admin, school)


def test_links_that_nobody_uses_are_about_to_be_annulled(school: School, school_class: SchoolClass) -> None:
    admin = make.administrator_of(school)
    link = issuing.create_invite(by=admin, school=school, role="parent", school_class=school_class)
    Invite.objects.filter(pk=link.pk).update(
        created_at=days_ago(school.unclaimed_days - 2), expires_at=timezone.now() + dt.timedelta(days=60)
    )
    assert lines(admin, school)["unclaimed_links"].url.endswith("/invites/#soon")
    Invite.objects.filter(pk=link.pk).update(uses=1)
    assert "unclaimed_links" not in lines(admin, school)


def test_movement_that_was_not_finished(school: School, school_class: SchoolClass) -> None:
    admin = make.administrator_of(school)
    forgotten, between = make.make_pupil(school_class), make.make_pupil(school_class)
    old = make.make_class(school, "9А")
    Enrolment.objects.filter(person=forgotten).update(school_class=old)
    Enrolment.objects.filter(person=between).update(ends_on=timezone.localdate())
    SchoolClass.objects.filter(pk=old.pk).update(archived_at=timezone.now())
    line = lines(admin, school)["unplaced"]
    assert (line.count, line.is_mine) == (2, True)
    assert line.url == reverse("school:people", args=[school.pk]) + "?state=unplaced"
    assert "unplaced" not in lines(homeroom_of(school_class), school)
    for person in (forgotten, between):
        people.remove_person(by=admin, person=person)
    assert "unplaced" not in lines(admin, school)


def test_who_has_left_but_leads_a_class_and_teaches(school: School) -> None:
    school_class = make.make_class(school, "7А")
    leave_with_a_class(school_class)
    admin = make.administrator_of(school)
    found = lines(admin, school)
    assert found["left_homeroom"].url == reverse("school:homeroom", args=[school.pk, school_class.pk])
    assert found["left_teachers"].url == reverse("school:class_teachers", args=[school.pk, school_class.pk])
    staff.assign_homeroom(by=admin, school_class=school_class, person=make.make_staff(school), replace=True)
    assert "left_homeroom" not in lines(admin, school)


@pytest.mark.parametrize(
    ("age", "days", "there"), [(14, -7, 1), (14, 14, 1), (14, 15, 0), (14, -8, 0), (13, 0, 0), (18, 3, 1)]
)
def test_birthdays_after_which_consents_change(
    school: School, school_class: SchoolClass, age: int, days: int, there: int
) -> None:
    pupil = make.make_pupil(school_class, last_name="Ёлкин", first_name="Пётр", birth_date=birthday(age, days=days))
    make.make_parent(pupil)
    found = {code: line for code, line in lines(homeroom_of(school_class), school).items() if code.startswith("turns")}
    assert len(found) == there
    for line in found.values():
        assert line.where.startswith("Ёлкин П., 7Б, ")
        assert line.tone == "info"
        assert line.url.endswith(f"?state=turns_{age}&school_class={school_class.pk}")


def test_many_places_are_not_all_named(school: School) -> None:
    admin = make.administrator_of(school)
    names = " ".join(f"{number}{letter}" for number in (1, 2, 3, 4) for letter in "АБВ")
    structure.create_classes(by=admin, school=school, names=names)
    line = lines(admin, school)["headless"]
    assert line.count == 12
    assert line.where.endswith(f"и ещё {12 - SHOWN_PLACES}")
    assert line.where.startswith("1А, 1Б, 1В, 2А")


def test_a_homeroom_teacher_sees_only_his_class(school: School, school_class: SchoolClass) -> None:
    other = make.make_class(school, "7В")
    make.make_pupil(other)
    leave_with_a_class(make.make_class(school, "7Г"))
    ask_to_join(school, other, days=9)
    make.make_staff(school, verified=False)
    assert lines(homeroom_of(school_class), school) == {}
    foreign = make.make_class(make.make_school(), "7Б")
    make.make_pupil(foreign)
    assert lines(homeroom_of(school_class), foreign.school) == {}
    assert lines(homeroom_of(school_class), school) == {}


def test_others_see_nothing(school: School, school_class: SchoolClass) -> None:
    pupil = make.make_pupil(school_class)
    make.make_class(school, "7В")
    teacher = make.make_teaching(school_class)
    for person in (pupil, make.make_parent(pupil), teacher, make.make_staff(school, "employee", verified=False)):
        assert lines(make.user_of(person), school) == {}


def test_a_substitute_decides_and_sees_no_figures(school: School, school_class: SchoolClass) -> None:
    """A right given by hand, on the class alone."""
    substitute = make.make_staff(school)
    make.make_pupil(school_class)
    ask_to_join(school, school_class)
    until = timezone.now() + dt.timedelta(days=5)
    terms: Any = {"codename": "decide_requests", "scope": school_class, "until": until, "reason": "Больничный"}
    grant_temporary(by=make.administrator_of(school), person=substitute, **terms)
    assert list(lines(make.user_of(substitute), school)) == ["requests"]


def test_other_apps_add_their_lines(school: School, school_class: SchoolClass, monkeypatch: Any) -> None:
    monkeypatch.setattr(attention, "_concerns", dict(attention._concerns))
    pupil = make.make_pupil(school_class)
    make.make_parent(pupil)
    concern = attention.Concern(
        code="consents",
        text=in_number("consent missing", "consents missing"),
        rows=lambda school: Enrolment.objects.active().filter(school=school),
        seen_by=("view_statistics",),
        of_class="school_class_id",
        steps=(attention.Step("Ask", "decide_requests", lambda school, classes: f"/{classes[0].pk}/"),),
        tone="bad",
    )
    attention.register(concern)
    for user in (make.administrator_of(school), homeroom_of(school_class)):
        line = lines(user, school)["consents"]
        assert (line.text, line.where, line.button, line.url) == (
            "consent missing",
            "7Б",
            "Ask",
            f"/{school_class.pk}/",
        )
    with pytest.raises(ValueError, match="consents"):
        attention.register(attention.Concern("consents", concern.text, concern.rows, ()))


def test_the_worst_come_first(school: School) -> None:
    school_class = make.make_class(school, "7А")
    make.make_pupil(school_class, birth_date=birthday(14, days=1))
    name_orders(school)
    tones = [line.tone for line in lines(make.administrator_of(school), school).values()]
    assert tones == ["bad", "warn", "warn", "info"]


def test_the_cost_does_not_grow(school: School, school_class: SchoolClass) -> None:
    admin = make.administrator_of(school)

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            lines(admin, school)
        return len(queries)

    few = cost()
    for name in ("1А", "2Б", "3В", "9Г"):
        for _ in range(5):
            make.make_pupil(make.make_class(school, name) if not _ else SchoolClass.objects.latest("pk"))
        ask_to_join(school, SchoolClass.objects.latest("pk"), days=9)
    assert cost() == few == 4  # the login, its rights, the classes, the troubles
