"""The plan of a new school year: for those who keep both the classes and the movement, that is, the administrators."""

from typing import Any

from school.models import Rollover
from school.services import rollover
from tests import factories as f
from tests.access.matrix import ADMINISTRATORS, MEMBERS, Row, row
from tests.world import Place

OTHERS = tuple(role for role in MEMBERS if role not in ADMINISTRATORS)


def prepare(place: Place) -> None:
    """Each school has a plan."""
    if not Rollover.objects.open().filter(school=place.school).exists():
        rollover.start_rollover(by=f.administrator_of(place.school), school=place.school)


def of_school(place: Place) -> dict[str, Any]:
    return {"school_id": place.school.pk}


def of_class(place: Place) -> dict[str, Any]:
    return {**of_school(place), "pk": place.school_class.pk}


def desk(name: str, args: Any = of_school, *, status: int = 200, **kwargs: Any) -> Row:
    expected = {status: ADMINISTRATORS, 403: OTHERS}
    return row(f"school:{name}", args, own=expected, other_class=expected, **kwargs)


ROWS = [
    desk("rollover"),
    desk("edit_rollover"),
    desk("rollover_class", of_class),
    desk("rollover_changes"),
    desk("rollover_progress"),
    desk("start_rollover", method="post", status=302),
    desk("begin_rollover", method="post", status=302),
    desk("discard_rollover", method="post", status=302),
]
