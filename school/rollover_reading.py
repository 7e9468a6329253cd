"""The plan of a new school year read against the facts as they are now: who goes where. Writes nothing.

The page that says what will change and the service that changes it read the same `Plan`, so they cannot differ.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Exists, FilteredRelation, OuterRef, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from .models import Enrolment, Movement, Person, Rollover, RolloverClass, RolloverPupil, School, SchoolClass
from .models import StaffPosition as Position
from .rollover_plan import ClassName, Line, Move, Plan, Target
from .services.roster import TEACHING_KINDS
from .services.structure import parse_class_name
from .text import fold_letter

Kind = Movement.Kind
Fate = RolloverPupil.Fate

# A school ends with one of these parallels: primary, basic, complete, evening.
LAST_PARALLELS = (4, 9, 11, 12)


def read_plan(rollover: Rollover) -> Plan:
    """Four queries, whatever the size of the school; three for a plan that came with its `rows`."""
    classes = classes_to_go(rollover.school, rollover.from_year_id)
    plan = Plan(rollover, _lines(rollover, classes))
    _find_targets(plan)
    _find_moves(plan)
    plan.problems += _problems(plan)
    plan.warnings += _warnings(plan)
    return plan


def open_plan(user: Any, school: School) -> Rollover | None:
    """The plan that a page shows, with its `rows` and `waits_until`: one query."""
    plans = Rollover.objects.visible_to(user).open().filter(school=school).with_waiting()
    with_rows: Any = plans.annotate(row=FilteredRelation("classes"), teaches=_teaches("row__homeroom"))
    found = list(with_rows.select_related("from_year", "row__homeroom"))
    if not found:
        return None
    plan: Rollover = found[0]
    plan.school, plan.rows = school, []
    for one in found:
        if row := getattr(one, "row", None):
            row.homeroom_teaches = one.teaches
            plan.rows.append(row)
    return plan


def _teaches(person: str) -> Exists:
    """The person holds a position in which one may lead a class."""
    positions = Position.objects.active().filter(kind__in=TEACHING_KINDS, person__removed_at__isnull=True)
    return Exists(positions.filter(person=OuterRef(person)))


def teachers_of(school: School) -> list[Person]:
    """Who may lead a class."""
    return list(Person.objects.present().filter(_teaches("pk"), school=school))


def classes_to_go(school: School, year_id: int) -> list[SchoolClass]:
    """The classes of the year that are not in the archive, each with its `lead` (one at most) and whether he `teaches`."""
    classes: Any = SchoolClass.objects.taught().filter(school=school, year=year_id)
    active = FilteredRelation("homerooms", condition=Q(homerooms__ends_on__isnull=True))
    return list(
        classes.annotate(lead=active, teaches=_teaches("lead__person")).select_related("successor", "lead__person")
    )


def default_rows(classes: Iterable[SchoolClass]) -> list[RolloverClass]:
    """What becomes of the classes unless said otherwise: 1А → 2А … 10А → 11А, the last of the school graduate.

    A class that knows its successor goes where it says.
    """
    classes = list(classes)
    highest = max((school_class.parallel or 0 for school_class in classes), default=0)
    return [_default_row(school_class, highest) for school_class in classes]


def _default_row(school_class: SchoolClass, highest: int) -> RolloverClass:
    parallel, letter = (school_class.parallel or 0) + 1, school_class.letter
    if known := school_class.successor:
        parallel, letter = known.parallel or 0, known.letter
    elif school_class.parallel == highest and highest in LAST_PARALLELS:
        return RolloverClass(school_class=school_class, graduates=True)
    return RolloverClass(school_class=school_class, parallel=parallel, letter=letter, letter_key=fold_letter(letter))


def _lines(rollover: Rollover, classes: list[SchoolClass]) -> list[Line]:
    """A class that came after the plan was made has the line that it would have had by default."""
    known = _rows(rollover) if rollover.rows is None else rollover.rows
    rows = {row.school_class_id: row for row in known}
    default = {row.school_class_id: row for row in default_rows(classes)}
    return [_line(school_class, rows.get(school_class.pk) or default[school_class.pk]) for school_class in classes]


def _rows(rollover: Rollover) -> list[Any]:
    rows: list[Any] = list(rollover.classes.select_related("homeroom").annotate(teaches=_teaches("homeroom")))
    for row in rows:
        row.homeroom_teaches = row.teaches
    return rows


def _line(school_class: Any, row: Any) -> Line:
    lead = getattr(school_class, "lead", None)  # a relation that finds nothing leaves no attribute
    now = lead.person if lead else None
    line = Line(school_class, row, now)
    meant, teaches = (now, school_class.teaches) if row.keeps_homeroom else (row.homeroom, row.homeroom_teaches)
    line.homeroom = meant if teaches else None
    line.lost = meant if not teaches and not row.graduates else None
    return line


def first_classes(rollover: Rollover) -> list[ClassName]:
    """The classes that begin in the new year (1А …), as they were written into the plan."""
    return [ClassName(*parse_class_name(name)) for name in rollover.first_classes.split(", ") if name]


def _find_targets(plan: Plan) -> None:
    for line in plan.lines:
        if line.to:
            plan.targets.setdefault(line.to.key, Target(line.to)).lines.append(line)
    for name in first_classes(plan.rollover):
        plan.targets.setdefault(name.key, Target(name))
    plan.targets = dict(sorted(plan.targets.items()))


def _find_moves(plan: Plan) -> None:
    by_class = {line.old.pk: line for line in plan.lines}
    plan.decisions = {row.person_id: row for row in plan.rollover.pupils.select_related("person")}
    exceptions = dict(plan.decisions)
    enrolled: Any = Enrolment.objects.active().filter(school_class__in=by_class).select_related("person")
    for enrolment in enrolled.order_by("person__last_name", "person__first_name", "person__patronymic", "pk"):
        line, decision = by_class[enrolment.school_class_id], exceptions.pop(enrolment.person_id, None)
        line.people.append(enrolment.person)
        if move := _move(plan, enrolment, line, decision):
            plan.moves.append(move)
            line.moves.append(move)
            if move.to:
                move.to.moves.append(move)
    plan.skipped += [
        _("%(name)s is in none of these classes any more") % {"name": r.person} for r in exceptions.values()
    ]


def _move(plan: Plan, enrolment: Enrolment, line: Line, decision: RolloverPupil | None) -> Move | None:
    """None, and a problem in the plan, for a pupil who is left without a class."""
    along = plan.targets[line.to.key] if line.to else None
    usual = Move(enrolment, line, Kind.PROMOTED if along else Kind.GRADUATED, along)
    if decision is None:
        return usual
    name = {"name": enrolment.person.full_name, "class": line.old}
    if decision.fate == Fate.CONDITIONAL:
        if along:
            return Move(enrolment, line, Kind.CONDITIONAL, along, is_exception=True)
        plan.skipped.append(_("%(name)s: %(class)s graduates, nobody is moved on a condition") % name)
        return usual
    if decision.fate in (Fate.LEAVES, Fate.GRADUATES):
        kind = Kind.LEFT if decision.fate == Fate.LEAVES else Kind.GRADUATED
        return Move(enrolment, line, kind, place=decision.place, is_exception=bool(along) or kind != Kind.GRADUATED)
    wanted = ClassName(decision.parallel or 0, decision.letter)
    to = plan.targets.get(wanted.key)
    if to is None:
        text = _("%(name)s, %(class)s: there will be no class %(to)s. Choose another one.")
        plan.problems.append(text % {**name, "to": wanted})
        return None
    kind = Kind.REPEATS if decision.fate == Fate.REPEATS else Kind.PROMOTED
    return Move(enrolment, line, kind, to, is_exception=to is not along)


def _problems(plan: Plan) -> Iterator[str]:
    if not plan.lines:
        yield _("The year has no classes: there is nothing to move.")
    if plan.rollover.starts_on <= plan.rollover.from_year.starts_on:
        yield _("The new year begins before the present one: correct its first day.")
    for target in plan.targets.values():
        if len(target.homerooms) > 1:
            names = ", ".join(person.short_name for person in target.homerooms)
            text = _("%(class)s would have several homeroom teachers: %(names)s. Leave one of them.")
            yield text % {"class": target.name, "names": names}


def _warnings(plan: Plan) -> Iterator[str]:
    ends_on = plan.rollover.from_year.ends_on
    if timezone.localdate() < ends_on:
        text = _("The year %(year)s has not ended: it lasts until %(day)s.")
        yield text % {"year": plan.rollover.from_year, "day": date_format(ends_on, "j E Y")}
    for target in plan.targets.values():
        if target.is_merged:
            old = ", ".join(str(line.old) for line in target.lines)
            text = _("%(class)s is made of several classes: %(old)s. Their chats go into the archive.")
            yield text % {"class": target.name, "old": old}
    for line in plan.lines:
        if line.lost:
            text = _("%(name)s, who was to lead %(class)s, holds no teaching position any more.")
            yield text % {"name": line.lost.full_name, "class": line.to}
    if headless := [str(target.name) for target in plan.targets.values() if not target.homerooms]:
        yield _("Without a homeroom teacher: %(classes)s.") % {"classes": ", ".join(headless)}
