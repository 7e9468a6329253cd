"""What the plan of a new school year comes to: classes, who goes where, what stands in the way (`rollover_reading`)."""

from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property

from .models import Enrolment, Movement, Person, Rollover, RolloverClass, RolloverPupil, SchoolClass
from .succession import Foresight
from .text import fold_letter

Key = tuple[int, str]  # parallel and folded letter: a class of a year


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
    people: list[Person] = field(default_factory=list)
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
    decisions: dict[int, RolloverPupil] = field(default_factory=dict)  # by person
    targets: dict[Key, Target] = field(default_factory=dict)
    moves: list[Move] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)

    @cached_property
    def counts(self) -> Counter[str]:
        """How many pupils by kind of movement."""
        return Counter(str(move.kind) for move in self.moves)

    def line_of(self, class_id: int) -> Line | None:
        return next((line for line in self.lines if line.old.pk == class_id), None)

    def of_kind(self, *kinds: Movement.Kind) -> list[Move]:
        return [move for move in self.moves if move.kind in kinds]

    @property
    def leavers(self) -> list[Move]:
        """Who graduates or leaves the school."""
        return [move for line in self.lines for move in line.moves if move.to is None]

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
