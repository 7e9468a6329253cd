"""What is counted: of so many in the lists, how many are invited, have joined, are confirmed, were here this week."""

from dataclasses import dataclass, field

from django.db import models
from django.utils.translation import gettext_lazy as _

from school.models import SchoolClass

FEWEST = 5  # counts under this are not broken down
ACTIVE_DAYS = 7


class Who(models.TextChoices):
    STAFF = "staff", _("Staff")
    PUPILS = "pupils", _("Pupils")
    PARENTS = "parents", _("Parents")


# The share that is asked of schools for the weekly activity, per cent.
GOALS = {Who.STAFF: 75, Who.PUPILS: 30, Who.PARENTS: 30}


class Level(models.IntegerChoices):
    """Levels of schooling: НОО, ООО, СОО."""

    PRIMARY = 1, _("Primary (НОО), 1–4")
    BASIC = 2, _("Basic (ООО), 5–9")
    SECONDARY = 3, _("Secondary (СОО), 10–11")


def level_of(parallel: int) -> Level:
    return Level.PRIMARY if parallel <= 4 else Level.BASIC if parallel <= 9 else Level.SECONDARY


@dataclass(frozen=True)
class Share:
    """A part of the listed, with what it is called."""

    label: str
    part: int
    whole: int
    goal: int | None = None

    @property
    def percent(self) -> int:
        return round(100 * self.part / self.whole) if self.whole else 0

    @property
    def tone(self) -> str:
        """How it stands: against its goal, where it has one; else three quarters are good and under a half is bad."""
        if self.goal is not None:
            return "good" if self.percent >= self.goal else "warn"
        return "good" if self.percent >= 75 else "warn" if self.percent >= 50 else "bad"


@dataclass(frozen=True)
class Figure:
    """One sort of people in one row. `confirmed` is counted for the staff only: the others have no status to confirm.

    `lapsed` had a way in that is over; whoever is neither invited nor lapsed never had one.
    """

    who: Who
    listed: int = 0
    invited: int = 0
    joined: int = 0
    active: int = 0
    lapsed: int = 0
    confirmed: int | None = None

    @property
    def is_small(self) -> bool:
        """Too few to be broken down: a share would tell about a person."""
        return 0 < self.listed < FEWEST

    @property
    def absent(self) -> int:
        return self.listed - self.joined

    @property
    def joined_share(self) -> Share:
        return Share(str(_("have joined")), self.joined, self.listed)

    @property
    def active_share(self) -> Share:
        return Share(str(_("active in 7 days")), self.active, self.listed, GOALS[self.who])

    @property
    def shares(self) -> list[Share]:
        """From the lists to activity, each of the listed; empty where there are too few."""
        if self.is_small or not self.listed:
            return []
        confirmed = [] if self.confirmed is None else [Share(str(_("are confirmed")), self.confirmed, self.listed)]
        invited = Share(str(_("are invited")), self.invited, self.listed)
        return [invited, self.joined_share, *confirmed, self.active_share]


@dataclass
class Row:
    """A line of the table: the school, a level, a parallel or a class, with the figures of each sort of people."""

    grain: str
    name: str
    school_class: SchoolClass | None = None
    figures: dict[Who, Figure] = field(default_factory=dict)

    def of(self, who: Who) -> Figure:
        return self.figures.get(who, Figure(who))
