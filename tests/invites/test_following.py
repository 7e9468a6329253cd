"""Personal slips follow the movement: good for whoever stays, annulled for whoever is in the role no more."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from invites.models import Invite, InviteRole, InviteState
from invites.services.following import follow_people
from invites.services.issuing import create_invite
from invites.services.personal import create_personal_invite
from invites.services.slips import create_personal_invites
from school import undo
from school.models import Act, Event, EventKind, Movement, Person, SchoolClass
from school.services import movements, people
from school.services.movement_preview import preview_movement
from school.services.movements import Document
from tests import factories as f
from tests.school import imports as lists

pytestmark = pytest.mark.django_db
Kind = Movement.Kind


@pytest.fixture
def here() -> SchoolClass:
    return f.make_class(f.make_school(), "7Б")


@pytest.fixture
def there(here: SchoolClass) -> SchoolClass:
    return f.make_class(here.school, "7А")


def slip(person: Person) -> Invite:
    return create_personal_invite(by=f.administrator_of(person.school), person=person)


def carry_out(kind: Kind, person: Person, **more: Any) -> Act:
    by = f.administrator_of(person.school)
    return movements.carry_out_movement(by=by, school=person.school, kind=kind, people=[person], **more)


def test_the_slips_of_a_moved_family_lead_to_the_new_class_and_back(here: SchoolClass, there: SchoolClass):
    pupil = f.make_pupil(here, joined=False)
    slips = [slip(pupil), slip(f.make_parent(pupil, joined=False))]
    act = carry_out(Kind.TRANSFERRED, pupil, to_class=there)
    for one in slips:
        one.refresh_from_db()
        assert (one.school_class, one.state) == (there, InviteState.ACTIVE)
    events = Event.objects.filter(kind=EventKind.MOVEMENT_CARRIED_OUT, subject_type="invite")
    assert [(event.old["class"], event.new["class"]) for event in events] == [("7Б", "7А")] * 2
    undo.undo(by=f.administrator_of(here.school), act=act)
    assert {one.school_class for one in Invite.objects.all()} == {here}
    assert Event.objects.filter(kind=EventKind.MOVEMENT_UNDONE, subject_type="invite").count() == 2


def test_the_slips_of_a_family_that_a_list_moves_lead_to_the_new_class_and_back(here: SchoolClass, there: SchoolClass):
    def family(school_class: SchoolClass) -> list[list[str]]:
        return [
            ["ФИО", "Класс", "ФИО родителя", "Личное дело №"],
            ["Ёлкин Пётр", str(school_class), "Ёлкина Мария", "А-1"],
        ]

    lists.run(here.school, [*family(here), ["Жук Инна", str(here), "", "А-2"]])
    slips = {person.first_name: slip(person) for person in here.school.people.filter(user__isnull=True)}
    done = lists.run(here.school, family(there))
    led = {name: Invite.objects.get(pk=one.pk) for name, one in slips.items()}
    assert {name: one.school_class for name, one in led.items()} == {"Пётр": there, "Мария": there, "Инна": here}
    assert {one.state for one in led.values()} == {InviteState.ACTIVE}
    undo.undo(by=f.administrator_of(here.school), act=done.act)
    assert {one.school_class for one in Invite.objects.all()} == {here}


def test_who_leaves_has_his_slip_annulled_for_good(here: SchoolClass):
    pupil = f.make_pupil(here, joined=False)
    own, of_parent = slip(pupil), slip(f.make_parent(pupil, joined=False))
    act = carry_out(Kind.LEFT, pupil)
    for _ in range(2):
        for one in (own, of_parent):
            one.refresh_from_db()
            assert (one.state, one.annul_reason) == (InviteState.ANNULLED, "роль в школе закончилась")
        if Act.objects.standing().exists():
            undo.undo(by=f.administrator_of(here.school), act=act)
    assert Event.objects.filter(kind=EventKind.INVITE_ANNULLED, person_id=pupil.pk).count() == 1


def test_a_parent_of_two_keeps_the_class_in_which_a_child_stays(here: SchoolClass, there: SchoolClass):
    first, second = f.make_pupil(here, joined=False), f.make_pupil(here, joined=False)
    mother = f.make_parent(first, second, joined=False)
    one = slip(mother)
    carry_out(Kind.TRANSFERRED, first, to_class=there)
    one.refresh_from_db()
    assert one.school_class == here
    carry_out(Kind.LEFT, second)
    one.refresh_from_db()
    assert (one.school_class, one.state) == (there, InviteState.ACTIVE)


def test_the_slip_of_a_dismissed_teacher_is_annulled_and_of_his_colleague_is_not(here: SchoolClass):
    teacher, colleague = (f.make_staff(here.school, joined=False) for _ in range(2))
    slips = slip(teacher), slip(colleague)
    carry_out(Kind.DISMISSED, teacher)
    for one in slips:
        one.refresh_from_db()
    assert [one.state for one in slips] == [InviteState.ANNULLED, InviteState.ACTIVE]


def test_a_parent_who_is_taken_off_the_lists(here: SchoolClass):
    parent = f.make_parent(f.make_pupil(here), joined=False)
    one = slip(parent)
    movements.remove_from_school(by=f.administrator_of(here.school), person=parent)
    one.refresh_from_db()
    assert one.state == InviteState.ANNULLED


def test_the_links_of_a_class_are_nobodys_and_stay(here: SchoolClass):
    pupil = f.make_pupil(here)
    by = f.administrator_of(here.school)
    link = create_invite(by=by, school=here.school, role=InviteRole.PUPIL, school_class=here)
    carry_out(Kind.LEFT, pupil)
    link.refresh_from_db()
    assert link.state == InviteState.ACTIVE


def test_the_preview_tells_and_leaves_the_slips(here: SchoolClass, there: SchoolClass):
    pupil = f.make_pupil(here, joined=False)
    one = slip(pupil)
    for document, text in ((Document(Kind.TRANSFERRED, there), "ведёт теперь в 7А"), (Document(Kind.LEFT), "аннулир")):
        by = f.administrator_of(here.school)
        seen = preview_movement(by=by, school=here.school, document=document, people=[pupil])
        assert any(pupil.full_name in line and text in line for line in seen.consequences)
    one.refresh_from_db()
    assert (one.school_class, one.state) == (here, InviteState.ACTIVE)


def test_a_slip_that_nobody_used_goes_with_the_pupil_whom_the_undone_act_made(here: SchoolClass):
    by, new = f.administrator_of(here.school), {"last_name": "Ёлкин", "first_name": "Пётр"}
    made = movements.carry_out_movement(by=by, school=here.school, kind=Kind.ARRIVED, to_class=here, newcomers=(new,))
    slip(made.movements.get().person)
    undo.undo(by=by, act=made)
    assert not Person.objects.filter(last_name="Ёлкин").exists()
    assert not Invite.objects.exists()


def test_following_costs_the_same_for_few_and_for_many(here: SchoolClass):
    by, costs = f.administrator_of(here.school), []
    for number in (2, 10):
        for _ in range(number):
            f.make_parent(f.make_pupil(here, joined=False), joined=False)
        for role in (InviteRole.PUPIL, InviteRole.PARENT):
            create_personal_invites(by=by, school_class=here, role=role)
        with CaptureQueriesContext(connection) as queries:
            assert follow_people(by, here.school, None) == []
        costs.append(len(queries))
    assert costs[0] == costs[1]
    people.remove_person(by=by, person=here.enrolments.first().person)
    assert len(follow_people(by, here.school, None)) == 2
