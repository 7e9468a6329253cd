"""Names and dates as people write them; icons for eyes and for ears."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import lucide
import pytest
from django.core.paginator import Paginator
from django.template import Context, Template
from django.utils import timezone, translation

from sferum_portal.ui_tags import hue, initials, pages_around, said, short_name

MOSCOW = ZoneInfo("Europe/Moscow")


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Иванова Мария Петровна", "ИМ"), ("ёлкин", "Ё"), ("Математика 7Б, группа 1", "МГ"), ("", "?"), ("🎓 5А", "?")],
)
def test_initials(name: str, letters: str) -> None:
    assert initials(name) == letters


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Иванова Мария Петровна", "Иванова М.\u00a0П."),
        ("О’Коннор Шон", "О’Коннор Ш."),
        ("ivanova", "ivanova"),
        ("+7 912 340-11-02", "+7 912 340-11-02"),
        ("Школа № 3 города Перми имени Попова", "Школа № 3 города Перми имени Попова"),
    ],
)
def test_short_name(name: str, short: str) -> None:
    assert short_name(name) == short


def test_the_colour_of_a_name_is_steady() -> None:
    assert hue("Иванова") == hue("Иванова")
    assert {hue(f"Имя {number}") for number in range(200)} == set(range(8))


def test_dates_are_said_in_russian() -> None:
    noon = timezone.localtime().replace(hour=12, minute=5)
    with translation.override("ru"):
        assert said(noon) == "сегодня, 12:05"
        assert said(noon - timedelta(days=1)) == "вчера, 12:05"
        assert said(noon.date() + timedelta(days=1)) == "завтра"
        assert said(datetime(2019, 9, 2, tzinfo=MOSCOW).date()) == "2 сентября 2019 г."
        assert said(None) == ""


def test_a_moment_is_said_in_the_schools_time() -> None:
    late = timezone.localtime().replace(hour=1, minute=0).astimezone(ZoneInfo("UTC"))
    with translation.override("ru"):
        assert said(late) == "сегодня, 01:00"


def test_this_years_date_goes_without_the_year() -> None:
    today = timezone.localdate()
    other = today.replace(month=3 if today.month > 6 else 11, day=2)
    with translation.override("ru"):
        assert said(other) == ("2 марта" if other.month == 3 else "2 ноября")


def test_an_icon_is_silent_unless_it_has_a_label() -> None:
    assert 'aria-hidden="true"' in Template('{% lucide "lock" %}').render(Context())
    labelled = Template('{% lucide "lock" 16 label=words %}').render(Context({"words": 'Закрыто "навсегда" <b>'}))
    assert 'role="img"' in labelled
    assert "<b>" not in labelled
    assert 'width="16"' in labelled


def test_an_unknown_icon_is_an_error() -> None:
    with pytest.raises(lucide.IconDoesNotExist):
        Template('{% lucide "no-such-icon" %}').render(Context())


def test_the_pages_near_the_present_one() -> None:
    page = Paginator(range(400), 20).page(10)
    assert list(pages_around(page)) == [1, "…", 8, 9, 10, 11, 12, "…", 20]
