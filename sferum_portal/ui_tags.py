"""Tags and filters that every template has without `{% load %}` (docs/ui.md)."""

from collections.abc import Iterator
from datetime import date, datetime
from functools import lru_cache
from zlib import crc32

import lucide as icons
from django import template
from django.core.paginator import Page
from django.template.defaultfilters import date as format_date
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

register = template.Library()

AVATAR_HUES = 8


@register.simple_tag(name="lucide")
def lucide_icon(name: str, size: int = 20, label: str = "") -> SafeString:
    """An icon, hidden from screen readers unless it has a `label` of its own."""
    return _drawn(str(name), size, str(label))


@lru_cache(maxsize=512)
def _drawn(name: str, size: int, label: str) -> SafeString:
    spoken = {"role": "img", "aria-label": label} if label else {"aria-hidden": "true"}
    markup = icons._render_icon(name, size, **{"class": "icon", "focusable": "false", **spoken})
    return mark_safe(markup)  # noqa: S308 (the wheel's own SVG; attribute values are escaped by ElementTree)


@register.filter
def pages_around(page: Page) -> Iterator[int | str]:
    """The page numbers to show: the first, the last and those near this one, with «…» between."""
    return page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)


@register.filter
def initials(name: object) -> str:
    """Two letters for an avatar: «Иванова Мария Петровна» → «ИМ»."""
    words = [word for word in str(name).split() if word[:1].isalpha()]
    return "".join(word[0] for word in words[:2]).upper() or "?"


@register.filter
def short_name(name: object) -> str:
    """Where a line is short: «Иванова Мария Петровна» → «Иванова М. П.»; anything else stays as it is."""
    words = str(name).split()
    if not 1 < len(words) < 4 or not all(word[0].isalpha() for word in words):
        return str(name)
    return " ".join([words[0], *(f"{word[0]}." for word in words[1:])]).replace(". ", ".\u00a0")


@register.filter
def hue(name: object) -> int:
    """A steady colour number for a name, 0…7."""
    return crc32(str(name).encode()) % AVATAR_HUES


@register.filter
def said(moment: date | datetime | None) -> str:
    """A date as people say it: «сегодня, 14:05», «вчера», «2 сентября», «2 сентября 2023 г.»."""
    if moment is None:
        return ""
    with_time = isinstance(moment, datetime)
    local = timezone.localtime(moment) if isinstance(moment, datetime) and timezone.is_aware(moment) else moment
    day = _day_said(local.date() if isinstance(local, datetime) else local)
    return f"{day}, {format_date(local, 'H:i')}" if with_time else day


def _day_said(day: date) -> str:
    today = timezone.localdate()
    near = {-1: gettext("tomorrow"), 0: gettext("today"), 1: gettext("yesterday")}
    if word := near.get((today - day).days):
        return word
    return format_date(day, gettext("j F") if day.year == today.year else gettext("j F Y"))
