"""The three questions agree for every user × object × right."""

import datetime as dt

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from accounts.models import User
from school.models import School, SchoolUserPermission
from school.regulation import RIGHTS, Role
from school.rights import Scope, may, users_allowed
from school.services import rights
from tests import factories as f
from tests.school.questions import MODELS, disagreements
from tests.world import World

pytestmark = pytest.mark.django_db


def test_the_three_questions_agree(world: World):
    assert disagreements(User.objects.all()) == []


def test_they_agree_after_the_school_changed_its_table_and_gave_rights_by_hand(world: World):
    admin, school = f.administrator_of(world.own.school), world.own.school
    rights.set_right(by=admin, school=school, role=Role.TEACHER, codename="view_people", allowed=True)
    rights.set_right(by=admin, school=school, role=Role.HOMEROOM, codename="invite_parents", allowed=False)
    until = timezone.now() + dt.timedelta(days=3)
    grants: list[tuple[str, Scope]] = [
        ("view_statistics", school),
        ("create_parents_chat", world.other_class.school_class),
        ("create_subject_chat", world.own.study_group),
    ]
    for codename, scope in grants:
        rights.grant_temporary(
            by=admin, person=world.people["employee"], codename=codename, scope=scope, until=until, reason="Замена"
        )
    assert may(f.user_of(world.people["employee"]), "create_parents_chat", world.other_class.school_class)
    assert disagreements(User.objects.all()) == []


def test_a_right_whose_term_is_over_is_not_held(world: World):
    admin, school = f.administrator_of(world.own.school), world.own.school
    until = timezone.now() + dt.timedelta(days=3)
    person = world.people["employee"]
    rights.grant_temporary(by=admin, person=person, codename="view_events", scope=school, until=until, reason="Замена")
    SchoolUserPermission.objects.update(expires_at=timezone.now())
    assert not may(f.user_of(person), "view_events", school)
    assert disagreements(User.objects.all()) == []


def test_an_inactive_user_and_an_anonymous_one_may_nothing(world: World):
    user = f.user_of(world.people["director"])
    User.objects.filter(pk=user.pk).update(is_active=False)
    for model in MODELS:
        for obj in model.objects.all():
            assert not any(may(f.fresh(user), codename, obj) for codename in RIGHTS)
            assert not any(may(AnonymousUser(), codename, obj) for codename in RIGHTS)
    assert not users_allowed("view_people", world.own.school).filter(pk=user.pk).exists()
    assert disagreements(User.objects.all()) == []


def test_the_operator_may_nothing_inside_a_school(world: World):
    operator = world.users["operator"]
    assert operator
    assert operator.has_perm("school.change_school")
    assert not any(may(operator, codename, obj) for codename in RIGHTS for obj in School.objects.all())


def test_an_unknown_right_is_an_error(world: World):
    with pytest.raises(ValueError, match="no such right"):
        may(f.administrator_of(world.own.school), "manage_everything", world.own.school)
