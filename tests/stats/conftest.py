import pytest

from school.models import School
from tests import factories as make


@pytest.fixture
def school() -> School:
    return make.make_school()
