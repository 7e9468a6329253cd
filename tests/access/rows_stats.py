from tests.access.matrix import ADMINISTRATION, ADMINISTRATORS, row

SEES = (*ADMINISTRATORS, *ADMINISTRATION, "homeroom")

ROWS = [
    row(
        "stats:dashboard",
        lambda p: {"school_id": p.school.pk},
        own={200: SEES, 403: "pupil parent class_teacher employee applicant"},
    ),
]
