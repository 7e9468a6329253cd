"""Movement: the journal, a new document, the report; the list of a class on a day is the page of the class."""

from typing import Any

from school.models import Movement
from school.services.movements import carry_out_movement
from tests import factories as f
from tests.access.matrix import ADMINISTRATORS, MEMBERS, Row, row
from tests.world import Place

OTHERS = tuple(role for role in MEMBERS if role not in ADMINISTRATORS)
Kind = Movement.Kind


def prepare(place: Place) -> None:
    """A line of the journal in every school."""
    new = {"last_name": "Новикова", "first_name": "Анна"}
    by = f.administrator_of(place.school)
    carry_out_movement(by=by, school=place.school, kind=Kind.HIRED, newcomers=(new,), position="employee")


def of_school(place: Place) -> dict[str, Any]:
    return {"school_id": place.school.pk}


def of_kind(kind: Kind) -> Any:
    return lambda place: {"school_id": place.school.pk, "kind": kind.value}


def document(place: Place) -> dict[str, Any]:
    return {"last_name": "Новый", "first_name": "Пётр", "to_class": place.school_class.pk, "happened_on": f.today()}


def desk(name: str, args: Any = of_school, *, may: int = 200, **kwargs: Any) -> Row:
    return row(f"school:{name}", args, own={may: ADMINISTRATORS, 403: OTHERS}, **kwargs)


ROWS = [
    desk("movements"),
    desk("new_movement"),
    *(desk("movement", of_kind(kind)) for kind in (Kind.ARRIVED, Kind.TRANSFERRED, Kind.LEFT, Kind.DISMISSED)),
    desk("movement", of_kind(Kind.HIRED)),
    row("school:movement", of_kind(Kind.PROMOTED), own={404: MEMBERS}),
    desk("movement", of_kind(Kind.ARRIVED), method="post", data=document),
    desk(
        "movement",
        of_kind(Kind.ARRIVED),
        method="post",
        data=lambda place: {**document(place), "confirm": "1"},
        may=302,
    ),
    desk("movement_report"),
    desk("export_movement"),
    desk("export_movement", method="post", data=lambda place: {"reason": "Отчёт"}, may=302),
]
