"""The table of the measurements: medians, and ratios that say how many times better than the floor."""

import pytest

from benchmarks.harness import Measured, Size, render, require_each_once, table


def test_medians_and_ratios() -> None:
    measured = [
        *(Measured("burst", "deliveries/s", "portal", value, more_is_better=True) for value in (90, 5000, 100)),
        *(Measured("burst", "deliveries/s", "floor", value, more_is_better=True) for value in (200, 200, 200)),
        Measured("p95", "ms", "portal", 4),
        Measured("p95", "ms", "floor", 2),
        Measured("rights", "queries", "portal", 2),
        Measured("long : short", "times", "portal", 1.1, more_is_better=None),
        Measured("long : short", "times", "floor", 1, more_is_better=None),
    ]
    assert table(measured) == [
        ["", "portal", "floor", "portal : floor"],
        ["burst, deliveries/s", "100", "200", "0.50"],
        ["p95, ms", "4", "2", "0.50"],
        ["rights, queries", "2", "", ""],
        ["long : short, times", "1.1", "1", ""],
    ]


def test_the_table_is_markdown() -> None:
    lines = render([["", "portal"], ["p95, ms", "4"]]).splitlines()
    assert lines == ["|         | portal |", "|---------|-------:|", "| p95, ms |      4 |"]


def test_smoke_is_small() -> None:
    assert (Size(smoke=True).of(1000, 5), Size(smoke=False).of(1000, 5)) == (5, 1000)
    assert Size(smoke=True).rounds == 1


def test_what_was_accepted_is_heard_once_and_in_order() -> None:
    require_each_once([1, 2, 3], [1, 2, 3])


@pytest.mark.parametrize(
    ("heard", "said"),
    [
        ([1, 3], "1 lost, 0 doubled, 2 heard"),
        ([1, 2, 2, 3], "0 lost, 1 doubled, 4 heard"),
        ([2, 1, 3], "0 lost, 0 doubled, 3 heard"),
    ],
)
def test_a_measurement_does_not_hide_what_was_lost(heard: list[int], said: str) -> None:
    with pytest.raises(AssertionError, match=said):
        require_each_once([1, 2, 3], heard)
