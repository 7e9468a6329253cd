"""Opening a subject in a class in one act: subject, study group, teacher (2.1, 2.4)."""

from django.db import transaction

from accounts.models import User

from ..models import Person, SchoolClass, StudyGroup
from ..rights import require
from .staff import assign_teaching
from .structure import add_subject, create_study_group


@transaction.atomic
def open_study_group(
    *, by: User, school_class: SchoolClass, subject: str, part: str = "", teacher: Person | None = None
) -> StudyGroup:
    """A subject of the class by its name, new to the school or not, and its teacher if there is one.

    Needs `manage_structure` only for a subject that the school does not have yet. What exists is kept.
    """
    require(by, "manage_staff", school_class.school)
    added = add_subject(by=by, school=school_class.school, name=subject)
    group = create_study_group(by=by, school_class=school_class, subject=added, part=part)
    if teacher is not None:
        assign_teaching(by=by, study_group=group, person=teacher)
    return group
