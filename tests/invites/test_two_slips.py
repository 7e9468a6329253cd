"""A parent with children in two classes holds two slips and has one account (2.7)."""

from dataclasses import dataclass

import pytest
from django.urls import reverse

from accounts.models import User
from invites import codes
from invites.models import Invite
from invites.refusals import InviteRefused
from invites.services import personal, redemption, slips
from invites.tokens import token_of
from school.drift import check_rights
from school.models import Event, EventKind, Guardianship, Person, SchoolClass
from school.services import people
from tests.factories import make_class, make_parent, make_pupil, make_staff, make_user, user_of
from tests.invites.conftest import Visitor
from tests.invites.worlds import Class7B, is_parent, mother, use

pytestmark = pytest.mark.django_db


@dataclass
class Family:
    """Пётр Ёлкин of 7Б, whose sister Яна is in 3А; nobody has joined."""

    world: Class7B
    sister: Person
    other_class: SchoolClass

    def slip(self, school_class: SchoolClass, parent: Person) -> Invite:
        made = slips.create_personal_invites(
            by=self.world.administrator, school_class=school_class, role="parent", people=[parent]
        )
        return made[0]

    @property
    def children(self) -> list[Person]:
        return [self.world.child, self.sister]


@pytest.fixture
def family(world: Class7B) -> Family:
    other = make_class(world.school, "3А")
    return Family(world, make_pupil(other, joined=False, last_name="Ёлкина", first_name="Яна"), other)


def named(child: Person, patronymic: str = "Павловна", **fields: str) -> Person:
    fields = {"last_name": "Ёлкина", "first_name": "Мария", **fields}
    return make_parent(child, joined=False, patronymic=patronymic, **fields)


def listed(user: User) -> list[Person]:
    return list(Person.objects.filter(user=user))


def is_right(family: Family) -> bool:
    return not check_rights(family.world.school)


def test_one_record_two_slips_one_account(family: Family) -> None:
    parent = named(family.world.child)
    people.add_guardian(
        by=family.world.administrator, pupil=family.sister, guardian=parent, kind=Guardianship.Kind.MOTHER
    )
    first, second = family.slip(family.world.school_class, parent), family.slip(family.other_class, parent)
    assert first != second
    user = make_user(name="")
    use(first, user)
    assert all(is_parent(user, child) for child in family.children)
    answer = Visitor().signed_in(user).open(second)
    assert answer.status_code == 200
    assert "Вы уже" in answer.content.decode()
    with pytest.raises(InviteRefused) as refused:
        use(second, user)
    assert refused.value.code == "already_member"
    assert [person.pk for person in listed(user)] == [parent.pk]
    assert is_right(family)


def test_the_second_slip_of_one_record_is_nobody_elses(family: Family) -> None:
    parent = named(family.world.child)
    people.add_guardian(
        by=family.world.administrator, pupil=family.sister, guardian=parent, kind=Guardianship.Kind.MOTHER
    )
    first, second = family.slip(family.world.school_class, parent), family.slip(family.other_class, parent)
    use(first)
    with pytest.raises(InviteRefused) as refused:
        use(second)
    assert refused.value.code == "used_up"


@pytest.mark.parametrize("patronymics", [("Павловна", "Павловна"), ("Павловна", ""), ("", "Павловна")])
def test_two_records_two_slips_one_account(family: Family, patronymics: tuple[str, str]) -> None:
    """The lists of the two classes came apart: the school knows her twice, once without the patronymic."""
    one, two = named(family.world.child, patronymics[0]), named(family.sister, patronymics[1])
    user = make_user(name="")
    use(family.slip(family.world.school_class, one), user)
    use(family.slip(family.other_class, two), user)
    assert [person.pk for person in listed(user)] == [one.pk]
    assert all(is_parent(user, child) for child in family.children)
    two.refresh_from_db()
    assert two.removed_at
    assert not two.wards.active().exists()
    assert not slips.people_to_invite(family.other_class, "parent").exists()
    removed = Event.objects.get(kind=EventKind.PERSON_REMOVED)
    assert (removed.person_id, removed.actor) == (two.pk, user)
    assert is_right(family)


def test_both_slips_by_their_short_codes(family: Family) -> None:
    one, two = named(family.world.child), named(family.sister)
    user = make_user(name="")
    visitor = Visitor().signed_in(user)
    for slip in (family.slip(family.world.school_class, one), family.slip(family.other_class, two)):
        answer = visitor.client.post(reverse("invites:code"), {"code": codes.code_of(slip).lower()}, follow=True)
        assert answer.redirect_chain[-1][0] == reverse("invites:join", args=[token_of(slip)])
        visitor.send(slip)
    assert all(is_parent(user, child) for child in family.children)


@pytest.mark.parametrize("fields", [{"patronymic": "Олеговна"}, {"first_name": "Вера"}])
def test_a_slip_of_another_human_is_refused(family: Family, fields: dict[str, str]) -> None:
    one, other = named(family.world.child), named(family.sister, **fields)
    user = make_user(name="")
    use(family.slip(family.world.school_class, one), user)
    with pytest.raises(InviteRefused) as refused:
        use(family.slip(family.other_class, other), user)
    assert refused.value.code == "another_person"
    assert not is_parent(user, family.sister)


def test_a_second_record_that_is_more_than_a_parent_stays(family: Family) -> None:
    one = named(family.world.child)
    two = make_staff(family.world.school, joined=False, last_name="Ёлкина", first_name="Мария", patronymic="Павловна")
    people.add_guardian(by=family.world.administrator, pupil=family.sister, guardian=two, kind=Guardianship.Kind.MOTHER)
    user = make_user(name="")
    use(family.slip(family.world.school_class, one), user)
    use(family.slip(family.other_class, two), user)
    assert all(is_parent(user, child) for child in family.children)
    two.refresh_from_db()
    assert two.removed_at is None
    assert two.user is None
    assert two.positions.active().exists()
    assert is_right(family)


def test_a_name_alone_opens_no_teachers_record(family: Family) -> None:
    """By the link of the class one says his name; a teacher's post comes by his own invite or his own phone."""
    world = family.world
    teacher = make_staff(world.school, joined=False, last_name="Ёлкина", first_name="Мария", patronymic="")
    people.add_guardian(by=world.administrator, pupil=world.child, guardian=teacher, kind=Guardianship.Kind.MOTHER)
    user = make_user(name="")
    use(world.link(), user, mother())
    assert is_parent(user, world.child)
    teacher.refresh_from_db()
    assert teacher.user is None
    assert listed(user) != [teacher]


def test_a_teacher_with_a_child_in_the_class_becomes_its_parent_by_his_slip(family: Family) -> None:
    """He has joined as a teacher; the list of the class knows him as another record."""
    teacher = make_staff(family.world.school, last_name="Ёлкина", first_name="Мария", patronymic="Павловна")
    user = user_of(teacher)
    redemption.redeem(by=user, token=token_of(family.slip(family.other_class, named(family.sister))))
    assert is_parent(user, family.sister)
    assert [person.pk for person in listed(user)] == [teacher.pk]


def test_the_card_and_the_pile_share_a_slip(family: Family) -> None:
    parent = named(family.world.child)
    from_card = personal.create_personal_invite(by=family.world.homeroom, person=parent)
    assert family.slip(family.world.school_class, parent) == from_card
