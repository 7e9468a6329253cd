"""The plan of a new school year: begun, edited by hand, thrown away (2.1 «движение»).

A plan changes nothing in the school, so it leaves no trace in the event log; what it does does
(`rollover_begin`, `rollover_apply`).
"""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User

from ..errors import Refusal, require_same_school
from ..models import (
    AcademicYear,
    Act,
    Enrolment,
    PendingAct,
    Person,
    Rollover,
    RolloverClass,
    RolloverPupil,
    School,
    SchoolClass,
)
from ..models.acts import UNDO_DAYS
from ..models.rollover import NEW_YEAR
from ..rights import require
from ..roles import lock_roster
from ..rollover_plan import ClassName
from ..rollover_reading import classes_to_go, default_rows, read_plan
from .structure import parse_class_name

MOST_FIRST_CLASSES = 15  # of the longest names they fill the field
RIGHTS = ("manage_structure", "manage_people")
Fate = RolloverPupil.Fate


def require_rollover(by: User, school: School) -> None:
    """A new year changes the classes and moves the people: both rights are needed."""
    for codename in RIGHTS:
        require(by, codename, school)


@transaction.atomic
def start_rollover(*, by: User, school: School) -> Rollover:
    """A plan with the usual line for each class; after an undone one, with what had been edited there.

    Raises `Refusal` while another plan is open (plan_exists) and while the last new year can still be undone
    (year_just_begun): a second one by mistake would move everybody twice.
    """
    require_rollover(by, school)
    lock_roster(school.pk)
    if Rollover.objects.open().filter(school=school).exists():
        raise Refusal(_("There is a plan of the new year already."), code="plan_exists")
    begun = timezone.now() - dt.timedelta(days=UNDO_DAYS)
    if Act.objects.standing().filter(school=school, kind=Act.Kind.ROLLOVER, done_at__gt=begun).exists():
        text = _("A new year was begun less than %(days)d days ago. If that was a mistake, undo it.")
        raise Refusal(text % {"days": UNDO_DAYS}, code="year_just_begun")
    year = school.current_year
    starts_on, ends_on = AcademicYear.dates_around(year.ends_on + dt.timedelta(days=1))
    plan = Rollover(school=school, from_year=year, starts_on=starts_on, ends_on=ends_on, made_by=by)
    undone = Rollover.objects.filter(school=school, from_year=year, state=Rollover.State.UNDONE).first()
    return _as_before(plan, undone) if undone else _as_usual(plan)


def _as_usual(plan: Rollover) -> Rollover:
    classes = classes_to_go(plan.school, plan.from_year_id)
    names = [
        school_class.name for school_class in classes if school_class.parallel == 1 and "," not in school_class.name
    ]
    plan.first_classes = ", ".join(names[:MOST_FIRST_CLASSES])
    plan.save()
    rows = default_rows(classes)
    for row in rows:
        row.rollover = plan
    RolloverClass.objects.bulk_create(rows)
    return plan


def _as_before(plan: Rollover, undone: Rollover) -> Rollover:
    kept = ("starts_on", "ends_on", "chats", "carries_teaching", "first_classes", "order_number", "order_date")
    for name in kept:
        setattr(plan, name, getattr(undone, name))
    plan.save()
    for related in (undone.classes, undone.pupils):
        rows: list[Any] = list(related.all())
        for row in rows:
            row.pk, row.rollover = None, plan
        related.model.objects.bulk_create(rows)
    return plan


@transaction.atomic
def edit_rollover(*, by: User, rollover: Rollover, first_classes: str = "", **settings: Any) -> Rollover:
    """The dates of the new year, the order, what becomes of chats and subjects, the classes that begin.

    `settings`: starts_on, ends_on, chats, carries_teaching, order_number, order_date.
    """
    plan = plan_to_edit(by, rollover)
    names = [ClassName(*_parsed(name)) for name in re.split(r"[,;\n\t]+|\s+(?=\d)", first_classes) if name.strip()]
    plan.first_classes = ", ".join({name.key: str(name) for name in names}.values())
    for name, value in settings.items():
        setattr(plan, name, value)
    if plan.ends_on <= plan.starts_on:
        raise Refusal(_("The year ends after it begins."), code="bad_year", field="ends_on")
    plan.full_clean(exclude=["act", "applied_by", "made_by"], validate_constraints=False)
    plan.save()
    return plan


def _parsed(name: str) -> tuple[int, str]:
    try:
        return parse_class_name(name)
    except Refusal as refusal:
        raise Refusal(refusal.message, code=refusal.code, field="first_classes") from refusal


@dataclass(frozen=True)
class ClassEdit:
    """What becomes of a class: `name` («7А»), empty for one that graduates; who leads it, nobody, or who does now."""

    name: str
    homeroom: Person | None = None
    keeps_homeroom: bool = True


@transaction.atomic
def edit_classes(*, by: User, rollover: Rollover, edits: Mapping[SchoolClass, ClassEdit]) -> None:
    """Write the lines of these classes. Raises `Refusal` with `field` «class-<id>» for a name that is not a class.

    Who gives a class another homeroom teacher than the plan had, or takes him away, needs the right for that too (2.1).
    """
    plan = plan_to_edit(by, rollover)
    require_same_school(plan, *edits, *(edit.homeroom for edit in edits.values()))
    if _changes_homerooms(plan, edits):
        require(by, "manage_staff", plan.school)
    for school_class, edit in edits.items():
        parallel, letter = None, ""
        if edit.name:
            try:
                parallel, letter = parse_class_name(edit.name)
            except Refusal as refusal:
                raise Refusal(refusal.message, code=refusal.code, field=f"class-{school_class.pk}") from refusal
        RolloverClass.objects.update_or_create(
            rollover=plan,
            school_class=school_class,
            defaults={
                "graduates": not edit.name,
                "parallel": parallel,
                "letter": letter,
                "keeps_homeroom": edit.keeps_homeroom,
                "homeroom": None if edit.keeps_homeroom else edit.homeroom,
            },
        )


def _changes_homerooms(plan: Rollover, edits: Mapping[SchoolClass, ClassEdit]) -> bool:
    rows = plan.classes.values_list("school_class_id", "keeps_homeroom", "homeroom_id")
    planned = {pk: (keeps, homeroom) for pk, keeps, homeroom in rows}
    return any(
        planned.get(school_class.pk) != (False, edit.homeroom.pk if edit.homeroom else None)
        for school_class, edit in edits.items()
        if not edit.keeps_homeroom
    )


@dataclass(frozen=True)
class Decision:
    """What becomes of a pupil instead of going along: `to` for who repeats or changes, `place` for who leaves."""

    fate: str
    to: ClassName | None = None
    place: str = ""


@transaction.atomic
def decide_pupils(
    *, by: User, rollover: Rollover, school_class: SchoolClass, decisions: Mapping[int, Decision | None]
) -> None:
    """Write what becomes of pupils of the class, by person; None lets one go along with it.

    Raises `Refusal` for somebody who is not in the class (not_in_class), a class that will not be (no_such_class), and
    for a conditional move out of a class that graduates (class_graduates).
    """
    plan = plan_to_edit(by, rollover)
    require_same_school(plan, school_class)
    here = Enrolment.objects.active().filter(school_class=school_class, person__in=decisions)
    if set(decisions) - set(here.values_list("person_id", flat=True)):
        raise Refusal(_("Somebody of them is not in the class any more: look at the list again."), code="not_in_class")
    known = read_plan(plan)
    line = known.line_of(school_class.pk)
    for decision in filter(None, decisions.values()):
        if decision.fate == Fate.CONDITIONAL and line and line.to is None:
            raise Refusal(_("A class that graduates is not moved on a condition."), code="class_graduates")
        into_a_class = decision.fate in RolloverPupil.INTO_A_CLASS
        if into_a_class and (decision.to is None or decision.to.key not in known.targets):
            raise Refusal(_("There will be no such class."), code="no_such_class")
    plan.pupils.filter(person__in=decisions).delete()
    RolloverPupil.objects.bulk_create(
        _row_of(plan, person, decision) for person, decision in decisions.items() if decision
    )


def _row_of(plan: Rollover, person: int, decision: Decision) -> RolloverPupil:
    row = RolloverPupil(rollover=plan, person_id=person, fate=decision.fate)
    if decision.to and decision.fate in RolloverPupil.INTO_A_CLASS:
        row.parallel, row.letter = decision.to.parallel, decision.to.letter
    if decision.fate in (Fate.LEAVES, Fate.GRADUATES):
        row.place = " ".join(decision.place.split())[:200]
    return row


@transaction.atomic
def discard_rollover(*, by: User, rollover: Rollover) -> None:
    """Throw the plan away; the school stays as it is."""
    plan_to_edit(by, rollover).delete()


def plan_to_edit(by: User, rollover: Rollover, *, waits: bool = False) -> Rollover:
    """The plan, locked. Raises `Refusal` when it is being carried out, or was (plan_closed), and while it waits for a second
    administrator (plan_waits): he approves what he has seen. `waits`: it is he who asks.
    """
    require_rollover(by, rollover.school)
    mine = Rollover.objects.select_for_update(of=("self",)).select_related("school", "from_year")
    plan = mine.filter(pk=rollover.pk, school=rollover.school).first()
    if plan is None or not plan.is_editable:
        raise Refusal(_("This plan cannot be changed any more: it was carried out or thrown away."), code="plan_closed")
    if not waits and PendingAct.objects.waiting().filter(school=plan.school, kind=NEW_YEAR).exists():
        text = _(
            "The plan waits for a second administrator and is not changed meanwhile. To correct it, cancel that first."
        )
        raise Refusal(text, code="plan_waits")
    return plan
