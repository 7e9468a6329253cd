"""The plan of a new school year read against the facts as they are now: who goes where. Writes nothing.

The page that says what will change and the service that changes it read the same `Plan`, so they cannot differ.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db.models import Prefetch
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from .models import Enrolment, Homeroom, Movement, Person, Rollover, RolloverClass, RolloverPupil, School, SchoolClass
from .models import StaffPosition as Position
from .services.roster import TEACHING_KINDS
from .services.structure import parse_class_name
from .succession import Foresight
from .text import fold_letter

Kind = Movement.Kind
Fate = RolloverPupil.Fate
Key = tuple[int, str]  # parallel and folded letter: a class of a year

# A school ends with one of these parallels: primary, basic, complete, evening.
LAST_PARALLELS = (4, 9, 11, 12)
SHOWN_NAMES = 10


@dataclass(frozen=True)
class ClassName:
    """A class that is not there yet."""

    parallel: int
    letter: str

    @property
    def key(self) -> Key:
        return self.parallel, fold_letter(self.letter)

    def __str__(self) -> str:
        return SchoolClass(parallel=self.parallel, letter=self.letter).name


@dataclass
class Line:
    """One class of the old year. `homeroom` is who will lead what becomes of it, `lost` who was meant to and has left."""

    old: SchoolClass
    row: RolloverClass
    homeroom_now: Person | None
    homeroom: Person | None = None
    lost: Person | None = None
    moves: list["Move"] = field(default_factory=list)

    @property
    def to(self) -> ClassName | None:
        """The class into which it goes; None when it graduates."""
        return None if self.row.graduates else ClassName(self.row.parallel or 0, self.row.letter)

    @property
    def exceptions(self) -> list["Move"]:
        return [move for move in self.moves if move.is_exception]


@dataclass
class Target:
    """One class of the new year, out of one old class, of several, or of none (it begins)."""

    name: ClassName
    lines: list[Line] = field(default_factory=list)
    moves: list["Move"] = field(default_factory=list)

    @property
    def homerooms(self) -> list[Person]:
        """One at most in a plan that can be carried out."""
        return list({line.homeroom.pk: line.homeroom for line in self.lines if line.homeroom}.values())

    @property
    def homeroom(self) -> Person | None:
        return next(iter(self.homerooms), None)

    @property
    def homeroom_changes(self) -> bool:
        return bool(self.homeroom and all(line.homeroom_now != self.homeroom for line in self.lines))

    @property
    def is_merged(self) -> bool:
        return len(self.lines) > 1

    @property
    def newcomers(self) -> list["Move"]:
        """Who comes into it from another class than those it is made of, and who stays on a condition."""
        return [move for move in self.moves if move.is_exception]


@dataclass
class Move:
    """What becomes of one pupil."""

    enrolment: Enrolment
    line: Line
    kind: Movement.Kind
    to: Target | None = None
    place: str = ""
    is_exception: bool = False

    @property
    def person(self) -> Person:
        person: Person = self.enrolment.person
        return person

    @property
    def says(self) -> str:
        """«Петров Пётр: 6Б → 7А»."""
        to = str(self.to.name) if self.to else self.place
        return f"{self.person.full_name}: {self.line.old} → {to}" if to else f"{self.person.full_name}, {self.line.old}"


@dataclass
class Plan:
    """`problems` forbid to carry it out, `warnings` do not; `skipped` are the decisions about people that came to nothing."""

    rollover: Rollover
    lines: list[Line]
    targets: dict[Key, Target] = field(default_factory=dict)
    moves: list[Move] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)

    @cached_property
    def counts(self) -> Counter[str]:
        """How many pupils by kind of movement."""
        return Counter(str(move.kind) for move in self.moves)

    def of_kind(self, *kinds: Movement.Kind) -> list[Move]:
        return [move for move in self.moves if move.kind in kinds]

    @property
    def foresight(self) -> Foresight:
        rollover = self.rollover
        alone = (line.old.pk for line in self.lines if line.to and not self.targets[line.to.key].is_merged)
        return Foresight(
            school=rollover.school,
            classes=frozenset(line.old.pk for line in self.lines),
            continued=frozenset(alone),
            carries_groups=rollover.carries_teaching,
            carries_chats_on=rollover.chats == Rollover.Chats.CARRY_ON,
        )


def read_plan(rollover: Rollover) -> Plan:
    """Six queries, whatever the size of the school."""
    classes = classes_to_go(rollover.school, rollover.from_year_id)
    plan = Plan(rollover, _lines(rollover, classes))
    _find_targets(plan)
    _find_moves(plan)
    plan.problems += _problems(plan)
    plan.warnings += _warnings(plan)
    return plan


def classes_to_go(school: School, year_id: int) -> list[SchoolClass]:
    """The classes of the year that are not in the archive, with their `leads`."""
    leads = Homeroom.objects.active().select_related("person")
    classes = SchoolClass.objects.taught().filter(school=school, year=year_id).select_related("successor")
    return list(classes.prefetch_related(Prefetch("homerooms", leads, to_attr="leads")))


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
    rows = {row.school_class_id: row for row in rollover.classes.select_related("homeroom")}
    default = {row.school_class_id: row for row in default_rows(classes)}
    teaching = set(
        Position.objects.active()
        .filter(school=rollover.school, kind__in=TEACHING_KINDS, person__removed_at__isnull=True)
        .values_list("person_id", flat=True)
    )
    lines = []
    for school_class in classes:
        row = rows.get(school_class.pk) or default[school_class.pk]
        now = next((lead.person for lead in school_class.leads), None)  # type: ignore[attr-defined]
        line = Line(school_class, row, now)
        meant = now if row.keeps_homeroom else row.homeroom
        line.homeroom = meant if meant and meant.pk in teaching else None
        line.lost = meant if meant and not row.graduates and meant.pk not in teaching else None
        lines.append(line)
    return lines


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
    exceptions = {row.person_id: row for row in plan.rollover.pupils.select_related("person")}
    enrolled: Any = Enrolment.objects.active().filter(school_class__in=by_class).select_related("person")
    for enrolment in enrolled.order_by("person__last_name", "person__first_name", "person__patronymic", "pk"):
        line, decision = by_class[enrolment.school_class_id], exceptions.pop(enrolment.person_id, None)
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
