"""Slips go with the people whom an undone import had made, unless somebody has used them."""

import pytest

from invites.models import Invite, InviteUse
from invites.refusals import InviteRefused
from invites.services.issuing import annul_invites
from invites.services.slips import create_personal_invites
from school import undo
from school.drift import check_rights
from school.models import Act, School
from tests import factories as f
from tests.school import imports as lists

from .worlds import use

pytestmark = pytest.mark.django_db
LIST = [
    ["ФИО", "Класс", "ФИО родителя", "Тип представителя", "Телефон"],
    ["Ёлкин Пётр", "5А", "Ёлкина Мария", "мать", "89161112233"],
]


@pytest.fixture
def school() -> School:
    return f.make_school()


def imported(school: School) -> Act:
    """The list applied, and slips for the pupil and the parent."""
    act = lists.run(school, LIST).act
    assert act
    by = f.administrator_of(school)
    for role in ("pupil", "parent"):
        create_personal_invites(by=by, school_class=school.classes.get(kind="class"), role=role)
    return act


def test_unused_slips_and_their_refusals_go_with_the_people(school: School) -> None:
    act = imported(school)
    annul_invites(by=f.administrator_of(school), invites=Invite.objects.all(), reason="проверка")
    with pytest.raises(InviteRefused):
        use(Invite.objects.get(role="parent"))
    assert InviteUse.objects.count() == 1
    undo.undo(by=f.administrator_of(school), act=act)
    assert (Invite.objects.count(), InviteUse.objects.count()) == (0, 0)
    assert not school.people.filter(last_name__startswith="Ёлкин").exists()
    assert not check_rights(school)


def test_who_has_joined_by_a_slip_stays(school: School) -> None:
    act = imported(school)
    use(Invite.objects.get(role="parent"))
    with pytest.raises(undo.UndoRefused):
        undo.undo(by=f.administrator_of(school), act=act)
    assert Invite.objects.count() == 2
    assert school.people.filter(last_name__startswith="Ёлкин").count() == 2
