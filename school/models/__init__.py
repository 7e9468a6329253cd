from .acts import Act, ActRow
from .events import Event, EventKind
from .facts import (
    Activist,
    Enrolment,
    Fact,
    GroupMembership,
    Guardianship,
    Homeroom,
    StaffPosition,
    Teaching,
)
from .imports import ImportedValues, ImportLine, ListImport, RememberedColumns
from .movements import Movement
from .organisation import AcademicYear, RegistrationRequest, School, Subject
from .people import Person
from .rights import (
    ClassGroupPermission,
    ClassUserPermission,
    RightOverride,
    RoleGroup,
    SchoolGroupPermission,
    SchoolUserPermission,
    StudyGroupGroupPermission,
    StudyGroupUserPermission,
    TemporaryPermission,
)
from .structure import SchoolClass, StudyGroup

__all__ = [
    "AcademicYear",
    "Act",
    "ActRow",
    "Activist",
    "ClassGroupPermission",
    "ClassUserPermission",
    "Enrolment",
    "Event",
    "EventKind",
    "Fact",
    "GroupMembership",
    "Guardianship",
    "Homeroom",
    "ImportLine",
    "ImportedValues",
    "ListImport",
    "Movement",
    "Person",
    "RegistrationRequest",
    "RememberedColumns",
    "RightOverride",
    "RoleGroup",
    "School",
    "SchoolClass",
    "SchoolGroupPermission",
    "SchoolUserPermission",
    "StaffPosition",
    "StudyGroup",
    "StudyGroupGroupPermission",
    "StudyGroupUserPermission",
    "Subject",
    "Teaching",
    "TemporaryPermission",
]
