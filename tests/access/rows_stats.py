from tests.access.matrix import ADMINISTRATION, ADMINISTRATORS, row

SEES = (*ADMINISTRATORS, *ADMINISTRATION, "homeroom")

ROWS = [
    row(
        "stats:dashboard",
        lambda p: {"school_id": p.school.pk},
        own={200: SEES, 403: "pupil parent class_teacher employee applicant"},
    ),
    row(
        "stats:monday",
        lambda p: {"school_id": p.school.pk},
        own={200: (*ADMINISTRATORS, *ADMINISTRATION), 403: "homeroom pupil parent class_teacher employee applicant"},
    ),
]
