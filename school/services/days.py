"""The day on which a fact begins or ends: today, or a day of this school year that has passed."""

import datetime as dt
from typing import Any

from django.db.models import DateField, F, Max, Value
from django.db.models.functions import Greatest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from ..errors import Refusal
from ..models import AcademicYear, Fact, School

FIELD = "happened_on"


def first_day(school: School) -> dt.date:
    """The earliest day of a movement: the first of September before today, or the beginning of the current year if that
    is earlier (the next year has not begun yet in September)."""
    today = timezone.localdate()
    begun = dt.date(today.year if today.month >= 9 else today.year - 1, 9, 1)
    current = AcademicYear.objects.filter(school=school, is_current=True).values_list("starts_on", flat=True).first()
    return min(begun, current or begun)


def checked_day(school: School, day: dt.date | None) -> dt.date:
    """The day of a movement, today where none is named. Raises `Refusal` for one to come and one of an earlier year."""
    today = timezone.localdate()
    if day is None or day == today:
        return today
    if day > today:
        raise Refusal(
            _("This day has not come yet: record the movement on the day itself or later."), code="future", field=FIELD
        )
    if day < (earliest := first_day(school)):
        text = _("This is before the school year: the earliest day is %(day)s.") % {"day": said(earliest)}
        raise Refusal(text, code="before_the_year", field=FIELD)
    return day


def require_begun(fact: Fact, day: dt.date) -> None:
    """Raise `Refusal` when the fact that is to end on the day begins after it."""
    if day < fact.starts_on:
        words = {"name": getattr(fact, "person", fact), "day": said(fact.starts_on)}
        text = _("%(name)s is in the lists here only from %(day)s: choose that day or a later one.") % words
        raise Refusal(text, code="before_earlier_fact", field=FIELD)


def require_free(earlier: Any, day: dt.date) -> None:
    """Raise `Refusal` when one of these facts, which have ended, still held on the day: two at a time cannot be."""
    ended = earlier.filter(ends_on__gt=F("starts_on")).aggregate(last=Max("ends_on"))["last"]
    if ended and day < ended:
        text = _("The earlier entry of the lists ends on %(day)s: choose that day or a later one.") % {
            "day": said(ended)
        }
        raise Refusal(text, code="before_earlier_fact", field=FIELD)


def end_facts(facts: Any, day: dt.date) -> None:
    """End the active ones among these facts on the day; one that began after it (a group joined later) is left empty."""
    facts.filter(ends_on__isnull=True).update(ends_on=Greatest("starts_on", Value(day, output_field=DateField())))


def said(day: dt.date) -> str:
    return date_format(day, "d.m.Y")
