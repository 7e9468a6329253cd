"""A school may ask its staff for a second step; parents are not asked."""

import pytest

from accounts.second_factor import must_add_second_factor
from tests.world import make_world


@pytest.mark.django_db
def test_staff_of_a_school_that_demands_it() -> None:
    place = make_world().own
    teacher, parent = place.homeroom.user, place.parent.user
    assert teacher
    assert parent
    assert not must_add_second_factor(teacher)
    place.school.requires_second_factor = True
    place.school.save()
    assert must_add_second_factor(teacher)
    assert not must_add_second_factor(parent)
