"""The table of the measurements: medians, and ratios that say how many times better than the floor."""

from benchmarks.harness import Measured, Size, render, table


def test_medians_and_ratios() -> None:
    measured = [
        *(Measured("burst", "deliveries/s", "portal", value, more_is_better=True) for value in (90, 5000, 100)),
        *(Measured("burst", "deliveries/s", "floor", value, more_is_better=True) for value in (200, 200, 200)),
        Measured("p95", "ms", "portal", 4),
        Measured("p95", "ms", "floor", 2),
        Measured("rights", "queries", "portal", 2),
    ]
    assert table(measured) == [
        ["", "portal", "floor", "portal : floor"],
        ["burst, deliveries/s", "100", "200", "0.50"],
        ["p95, ms", "4", "2", "0.50"],
        ["rights, queries", "2", "", ""],
    ]


def test_the_table_is_markdown() -> None:
    lines = render([["", "portal"], ["p95, ms", "4"]]).splitlines()
    assert lines == ["|         | portal |", "|---------|-------:|", "| p95, ms |      4 |"]


def test_smoke_is_small() -> None:
    assert (Size(smoke=True).of(1000, 5), Size(smoke=False).of(1000, 5)) == (5, 1000)
    assert Size(smoke=True).rounds == 1
