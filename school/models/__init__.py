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
from .pending import PendingAct
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
from .rollover import Rollover, RolloverClass, RolloverPupil
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
    "PendingAct",
    "Person",
    "RegistrationRequest",
    "RememberedColumns",
    "RightOverride",
    "RoleGroup",
    "Rollover",
    "RolloverClass",
    "RolloverPupil",
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
