"""«Кто ещё не с нами»: class by class how many are invited, have joined, have to be invited anew; and who they are (2.1).

The numbers are those of `stats.counting`; the lists behind them ask the same conditions, so they cannot disagree.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from invites.models import InviteRole
from invites.ranks import beyond_posts, may_invite
from school.models import Enrolment, Guardianship, Person, School, SchoolClass, StaffPosition
from school.rights import may, require

from .counting import WHOLE, Facts, count_people, is_true, staff_standings, standing_of
from .figures import Figure, Who

ROLE_OF = {Who.PUPILS: InviteRole.PUPIL, Who.PARENTS: InviteRole.PARENT}


class Standing(models.TextChoices):
    """Which of the people of a cell are listed; `ABSENT` are those who are not with us yet."""

    ABSENT = "absent", _("Not with us yet")
    MISSING = "missing", _("Without an invite")
    LAPSED = "lapsed", _("The invite is over")
    INVITED = "invited", _("Invited")
    JOINED = "joined", _("Have joined")
    CONFIRMED = "confirmed", _("Are confirmed")
    LISTED = "listed", _("All in the lists")


@dataclass(frozen=True)
class Cell:
    """One sort of people in one place: a class, or the school for its staff."""

    figure: Figure
    url: str

    @property
    def numbers(self) -> list[tuple[Standing, int | None, str]]:
        """(standing, how many, the list behind it); None where there is nothing to count."""
        figure = self.figure
        counted = [
            (Standing.LISTED, figure.listed),
            (Standing.INVITED, figure.invited),
            (Standing.JOINED, figure.joined),
            (Standing.CONFIRMED, figure.confirmed),
            (Standing.LAPSED, figure.lapsed),
            (Standing.ABSENT, figure.absent),
        ]
        return [(standing, number, f"{self.url}?show={standing}" if number else "") for standing, number in counted]


@dataclass(frozen=True)
class Coverage:
    """The map: a line for the staff where the whole school is seen, and the classes with their pupils and parents."""

    whole: bool
    staff: Cell | None
    totals: list[Figure]
    rows: list[tuple[SchoolClass, list[Cell]]]


def _classes_shown(user: User, school: School) -> tuple[models.QuerySet[SchoolClass], bool]:
    """The classes whose figures the user may see, and whether these are the whole school."""
    classes = SchoolClass.objects.taught().filter(school=school)
    if may(user, "view_statistics", school):
        return classes, True
    own = classes.allowing(user, "view_statistics")
    if not own.exists():
        require(user, "view_statistics", school)
    return own, False


def make_coverage(user: User, school: School) -> Coverage:
    """At most four queries, whatever the size of the school. Raises `RightDenied` for who may see no figures."""
    shown, whole = _classes_shown(user, school)
    table = count_people(school, shown, whole=whole, lapsed=True)
    rows = []
    for school_class in shown:
        found = table.get(("class", school_class.pk), {})
        cells = [
            Cell(found.get(who, Figure(who)), _url(school, who, school_class)) for who in (Who.PARENTS, Who.PUPILS)
        ]
        rows.append((school_class, cells))
    totals = [table.get(WHOLE, {}).get(who, Figure(who)) for who in (Who.PARENTS, Who.PUPILS, Who.STAFF)]
    staff = Cell(totals[2], _url(school, Who.STAFF)) if whole else None
    return Coverage(whole, staff, totals if whole else [], rows)


def _url(school: School, who: Who, school_class: SchoolClass | None = None) -> str:
    if school_class is None:
        return reverse("stats:coverage_staff", args=[school.pk])
    return reverse("stats:coverage_class", args=[school.pk, school_class.pk, who.value])


# --- the people of a cell ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Member:
    """Somebody of the lists and how he stands; `note`: whose parent or in what post; `barred`: above who looks."""

    person: Person
    note: str
    facts: Facts
    barred: bool = False

    @property
    def standing(self) -> Standing:
        for name in ("confirmed", "joined", "invited", "lapsed"):
            if self.facts.get(name):
                return Standing(name)
        return Standing.MISSING

    @property
    def may_be_invited(self) -> bool:
        return not self.facts["joined"] and not self.barred

    def is_shown_as(self, standing: Standing) -> bool:
        if standing == Standing.LISTED:
            return True
        if standing == Standing.ABSENT:
            return not self.facts["joined"]
        if standing == Standing.MISSING:
            return not self.facts["invited"] and not self.facts["lapsed"]
        return bool(self.facts.get(standing))


@dataclass
class Members:
    """The people of one cell; `may_invite`: whoever looks may make their slips."""

    who: Who
    everybody: list[Member] = field(default_factory=list)
    may_invite: bool = False

    @property
    def standings(self) -> list[Standing]:
        return [one for one in Standing if one != Standing.CONFIRMED or self.who == Who.STAFF]

    def shown(self, standing: Standing) -> list[Member]:
        return [member for member in self.everybody if member.is_shown_as(standing)]


def members_of_class(user: User, school_class: SchoolClass, who: Who) -> Members:
    """The pupils of the class or their parents: at most three queries.

    Raises `RightDenied` unless the user may see the figures and the people of the class.
    """
    require(user, "view_statistics", school_class)
    require(user, "view_people", school_class)
    school = school_class.school
    found = _pupils(school_class) if who == Who.PUPILS else _parents(school_class)
    barred = beyond_posts(user, school, _posts(school, [person for person, _note, _facts in found]))
    everybody = [Member(person, note, facts, person.pk in barred) for person, note, facts in found]
    return Members(who, everybody, may_invite(user, ROLE_OF[who], school, school_class))


def _pupils(school_class: SchoolClass) -> list[tuple[Person, str, Facts]]:
    conditions = standing_of(school_class.school, "person", InviteRole.PUPIL)
    rows = Enrolment.objects.active().filter(school_class=school_class).select_related("person")
    by_name = _annotated(rows, conditions).order_by("person__last_name", "person__first_name", "person_id")
    return [(row.person, "", _facts_of(row, conditions)) for row in by_name]


def _parents(school_class: SchoolClass) -> list[tuple[Person, str, Facts]]:
    """Each parent once, with his children in the class: «мать: Иванов И.»."""
    place = "pupil__enrolments__school_class"
    conditions = standing_of(school_class.school, "guardian", InviteRole.PARENT, place)
    here = {place: school_class, "pupil__enrolments__ends_on__isnull": True}
    ties = Guardianship.objects.active().filter(**here).select_related("guardian", "pupil")
    people: dict[int, tuple[Person, Facts]] = {}
    notes: dict[int, list[str]] = defaultdict(list)
    for tie in _annotated(ties, conditions).order_by(
        "guardian__last_name", "guardian__first_name", "guardian_id", "pk"
    ):
        people[tie.guardian_id] = tie.guardian, _facts_of(tie, conditions)
        notes[tie.guardian_id].append(f"{tie.get_kind_display()}: {tie.pupil.short_name}")
    return [(person, ", ".join(notes[pk]), facts) for pk, (person, facts) in people.items()]


def _annotated(rows: models.QuerySet, conditions: dict[str, models.Q]) -> models.QuerySet:
    return rows.annotate(**{f"is_{name}": is_true(condition) for name, condition in conditions.items()})


def _facts_of(row: models.Model, conditions: dict[str, models.Q]) -> Facts:
    return {name: bool(getattr(row, f"is_{name}")) for name in conditions}


def _posts(school: School, people: Collection[Person]) -> list[tuple[int, str]]:
    posts = StaffPosition.objects.active().filter(school=school, person__in=people).order_by("pk")
    return list(posts.values_list("person_id", "kind"))


def members_of_staff(user: User, school: School) -> Members:
    """Who holds a post in the school: at most four queries.

    Raises `RightDenied` unless the user may see the school's figures and its staff.
    """
    require(user, "view_statistics", school)
    require(user, "view_staff", school)
    standings = staff_standings(school)
    people = Person.objects.filter(pk__in=standings).order_by("last_name", "first_name", "patronymic", "pk")
    posts = _posts(school, people)
    words: dict[int, list[str]] = defaultdict(list)
    for person, kind in posts:
        words[person].append(str(StaffPosition.Kind(kind).label))
    barred = beyond_posts(user, school, posts)
    everybody = [Member(p, ", ".join(words[p.pk]), standings[p.pk], p.pk in barred) for p in people]
    return Members(Who.STAFF, everybody, may(user, "invite_staff", school))
