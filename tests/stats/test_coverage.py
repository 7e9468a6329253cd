"""«Кто ещё не с нами»: the map, the people behind each number, and the slips that are made from there."""

import datetime as dt
import itertools
import random
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from invites.models import Invite
from invites.services import issuing, personal, schedule, slips
from school.models import Guardianship, Person, School, SchoolClass, StaffPosition
from school.rights import RightDenied
from school.services import bulk
from school.services.people import add_guardian
from school.services.pupils import move_pupil
from school.services.staff import start_position
from stats.coverage import Members, Standing, make_coverage, members_of_class, members_of_staff
from stats.figures import Who
from tests import factories as make
from tests.invites.papers import pages_of

pytestmark = pytest.mark.django_db
NUMBERS = [Standing.LISTED, Standing.INVITED, Standing.JOINED, Standing.LAPSED, Standing.ABSENT]


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(make.user_of(person))
    return client


@pytest.fixture
def school_class(school: School) -> SchoolClass:
    return make.make_class(school, "7Б")


@pytest.fixture
def admin(school: School) -> Client:
    return signed_in(Person.objects.get(user=make.administrator_of(school)))


def expire(*invites: Invite) -> None:
    past = timezone.now() - dt.timedelta(days=1)
    pks = [invite.pk for invite in invites]
    Invite.objects.filter(pk__in=pks).update(created_at=past - dt.timedelta(days=1), expires_at=past)


def mapped(school: School, school_class: SchoolClass, who: Who, by: Any = None) -> dict[Standing, int | None]:
    coverage = make_coverage(by or make.administrator_of(school), school)
    cells = next(cells for found, cells in coverage.rows if found == school_class)
    cell = next(cell for cell in cells if cell.figure.who == who)
    return {standing: number for standing, number, _url in cell.numbers}


def listed(members: Members) -> dict[Standing, int]:
    return {standing: len(members.shown(standing)) for standing in Standing}


def page_of(client: Client, school_class: SchoolClass, who: str = "parents", **query: str) -> Any:
    url = reverse("stats:coverage_class", args=[school_class.school_id, school_class.pk, who])
    return client.get(url, query)


def names(answer: Any) -> set[Person]:
    return {member.person for member in answer.context["members"]}


# --- counting -----------------------------------------------------------------------------------------------------------


def test_each_way_of_standing_is_a_number_and_a_list(school: School, school_class: SchoolClass, admin: Client) -> None:
    by = make.administrator_of(school)
    parents = [make.make_parent(make.make_pupil(school_class, joined=False), joined=False) for _ in range(4)]
    joined, invited, lapsed, missing = parents
    make.join(joined)
    personal.create_personal_invite(by=by, person=invited)
    expire(personal.create_personal_invite(by=by, person=lapsed))
    assert [mapped(school, school_class, Who.PARENTS)[one] for one in NUMBERS] == [4, 2, 1, 1, 3]
    assert names(page_of(admin, school_class)) == {invited, lapsed, missing}
    assert names(page_of(admin, school_class, show="missing")) == {missing}
    assert names(page_of(admin, school_class, show="lapsed")) == {lapsed}
    assert names(page_of(admin, school_class, show="invited")) == {invited, joined}
    assert names(page_of(admin, school_class, show="joined")) == {joined}
    assert names(page_of(admin, school_class, show="nonsense")) == {invited, lapsed, missing}
    page = page_of(admin, school_class, show="listed").content.decode()
    for words in ("на портале", "приглашение действует", "ссылка истекла", "нет приглашения"):
        assert words in page


def test_a_link_of_the_class_that_is_over_is_lapsed_for_all_without_a_slip(
    school: School, school_class: SchoolClass
) -> None:
    by = make.administrator_of(school)
    pupils = [make.make_pupil(school_class, joined=False) for _ in range(3)]
    expire(issuing.create_invite(by=by, school=school, role="pupil", school_class=school_class))
    personal.create_personal_invite(by=by, person=pupils[0])
    assert [mapped(school, school_class, Who.PUPILS)[one] for one in NUMBERS] == [3, 1, 0, 2, 3]
    assert mapped(school, school_class, Who.PARENTS)[Standing.LAPSED] == 0


def test_what_nobody_used_in_time_is_lapsed_and_what_was_annulled_by_hand_is_not(
    school: School, school_class: SchoolClass
) -> None:
    by = make.administrator_of(school)
    unclaimed, annulled = (make.make_pupil(school_class, joined=False) for _ in range(2))
    for pupil in (unclaimed, annulled):
        personal.create_personal_invite(by=by, person=pupil)
    issuing.annul_invites(by=by, invites=list(annulled.invites.all()))
    month_ago = timezone.now() - dt.timedelta(days=school.unclaimed_days + 1)
    unclaimed.invites.update(created_at=month_ago)
    assert schedule.annul_unclaimed() == 1
    members = members_of_class(by, school_class, Who.PUPILS)
    assert [m.person for m in members.shown(Standing.LAPSED)] == [unclaimed]
    assert [m.person for m in members.shown(Standing.MISSING)] == [annulled]


def test_a_new_slip_makes_nothing_lapsed(school: School, school_class: SchoolClass) -> None:
    pupil = make.make_pupil(school_class, joined=False)
    by = make.administrator_of(school)
    expire(personal.create_personal_invite(by=by, person=pupil))
    assert mapped(school, school_class, Who.PUPILS)[Standing.LAPSED] == 1
    personal.create_personal_invite(by=by, person=pupil)
    assert mapped(school, school_class, Who.PUPILS)[Standing.LAPSED] == 0


def test_the_map_and_the_lists_agree_whatever_happens(school: School) -> None:
    """A random school; every number of the map is the length of the list behind it."""
    chance = random.Random(7)
    by = make.administrator_of(school)
    classes = [make.make_class(school, name) for name in ("1А", "7Б", "10А")]
    for school_class, number in itertools.product(classes, range(6)):
        pupil = make.make_pupil(school_class, joined=chance.random() < 0.4)
        other = make.make_pupil(chance.choice(classes), joined=False) if number == 0 else pupil
        make.make_parent(*{pupil.pk: pupil, other.pk: other}.values(), joined=chance.random() < 0.3)
        if number == 5:
            move_pupil(by=by, person=pupil, to_class=chance.choice([c for c in classes if c != school_class]))
    for number in range(4):
        make.make_staff(school, joined=number < 2, verified=number < 1)
    for person in Person.objects.filter(user__isnull=True, school=school):
        if chance.random() < 0.6:
            invite = personal.create_personal_invite(by=by, person=person)
            if chance.random() < 0.5:
                expire(invite)
    expire(issuing.create_invite(by=by, school=school, role="teacher"))
    expire(issuing.create_invite(by=by, school=school, role="parent", school_class=classes[0]))
    coverage, lapsed = make_coverage(by, school), 0
    for school_class, cells in coverage.rows:
        for cell in cells:
            lists = listed(members_of_class(by, school_class, cell.figure.who))
            lapsed += lists[Standing.LAPSED]
            assert {s: n for s, n, _u in cell.numbers if n is not None} == {s: lists[s] for s in NUMBERS}
    assert coverage.staff
    lists = listed(members_of_staff(by, school))
    assert {s: n for s, n, _u in coverage.staff.numbers} == {s: lists[s] for s in (*NUMBERS, Standing.CONFIRMED)}
    assert lapsed > 5


def test_the_staff_stand_by_the_best_of_their_posts(school: School) -> None:
    by = make.administrator_of(school)
    teacher = make.make_staff(school, joined=False, verified=False)
    start_position(by=by, person=teacher, kind=StaffPosition.Kind.EMPLOYEE)
    expire(issuing.create_invite(by=by, school=school, role="teacher"))
    assert [m.person for m in members_of_staff(by, school).shown(Standing.LAPSED)] == [teacher]
    issuing.create_invite(by=by, school=school, role="employee")
    members = members_of_staff(by, school)
    assert not members.shown(Standing.LAPSED)
    assert teacher in [m.person for m in members.shown(Standing.INVITED)]


# --- who sees what ------------------------------------------------------------------------------------------------------


def test_a_homeroom_teacher_sees_his_classes_only(school: School, school_class: SchoolClass) -> None:
    other = make.make_class(school, "7А")
    homeroom = make.make_homeroom(school_class)
    coverage = make_coverage(make.user_of(homeroom), school)
    assert [found for found, _cells in coverage.rows] == [school_class]
    assert (coverage.whole, coverage.staff, coverage.totals) == (False, None, [])
    client = signed_in(homeroom)
    page = client.get(reverse("stats:coverage", args=[school.pk])).content.decode()
    assert other.get_absolute_url() not in page
    assert page_of(client, other).status_code == 404
    with pytest.raises(RightDenied):
        members_of_staff(make.user_of(homeroom), school)


def test_who_may_not_invite_sees_no_buttons(school: School, school_class: SchoolClass) -> None:
    """A deputy reads the figures and invites parents, not pupils (2.2, 2.7)."""
    make.make_parent(make.make_pupil(school_class, joined=False), joined=False)
    deputy = signed_in(make.make_staff(school, "deputy"))
    assert "Сделать карточки" in page_of(deputy, school_class).content.decode()
    page = page_of(deputy, school_class, "pupils").content.decode()
    assert "Сделать карточки" not in page
    assert 'name="person"' not in page


def test_a_teacher_among_the_parents_is_the_administrators_to_invite(school: School, school_class: SchoolClass) -> None:
    teacher = make.make_staff(school, joined=False, verified=False)
    pupil = make.make_pupil(school_class, joined=False)
    add_guardian(by=make.administrator_of(school), pupil=pupil, guardian=teacher, kind=Guardianship.Kind.MOTHER)
    homeroom = signed_in(make.make_homeroom(school_class))
    page = page_of(homeroom, school_class).content.decode()
    assert "приглашает администратор" in page
    assert 'name="person"' not in page


def test_there_is_a_way_to_it_from_the_menu_the_class_and_the_figures(
    school: School, school_class: SchoolClass
) -> None:
    make.make_pupil(school_class, joined=False)
    client = signed_in(make.make_homeroom(school_class))
    here = reverse("stats:coverage", args=[school.pk])
    assert "Ещё не с нами" in client.get("/").content.decode()
    assert f'href="{here}#class-{school_class.pk}"' in client.get(school_class.get_absolute_url()).content.decode()
    assert f'href="{here}"' in client.get(reverse("stats:dashboard", args=[school.pk])).content.decode()


def test_an_empty_school_and_a_full_one_say_so(school: School, admin: Client) -> None:
    page = admin.get(reverse("stats:coverage", args=[school.pk])).content.decode()
    assert "Сотрудники" in page  # the administrator himself
    school_class = make.make_class(school, "1А")
    assert "Все с нами" in page_of(admin, school_class).content.decode()
    assert "Никого" in page_of(admin, school_class, show="joined").content.decode()
    assert page_of(admin, school_class, "staff").status_code == 404


# --- what is done from there ----------------------------------------------------------------------------------------------


def test_slips_are_made_for_those_chosen_and_the_lapsed_are_made_anew(
    school: School, school_class: SchoolClass, admin: Client
) -> None:
    by = make.administrator_of(school)
    lapsed, missing, left = (make.make_pupil(school_class, joined=False) for _ in range(3))
    old = personal.create_personal_invite(by=by, person=lapsed)
    expire(old)
    answer = page_of(admin, school_class, "pupils", show="lapsed")
    assert "Выпустить заново" in answer.content.decode()
    create = reverse("invites:create_slips", args=[school.pk, school_class.pk, "pupil"])
    assert f'action="{create}"' in answer.content.decode()
    admin.post(create, {"some": "1", "person": [lapsed.pk, missing.pk]})
    assert set(Invite.objects.in_state("active").values_list("person", flat=True)) == {lapsed.pk, missing.pk}
    assert not left.invites.exists()
    assert lapsed.invites.count() == 2
    assert mapped(school, school_class, Who.PUPILS)[Standing.LAPSED] == 0


def test_the_missing_are_ticked_and_the_invited_are_not(
    school: School, school_class: SchoolClass, admin: Client
) -> None:
    missing, invited = (make.make_pupil(school_class, joined=False) for _ in range(2))
    personal.create_personal_invite(by=make.administrator_of(school), person=invited)
    page = page_of(admin, school_class, "pupils").content.decode()
    assert f'value="{missing.pk}" checked' in page
    assert f'value="{invited.pk}" checked' not in page


def test_the_pdf_holds_those_chosen(school: School, school_class: SchoolClass, admin: Client) -> None:
    chosen, other = (make.make_pupil(school_class, joined=False) for _ in range(2))
    page = page_of(admin, school_class, "pupils").content.decode()
    url = reverse("invites:print_slips", args=[school.pk, school_class.pk, "pupil"])
    assert f'formaction="{url}"' in page
    text = "".join(pages_of(admin.post(url, {"some": "1", "person": [chosen.pk]}).content)).replace("\n", " ")
    assert chosen.full_name in text
    assert other.full_name not in text
    assert not other.invites.exists()


def test_nobody_chosen_makes_nothing(school: School, school_class: SchoolClass, admin: Client) -> None:
    make.make_pupil(school_class, joined=False)
    here = reverse("stats:coverage_class", args=[school.pk, school_class.pk, "pupils"]) + "?show=missing"
    slips_page = reverse("invites:slips", args=[school.pk, school_class.pk, "pupil"])
    for name in ("create_slips", "print_slips"):
        url = reverse(f"invites:{name}", args=[school.pk, school_class.pk, "pupil"])
        answer = admin.post(url, {"some": "1", "back": here}, follow=True)
        assert answer.redirect_chain == [(here, 302)]
        assert "Выберите хотя бы одного" in answer.content.decode()
        assert admin.post(url, {"some": "1", "back": "https://a.example/"})["Location"] == slips_page
    assert not Invite.objects.exists()


def test_somebody_of_another_class_or_school_is_passed_over(
    school: School, school_class: SchoolClass, admin: Client
) -> None:
    strangers = [
        make.make_pupil(make.make_class(school, "7А"), joined=False),
        make.make_pupil(make.make_class(make.make_school()), joined=False),
        make.make_pupil(school_class),
    ]
    url = reverse("invites:create_slips", args=[school.pk, school_class.pk, "pupil"])
    admin.post(url, {"some": "1", "person": [person.pk for person in strangers]})
    assert not Invite.objects.exists()


def test_the_staff_are_invited_from_their_list(school: School, admin: Client) -> None:
    teacher = make.make_staff(school, joined=False, verified=False)
    page = admin.get(reverse("stats:coverage_staff", args=[school.pk])).content.decode()
    assert teacher.full_name in page
    admin.post(reverse("invites:create_staff_slips", args=[school.pk]), {"some": "1", "person": teacher.pk})
    assert Invite.objects.get().person == teacher


# --- cost -----------------------------------------------------------------------------------------------------------------


def cost(client: Client, url: str) -> int:
    client.get(url)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


@pytest.mark.parametrize("who", ["administrator", "homeroom"])
@pytest.mark.parametrize("name", ["coverage", "coverage_class", "coverage_staff"])
def test_three_people_cost_what_three_hundred_cost(
    school: School, school_class: SchoolClass, admin: Client, name: str, who: str
) -> None:
    client = admin if who == "administrator" else signed_in(make.make_homeroom(school_class))
    if (who, name) == ("homeroom", "coverage_staff"):
        name = "coverage"
    args = [school.pk, *([school_class.pk, "parents"] if name == "coverage_class" else [])]
    url = reverse(f"stats:{name}", args=args)
    grow(school, school_class, 3)
    few = cost(client, url)
    grow(school, school_class, 150)
    make.make_class(school, "9В")
    many = cost(client, url)
    assert few == many <= 10


def grow(school: School, school_class: SchoolClass, number: int) -> None:
    """Pupils and a mother of each; a teacher who is one of the mothers; slips for the first two families."""
    by = make.administrator_of(school)
    rows = [{"last_name": f"Новый{number}-{n}", "first_name": "Пётр"} for n in range(number)]
    pupils = bulk.add_pupils(by=by, school_class=school_class, rows=rows)
    families: list[Any] = [
        ({"last_name": "Мама", "first_name": f"Анна{number}-{n}"}, [p], "mother") for n, p in enumerate(pupils)
    ]
    mothers = bulk.add_parents(by=by, school=school, families=families)
    start_position(by=by, person=mothers[-1], kind=StaffPosition.Kind.TEACHER)
    slips.create_personal_invites(by=by, school_class=school_class, role="parent", people=mothers[:2])
    make.join(mothers[0])
