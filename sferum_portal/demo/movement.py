"""What moved in the autumn of the first demo school: pupils who came, changed the class and left, a list that came in.

Its names are drawn apart, so that the rest of the school is the same with it and without it.
"""

import datetime as dt
from itertools import pairwise
from typing import Any

from django.utils import timezone

from school.importing.lists import Columns
from school.models import Movement, Person
from school.services import import_work, imports
from school.services.days import first_day
from school.services.exports import PEOPLE, propose_export
from school.services.movements import carry_out_movement

from . import plan
from .names import Name, Names
from .plan import SignIn
from .stage import Stage

Kind = Movement.Kind
SEED = 7000
HEADINGS = "Фамилия;Имя;Отчество;Дата рождения;Класс"
LISTED = 3
FROM, TO = "МБОУ СОШ № 5, Владикавказ", "МБОУ СОШ № 27, Владикавказ"


def move_pupils(stage: Stage) -> None:
    """Two arrivals, one transfer and one leaving, each by its order on a day of the autumn, and the list of newcomers."""
    if stage.number > 1:
        return
    names = Names(seed=SEED)
    first, second = _neighbours(stage)
    for share, home, order in ((0.2, first, "141-К"), (0.4, second, "149-К")):
        newcomer = {**_child(names).fields, "birth_date": _birth_date(stage, home)}
        _carry_out(stage, Kind.ARRIVED, share, order, newcomers=(newcomer,), to_class=stage.classes[home], place=FROM)
    moved = _take(stage, first)
    _carry_out(stage, Kind.TRANSFERRED, 0.6, "163-К", moved, to_class=stage.classes[second])
    stage.pupils[second] = [moved, *stage.pupils[second]]
    _carry_out(stage, Kind.LEFT, 0.8, "178-К", _take(stage, second), place=TO)
    _import_list(stage, names, first)


def ask_for_export(stage: Stage) -> None:
    """The additional administrator wants the list of people: the administrator or the director is to approve it."""
    if stage.number == 1:
        by = Person.objects.select_related("user").get(pk=stage.sign_ins[SignIn.ADDITIONAL_ADMINISTRATOR].pk).user
        assert by  # noqa: S101 (those whom a visitor signs in as have joined)
        propose_export(by=by, school=stage.school, what=PEOPLE, reason="Сверка списков с районным управлением")


def _carry_out(stage: Stage, kind: Kind, share: float, order: str, *people: Person, **more: Any) -> None:
    """On the day that is this share of the way from the beginning of the year to today."""
    begun = first_day(stage.school)
    day = begun + (timezone.localdate() - begun) * share
    document: dict[str, Any] = {"happened_on": day, "order": {"order_number": order, "order_date": day}}
    carry_out_movement(by=stage.administrator, school=stage.school, kind=kind, people=people, **document, **more)


def _neighbours(stage: Stage) -> tuple[str, str]:
    """Two classes of one parallel in which nothing is the matter; in a school of few classes, any two."""
    names = [name for name in stage.homerooms if name not in (*plan.IN_PARTS, *plan.JOINED_SHARE)]
    for name, other in pairwise(names):
        if stage.classes[name].parallel == stage.classes[other].parallel:
            return name, other
    return names[0], names[1]


def _take(stage: Stage, home: str) -> Person:
    """A pupil whose going concerns nobody else: no brother or sister here, nobody whom a visitor signs in as."""
    children = [parent.pk for pupils in stage.parents.values() for parent in pupils]
    person = next(
        pupil
        for pupil in stage.pupils[home][1:]
        if all(children.count(parent.pk) == 1 for parent in stage.parents[pupil.pk]) and stage.sign_in_of(pupil) is None
    )
    stage.pupils[home] = [pupil for pupil in stage.pupils[home] if pupil != person]
    return person


def _child(names: Names) -> Name:
    return names.family(1).children[0]


def _birth_date(stage: Stage, home: str) -> dt.date:
    return dt.date(stage.school.current_year.starts_on.year - (stage.classes[home].parallel or 1) - 6, 5, 17)


def _import_list(stage: Stage, names: Names, home: str) -> None:
    """As the office has it: the worker's part is done here and now."""
    born = _birth_date(stage, home).strftime("%d.%m.%Y")
    rows = [";".join([*_child(names).fields.values(), born, home]) for _ in range(LISTED)]
    by, content = stage.administrator, "\n".join([HEADINGS, *rows]).encode()
    listed = imports.upload_list(by=by, school=stage.school, name=f"Новые ученики {home}.csv", content=content)
    columns: Columns = imports.columns_of(listed)
    imports.check_list(by=by, list_import=listed, columns=columns)
    import_work.work_on(listed.pk)
    imports.apply_import(by=by, list_import=listed)
