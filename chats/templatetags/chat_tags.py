"""How chats say names and days."""

from datetime import date, datetime

from django import template
from django.template.defaultfilters import date as format_date
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext

from sferum_portal.ui_tags import said

register = template.Library()


@register.filter
def first_words(name: str) -> str:
    """The short form of a full name in a narrow line: «Иванова Мария»."""
    return " ".join(name.split()[:2])


@register.filter
def day_said(day: date) -> str:
    """«Сегодня», «Вчера», «2 сентября»: the heading of a day of messages."""
    text = said(day)
    return text[:1].upper() + text[1:]


@register.filter
def short_said(moment: str) -> str:
    """The end of a line of the list: the time for today, else the day."""
    at = parse_datetime(moment)
    if at is None:
        return ""
    local = timezone.localtime(at)
    return format_date(local, "H:i") if local.date() == timezone.localdate() else _day(local)


def _day(local: datetime) -> str:
    text = said(local.date())
    return text if text == gettext("yesterday") else format_date(local, "j M" if _this_year(local) else "j.m.Y")


def _this_year(local: datetime) -> bool:
    return local.year == timezone.localdate().year
