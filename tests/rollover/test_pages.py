"""The pages of the plan: the table, a class, what will change, the progress, the archive of the old year."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from school import panels, progress
from school.models import Act, Homeroom, Person, Rollover, RolloverPupil, School, SchoolClass
from school.regulation import Role
from school.services import acts, pupils, rights, rollover_apply, staff, structure
from school.services import rollover as services
from school.services.movements import MANY_REMOVED
from school.services.rollover_begin import begin_rollover
from tests import factories as f
from tests.rollover.years import carry_out, decide, fill, lead, make_plan, new_year
from tests.world import World

pytestmark = pytest.mark.django_db
As = Callable[[User], Client]


@pytest.fixture
def school(world: World) -> School:
    """7Б and 7А with their people, and an eleventh class: the seventh do not graduate."""
    f.make_class(world.own.school, "11А")
    return world.own.school


@pytest.fixture
def admin(school: School, as_: As) -> Client:
    return as_(f.administrator_of(school))


def url(school: School, name: str = "rollover", *args: Any) -> str:
    return reverse(f"school:{name}", args=[school.pk, *args])


def table(school: School, **changes: str) -> dict[str, str]:
    """What the browser sends: every line of the table as it is shown, with `changes`."""
    sent: dict[str, str] = {}
    for school_class in school.classes.taught():
        pk = school_class.pk
        lead_ = Homeroom.objects.active().filter(school_class=school_class).first()
        sent[f"class-{pk}"] = f"{(school_class.parallel or 0) + 1}{school_class.letter}"
        sent[f"lead-{pk}"] = lead_.person.full_name if lead_ else ""
        if school_class.parallel == 11:
            sent |= {f"graduates-{pk}": "on", f"class-{pk}": ""}
    return sent | changes


def text_of(response: Any) -> str:
    return response.content.decode()


def test_from_the_first_page_to_a_plan(school: School, admin: Client) -> None:
    assert "Составить план" in text_of(admin.get(url(school)))
    page = text_of(admin.post(url(school, "start_rollover"), follow=True))
    assert 'value="8Б"' in page
    assert "Выпуск" in page
    refused = admin.post(url(school, "start_rollover"), follow=True)
    assert "уже есть" in text_of(refused)


def test_the_table_is_saved_line_by_line(world: World, school: School, admin: Client) -> None:
    plan, own = make_plan(school), world.own.school_class
    new = f.make_staff(school, last_name="Ёлкина", first_name="Мария", patronymic="Ильинична")
    changes = {f"class-{own.pk}": "8 «Ж»", f"lead-{own.pk}": "елкина мария  ильинична"}
    assert admin.post(url(school), table(school, **changes)).status_code == 302
    line = plan.classes.get(school_class=own)
    assert (line.parallel, line.letter, line.homeroom, line.keeps_homeroom) == (8, "Ж", new, False)
    other = plan.classes.get(school_class=world.other_class.school_class)
    assert (other.keeps_homeroom, other.homeroom) == (True, None)
    assert plan.classes.get(school_class__parallel=11).graduates
    answer = admin.post(url(school), {**table(school), "look": "1"})
    assert answer.headers["Location"] == url(school, "rollover_changes")


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("class", "", "новое название"),
        ("class", "чепуха", "не класс"),
        ("lead", "Нигдеев Никто", "нет"),
    ],
)
def test_a_line_that_cannot_be_is_refused_beside_its_field(
    world: World, school: School, admin: Client, name: str, value: str, said: str
) -> None:
    make_plan(school)
    field = f"{name}-{world.own.school_class.pk}"
    page = admin.post(url(school), table(school, **{field: value}))
    assert page.status_code == 200
    assert said in " ".join(page.context["form"].errors[field])


def test_namesakes_are_told_apart_by_their_number(world: World, school: School, admin: Client) -> None:
    plan = make_plan(school)
    names = {"last_name": "Ёлкина", "first_name": "Мария", "patronymic": ""}
    first, _second = f.make_staff(school, **names), f.make_staff(school, **names)
    field = f"lead-{world.own.school_class.pk}"
    page = admin.post(url(school), table(school, **{field: "Ёлкина Мария"}))
    assert page.context["form"].errors[field]
    assert f"Ёлкина Мария · № {first.pk}" in text_of(page)
    admin.post(url(school), table(school, **{field: f"Ёлкина Мария · № {first.pk}"}))
    assert plan.classes.get(school_class=world.own.school_class).homeroom == first


def test_the_pupils_of_a_class_get_their_decisions(world: World, school: School, admin: Client) -> None:
    plan, own = make_plan(school, first_classes="7Я"), world.own
    page = url(school, "rollover_class", own.school_class.pk)
    assert "вместе с классом: 8Б" in text_of(admin.get(page))
    sent = {f"fate-{own.pupil.pk}": "leaves", f"place-{own.pupil.pk}": "Школа № 5"}
    admin.post(page, {**sent, f"fate-{own.classmate.pk}": "repeats:7:Я"})
    rows = {row.person: row for row in plan.pupils.all()}
    assert (rows[own.pupil].fate, rows[own.pupil].place) == ("leaves", "Школа № 5")
    assert (rows[own.classmate].parallel, rows[own.classmate].letter) == (7, "Я")
    shown = text_of(admin.get(page))
    assert 'value="repeats:7:Я" selected' in shown
    admin.post(page, {f"fate-{own.pupil.pk}": "", f"fate-{own.classmate.pk}": "conditional"})
    assert plan.pupils.get().fate == RolloverPupil.Fate.CONDITIONAL
    foreign = world.other_school.school_class.pk
    assert admin.get(url(school, "rollover_class", foreign)).status_code == 404
    assert admin.post(page, {f"fate-{own.pupil.pk}": "repeats:7:Ъ"}).context["form"].errors


def test_a_decision_whose_class_will_not_be_is_shown_and_named(world: World, school: School, admin: Client) -> None:
    plan, own = make_plan(school, first_classes="7Я"), world.own
    decide(plan, own.pupil, "repeats", "7Я")
    services.edit_rollover(
        by=f.administrator_of(school), rollover=plan, starts_on=plan.starts_on, ends_on=plan.ends_on, first_classes=""
    )
    page = url(school, "rollover_class", own.school_class.pk)
    assert 'value="repeats:7:Я" selected' in text_of(admin.get(page))
    changes = text_of(admin.get(url(school, "rollover_changes")))
    assert own.pupil.full_name in changes
    assert url(school, "begin_rollover") not in changes


def test_what_will_change_is_said_by_class_and_name(world: World, school: School, admin: Client) -> None:
    plan, own = make_plan(school), world.own
    new = f.make_staff(school)
    lead(plan, own.school_class, "8Б", new)
    decide(plan, own.pupil, "leaves", place="Школа № 5")
    decide(plan, own.classmate, "conditional")
    page = text_of(admin.get(url(school, "rollover_changes")))
    for word in ("8Б", own.pupil.full_name, "Школа № 5", own.classmate.full_name, "условно", new.full_name, "новый"):
        assert word in page
    assert url(school, "begin_rollover") in page
    assert not Act.objects.exists()


def test_the_terms_are_edited_and_refused_beside_the_field(school: School, admin: Client) -> None:
    plan = make_plan(school)
    sent = {"chats": "carry_on", "first_classes": "1А 1Б", "order_number": "84-О", "order_date": "2026-08-27"}
    sent |= {"starts_on": str(plan.starts_on), "ends_on": str(plan.ends_on)}
    assert admin.post(url(school, "edit_rollover"), sent).status_code == 302
    plan.refresh_from_db()
    assert (plan.chats, plan.first_classes, plan.order_number, plan.carries_teaching) == (
        *("carry_on", "1А, 1Б", "84-О", False),
    )
    page = admin.post(url(school, "edit_rollover"), {**sent, "first_classes": "ой"})
    assert page.context["form"].errors["first_classes"]


def test_begun_watched_done_and_undone(world: World, school: School, admin: Client) -> None:
    plan = make_plan(school)
    page = text_of(admin.post(url(school, "begin_rollover"), follow=True))
    assert "hx-get" in page
    plan.refresh_from_db()
    progress.tell(rollover_apply.progress_name(plan), 4)
    part = admin.get(url(school, "rollover_progress"))
    assert 'value="4"' in text_of(part)
    assert "HX-Refresh" not in part.headers
    rollover_apply.carry_out_due()
    assert admin.get(url(school, "rollover_progress")).headers["HX-Refresh"] == "true"
    page = text_of(admin.get(url(school)))
    act = Act.objects.get()
    assert url(school, "undo_act", act.pk) in page
    answer = admin.post(url(school, "undo_act", act.pk), {"next": url(school)}, follow=True)
    assert answer.redirect_chain[-1][0] == url(school)
    assert "Составить план" in text_of(answer)
    assert Rollover.objects.get().state == Rollover.State.UNDONE
    assert {c.name for c in school.classes.taught()} == {"7А", "7Б", "11А"}


def test_what_failed_says_why_and_can_be_begun_again(school: School, admin: Client) -> None:
    plan = make_plan(school)
    Rollover.objects.filter(pk=plan.pk).update(state=Rollover.State.FAILED, reason="Диск переполнен.")
    assert "Диск переполнен." in text_of(admin.get(url(school)))
    admin.post(url(school, "begin_rollover"))
    plan.refresh_from_db()
    assert plan.state == Rollover.State.APPLYING


def test_the_plan_is_thrown_away(school: School, admin: Client) -> None:
    make_plan(school)
    admin.post(url(school, "discard_rollover"))
    assert not Rollover.objects.exists()
    assert admin.post(url(school, "discard_rollover")).status_code == 404


def test_the_archive_shows_the_old_year_and_offers_nothing(world: World, school: School, admin: Client) -> None:
    own = world.own
    year = school.current_year
    moved_before = f.make_pupil(own.school_class, last_name="Ушедший")
    to = world.other_class.school_class
    pupils.move_pupil(by=f.administrator_of(school), person=moved_before, to_class=to)
    structure.set_group_members(by=f.administrator_of(school), study_group=own.part, pupils=[own.pupil])
    new_year(school)
    now = text_of(admin.get(url(school, "structure")))
    assert f"?year={year.pk}" in now
    assert "8Б" in now
    past = text_of(admin.get(url(school, "structure"), {"year": year.pk}))
    assert "7Б" in past
    assert "2 ученика" in past
    assert own.homeroom.full_name in past
    page = text_of(admin.get(own.school_class.get_absolute_url()))
    for person in (own.pupil, own.parent, own.classmate, own.homeroom):
        assert person.full_name in page
    assert moved_before.full_name not in page
    for name in ("edit_class", "homeroom", "add_pupil"):
        assert url(school, name, own.school_class.pk) not in page
    subjects = text_of(admin.get(url(school, "class_teachers", own.school_class.pk)))
    assert own.class_teacher.full_name in subjects
    assert "1 ученик" in subjects
    assert url(school, "add_study_group", own.school_class.pk) not in subjects
    assert admin.get(url(school, "structure"), {"year": 0}).status_code == 404
    other = world.other_school.school.current_year
    assert admin.get(url(school, "structure"), {"year": other.pk}).status_code == 404


def test_a_teacher_does_not_open_the_old_year(world: World, school: School, as_: As) -> None:
    year = school.current_year
    new_year(school)
    client = as_(f.user_of(world.own.homeroom))
    assert client.get(world.own.school_class.get_absolute_url()).status_code == 404
    assert client.get(url(school, "structure"), {"year": year.pk}).status_code == 404


def test_the_menu_shows_the_way_only_to_who_may_go_it(world: World, school: School, as_: As) -> None:
    admin = f.administrator_of(school)
    assert url(school) in text_of(as_(admin).get(school.get_absolute_url()))
    director = f.user_of(world.people["director"])
    assert url(school) not in text_of(as_(director).get(school.get_absolute_url()))
    rights.set_right(by=admin, school=school, role=Role.DIRECTOR, codename="manage_people", allowed=True)
    assert url(school) not in text_of(as_(director).get(school.get_absolute_url()))
    rights.set_right(by=admin, school=school, role=Role.DIRECTOR, codename="manage_structure", allowed=True)
    assert url(school) in text_of(as_(director).get(school.get_absolute_url()))


PAGES = ["rollover", "rollover_changes", "rollover_class", "edit_rollover"]


@pytest.mark.parametrize("name", [*PAGES, "structure"])
def test_a_page_costs_the_same_for_a_few_and_for_many(world: World, school: School, admin: Client, name: str) -> None:
    plan, here = make_plan(school), world.own.school_class
    args = [here.pk] if name == "rollover_class" else []

    def cost() -> int:
        admin.get(url(school, name, *args))
        with CaptureQueriesContext(connection) as queries:
            assert admin.get(url(school, name, *args)).status_code == 200
        return len(queries)

    decide(plan, world.own.pupil, "leaves")
    few = cost()
    structure.create_classes(by=f.administrator_of(school), school=school, names="5А 5Б 6А 6Б")
    for school_class in SchoolClass.objects.filter(school=school, parallel__in=[5, 6]):
        f.make_homeroom(school_class)
        f.make_pupil(school_class)
    for _ in range(5):
        decide(plan, f.make_pupil(here), "leaves")
    assert cost() == few
    assert few <= 10


@pytest.mark.parametrize("name", ["rollover", "rollover_changes", "rollover_progress"])
@pytest.mark.parametrize("stage", ["none", "waits", "applying", "applied"])
def test_no_stage_of_a_plan_costs_more(
    school: School, admin: Client, name: str, stage: str, django_assert_max_num_queries
) -> None:
    fill(school.classes.taught().get(parallel=11), MANY_REMOVED + 1)
    if stage != "none":
        act = begin_rollover(by=f.administrator_of(school), rollover=make_plan(school))
        assert act
        assert acts.carry_out_due(now=act.due_at if stage != "waits" else act.proposed_at) == (stage != "waits")
    if stage == "applied":
        assert rollover_apply.carry_out_due() == 1
    expected = 404 if name == "rollover_changes" and stage in ("none", "applied") else 200
    admin.get(url(school, name))
    with django_assert_max_num_queries(10):
        assert admin.get(url(school, name)).status_code == expected


@pytest.mark.parametrize("name", ["class", "class_teachers", "structure"])
def test_the_archive_costs_the_same_for_a_few_and_for_many(
    world: World, school: School, admin: Client, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(panels, "_panels", defaultdict(list))  # those of other apps are counted by those apps
    small, large = f.make_class(school, "1Ж"), f.make_class(school, "2Ж")
    for number in range(5):
        for school_class in [large, small] if number == 0 else [large]:
            f.make_parent(f.make_pupil(school_class))
            f.make_teaching(school_class, f"Предмет {number}")
    year = school.current_year
    new_year(school)

    def cost(address: str) -> int:
        admin.get(address)
        with CaptureQueriesContext(connection) as queries:
            assert admin.get(address).status_code == 200
        return len(queries)

    if name == "structure":
        address = f"{url(school, name)}?year={year.pk}"
        many = cost(address)
        earlier = {"starts_on": dt.date(2000, 9, 1), "ends_on": dt.date(2001, 8, 31), "is_current": False}
        before = school.years.create(**earlier)
        SchoolClass.objects.filter(year=year).exclude(pk=small.pk).update(year=before)
        few = cost(address)
    else:
        few, many = (cost(url(school, name, old.pk)) for old in (small, large))
    assert few == many
    assert few <= 10


def test_a_homeroom_teacher_who_left_is_not_in_the_list(world: World, school: School, admin: Client) -> None:
    make_plan(school)
    person = Person.objects.get(pk=world.own.homeroom.pk)
    staff.end_position(by=f.administrator_of(school), position=person.positions.get())
    page = admin.get(url(school))
    assert person.full_name not in page.context["form"].teachers
    carry_out(Rollover.objects.get())
    assert not Homeroom.objects.active().filter(person=person).exists()
