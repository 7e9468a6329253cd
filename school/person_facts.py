"""What the school knows of one person: what he is now, and what he was, with dates and orders."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User

from .models import Activist, Enrolment, Fact, Guardianship, Homeroom, Person, StaffPosition, Teaching


@dataclass(frozen=True)
class FactLine:
    """One line of the history."""

    words: str
    starts_on: dt.date
    ends_on: dt.date | None
    order: str


@dataclass(frozen=True)
class PersonFacts:
    """The active facts by kind, and all of them as history, the latest first."""

    enrolment: Enrolment | None
    positions: list[StaffPosition]
    homerooms: list[Homeroom]
    teachings: list[Teaching]
    activisms: list[Activist]
    parents: list[Guardianship]
    children: list[Guardianship]
    history: list[FactLine]

    @property
    def is_staff(self) -> bool:
        return bool(self.positions)


def facts_of(person: Person, user: User) -> PersonFacts:
    """Everything about the person that the user may see, of the family only ties that he sees both ends of."""
    enrolments = list(person.enrolments.select_related("school_class"))
    positions = list(person.positions.order_by("kind"))
    homerooms = list(person.homerooms.select_related("school_class"))
    teachings = list(person.teachings.select_related("study_group__subject", "study_group__school_class"))
    activisms = list(person.activisms.all())
    parents = list(person.guardians.visible_to(user).select_related("guardian").order_by("kind", "pk"))
    children = list(person.wards.visible_to(user).select_related("pupil").order_by("pupil"))
    lines = [
        *_lines(enrolments, lambda fact: _("pupil of %(place)s") % {"place": fact.school_class}),
        *_lines(positions, lambda fact: fact.words),
        *_lines(homerooms, lambda fact: _("homeroom teacher of %(place)s") % {"place": fact.school_class}),
        *_lines(teachings, lambda fact: f"{fact.study_group}, {fact.study_group.school_class}"),
        *_lines(activisms, lambda fact: str(fact.get_kind_display())),
        *_lines(parents, lambda fact: f"{fact.get_kind_display()}: {fact.guardian}"),
        *_lines(children, lambda fact: _("parent of %(child)s") % {"child": fact.pupil}),
    ]
    lines.sort(key=lambda line: (line.ends_on is None, line.ends_on or line.starts_on, line.starts_on), reverse=True)
    return PersonFacts(
        enrolment=next(iter(_active(enrolments)), None),
        positions=_active(positions),
        homerooms=_active(homerooms),
        teachings=_active(teachings),
        activisms=_active(activisms),
        parents=_active(parents),
        children=_active(children),
        history=lines,
    )


def _active(facts: Iterable[Any]) -> list[Any]:
    return [fact for fact in facts if fact.ends_on is None]


def _lines(facts: Iterable[Any], words: Any) -> list[FactLine]:
    return [FactLine(words(fact), fact.starts_on, fact.ends_on, order_in_words(fact)) for fact in facts]


def order_in_words(fact: Fact) -> str:
    """«приказ № 12 от 01.09.2026», or nothing."""
    return order_words(fact.order_number, fact.order_date)


def order_words(number: str, date: dt.date | None) -> str:
    if not number:
        return ""
    if date is None:
        return _("order № %(number)s") % {"number": number}
    return _("order № %(number)s of %(date)s") % {"number": number, "date": date.strftime("%d.%m.%Y")}
