import pytest
from django.contrib.auth.models import Group

from school.drift import check_rights
from school.models import ClassGroupPermission, RoleGroup
from school.regulation import Role
from school.rights import may
from tests import factories as f

pytestmark = pytest.mark.django_db


def test_what_the_services_write_does_not_drift():
    school = f.make_school()
    school_class = f.make_class(school)
    f.make_homeroom(school_class)
    f.make_teaching(school_class, part="1-я группа")
    f.make_parent(f.make_pupil(school_class))
    assert not check_rights(school)


def test_drift_is_found_changed_only_by_fix_and_gone_after_it():
    school = f.make_school()
    school_class = f.make_class(school)
    teacher = f.make_homeroom(school_class)
    stranger = f.make_user()
    homeroom = RoleGroup.objects.get(school_class=school_class, role=Role.HOMEROOM)
    f.user_of(teacher).groups.remove(homeroom.group)
    stranger.groups.add(homeroom.group)
    ClassGroupPermission.objects.filter(group=homeroom.group).delete()
    Group.objects.get(role_group__school_class=school_class, role_group__role=Role.CLASS_PUPIL).delete()

    found = check_rights(school)
    assert (found.groups_missing, found.memberships_missing, found.memberships_extra) == (1, 1, 1)
    assert found.rights_changed > 0
    assert check_rights(school) == found, "looking changes nothing"
    check_rights(school, fix=True)
    assert not check_rights(school)
    assert may(f.user_of(teacher), "create_parents_chat", school_class)
    assert not stranger.groups.exists()
