from typing import Any

from tests.access.matrix import ADMINISTRATION, ADMINISTRATORS, row
from tests.world import Place

SEES = (*ADMINISTRATORS, *ADMINISTRATION, "homeroom")
OTHERS = "pupil parent class_teacher employee applicant"


def school(place: Place) -> dict[str, Any]:
    return {"school_id": place.school.pk}


def parents_of_class(place: Place) -> dict[str, Any]:
    return {**school(place), "pk": place.school_class.pk, "who": "parents"}


ROWS = [
    row("stats:dashboard", school, own={200: SEES, 403: OTHERS}),
    row("stats:coverage", school, own={200: SEES, 403: OTHERS}),
    row(
        "stats:coverage_staff",
        school,
        own={200: (*ADMINISTRATORS, *ADMINISTRATION), 403: ("homeroom", *OTHERS.split())},
    ),
    row(
        "stats:coverage_class",
        parents_of_class,
        own={200: SEES, 403: "class_teacher pupil parent"},
        other_class={200: (*ADMINISTRATORS, *ADMINISTRATION)},
    ),
    row(
        "stats:monday",
        lambda p: {"school_id": p.school.pk},
        own={200: (*ADMINISTRATORS, *ADMINISTRATION), 403: "homeroom pupil parent class_teacher employee applicant"},
    ),
]
