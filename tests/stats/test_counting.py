"""In the lists, invited, joined, confirmed, active: by class, parallel, level and as a whole."""

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from invites.services import issuing, personal
from school.models import Person, School, SchoolClass
from school.services import people, pupils
from stats.counting import WHOLE, Table, count_people
from stats.figures import Figure, Level, Share, Who
from tests import factories as make

pytestmark = pytest.mark.django_db


def counted(school: School) -> Table:
    return count_people(school, SchoolClass.objects.taught().filter(school=school), whole=True)


def seen(person: Person, *, days: int = 0) -> Person:
    User.objects.filter(pk=person.user_id).update(last_seen_at=timezone.now() - dt.timedelta(days=days))
    return person


def numbers(figure: Figure) -> tuple[int, int, int, int]:
    return figure.listed, figure.invited, figure.joined, figure.active


def test_pupils_are_counted_where_they_are_enrolled(school: School) -> None:
    first, second = make.make_class(school, "3А"), make.make_class(school, "7Б")
    seen(make.make_pupil(first))
    seen(make.make_pupil(first), days=8)
    make.make_pupil(first, joined=False)
    moved = make.make_pupil(first)
    pupils.move_pupil(by=make.administrator_of(school), person=moved, to_class=second)
    gone = make.make_pupil(second)
    people.remove_person(by=make.administrator_of(school), person=gone)
    table = counted(school)
    assert numbers(table["class", first.pk][Who.PUPILS]) == (3, 2, 2, 1)
    assert numbers(table["class", second.pk][Who.PUPILS]) == (1, 1, 1, 0)
    assert numbers(table["level", Level.PRIMARY][Who.PUPILS]) == (3, 2, 2, 1)
    assert numbers(table["parallel", 7][Who.PUPILS]) == (1, 1, 1, 0)
    assert numbers(table[WHOLE][Who.PUPILS]) == (4, 3, 3, 1)


def test_a_parent_of_two_counts_in_both_classes_and_once_in_the_school(school: School) -> None:
    first, second = make.make_class(school, "7А"), make.make_class(school, "7Б")
    mother = seen(make.make_parent(make.make_pupil(first), make.make_pupil(second)))
    father = make.make_parent(mother.wards.first().pupil, kind="father", joined=False)  # type: ignore[union-attr]
    assert father
    table = counted(school)
    assert numbers(table["class", first.pk][Who.PARENTS]) == (2, 1, 1, 1)
    assert numbers(table["class", second.pk][Who.PARENTS]) == (1, 1, 1, 1)
    assert numbers(table["parallel", 7][Who.PARENTS]) == (2, 1, 1, 1)
    assert numbers(table[WHOLE][Who.PARENTS]) == (2, 1, 1, 1)


def test_a_parent_who_was_unlinked_is_not_counted(school: School) -> None:
    school_class = make.make_class(school)
    parent = make.make_parent(make.make_pupil(school_class))
    people.remove_guardian(by=make.administrator_of(school), guardianship=parent.wards.get())
    assert numbers(counted(school)["class", school_class.pk][Who.PARENTS]) == (0, 0, 0, 0)


def test_a_slip_invites_one_and_a_link_invites_the_class(school: School) -> None:
    admin = make.administrator_of(school)
    by_slip, by_link = make.make_class(school, "7А"), make.make_class(school, "7Б")
    for school_class in (by_slip, by_link):
        for _ in range(3):
            make.make_parent(make.make_pupil(school_class, joined=False), joined=False)
    guardian = by_slip.enrolments.first().person.guardians.get().guardian
    slip = personal.create_personal_invite(by=admin, person=guardian)
    link = issuing.create_invite(by=admin, school=school, role="parent", school_class=by_link)
    table = counted(school)
    assert numbers(table["class", by_slip.pk][Who.PARENTS]) == (3, 1, 0, 0)
    assert numbers(table["class", by_link.pk][Who.PARENTS]) == (3, 3, 0, 0)
    assert numbers(table["class", by_link.pk][Who.PUPILS]) == (3, 0, 0, 0)
    assert numbers(table[WHOLE][Who.PARENTS]) == (6, 4, 0, 0)
    issuing.annul_invites(by=admin, invites=[slip, link])
    assert numbers(counted(school)[WHOLE][Who.PARENTS]) == (6, 0, 0, 0)


def test_the_staff_are_counted_by_post_in_the_school_and_by_teaching_in_a_class(school: School) -> None:
    school_class = make.make_class(school, "7Б")
    homeroom = seen(make.make_homeroom(school_class))
    make.make_teaching(school_class, "Физика", person=homeroom)
    make.make_teaching(school_class, "Алгебра", person=make.make_staff(school, verified=False))
    make.make_staff(school, "employee", verified=False)
    table = counted(school)
    of_class, of_school = table["class", school_class.pk][Who.STAFF], table[WHOLE][Who.STAFF]
    assert (*numbers(of_class), of_class.confirmed) == (2, 2, 2, 1, 1)
    # the administrator, two teachers, an employee, who has nothing to confirm
    assert (*numbers(of_school), of_school.confirmed) == (4, 4, 4, 1, 3)
    assert table["parallel", 7][Who.STAFF].listed == 2


def test_the_staff_are_invited_by_a_slip_or_by_the_link_of_their_post(school: School) -> None:
    admin = make.administrator_of(school)
    teacher = make.make_staff(school, joined=False, verified=False)
    make.make_staff(school, "employee", joined=False, verified=False)
    assert counted(school)[WHOLE][Who.STAFF].invited == 1
    personal.create_personal_invite(by=admin, person=teacher)
    assert counted(school)[WHOLE][Who.STAFF].invited == 2
    issuing.create_invite(by=admin, school=school, role="employee")
    assert counted(school)[WHOLE][Who.STAFF].invited == 3


def test_another_school_and_an_archived_class_are_not_counted(school: School) -> None:
    make.make_parent(make.make_pupil(make.make_class(make.make_school())))
    assert Who.PUPILS not in counted(school)[WHOLE] or counted(school)[WHOLE][Who.PUPILS].listed == 0


def test_the_cost_does_not_grow(school: School, django_assert_num_queries: Any) -> None:
    for name in ("1А", "7Б"):
        make.make_parent(make.make_pupil(make.make_class(school, name)))
    with django_assert_num_queries(2):
        counted(school)
    for name in ("2А", "7В", "10А"):
        school_class = make.make_class(school, name)
        make.make_homeroom(school_class)
        make.make_parent(make.make_pupil(school_class))
    with django_assert_num_queries(2):
        counted(school)


def test_fewer_than_five_are_not_broken_down() -> None:
    assert Figure(Who.PUPILS, listed=4, joined=1).shares == []
    assert Figure(Who.PUPILS, listed=0).shares == []
    labels = Figure(Who.STAFF, listed=5, joined=1, confirmed=0).shares
    assert [(share.part, share.whole) for share in labels] == [(0, 5), (1, 5), (0, 5), (0, 5)]


@pytest.mark.parametrize(
    ("part", "goal", "tone"), [(3, None, "good"), (2, None, "warn"), (1, None, "bad"), (1, 25, "good"), (1, 30, "warn")]
)
def test_the_tone_follows_the_goal_or_the_share(part: int, goal: int | None, tone: str) -> None:
    assert Share("", part, 4, goal).tone == tone
