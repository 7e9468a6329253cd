"""The registry of measurements, medians over rounds, and the table."""

import statistics
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Measured:
    """One figure of one round. `who` is "portal", "floor" or a peer; a ratio over 1 is better than the floor.

    `more_is_better` is None for a figure that is not compared.
    """

    what: str
    unit: str
    who: str
    value: float
    more_is_better: bool | None = False


@dataclass(frozen=True)
class Size:
    """How much is done: `--smoke` only shows that a measurement works."""

    smoke: bool

    @property
    def rounds(self) -> int:
        return 1 if self.smoke else 5

    def of(self, full: int, smoke: int) -> int:
        return smoke if self.smoke else full


Benchmark = Callable[[Size], Iterator[Measured]]
REGISTRY: dict[str, Benchmark] = {}


def benchmark(name: str) -> Callable[[Benchmark], Benchmark]:
    """Register a measurement; its docstring's first line is its title."""

    def register(function: Benchmark) -> Benchmark:
        REGISTRY[name] = function
        return function

    return register


def title_of(function: Benchmark) -> str:
    return (function.__doc__ or "").strip().splitlines()[0]


def table(measured: Iterable[Measured]) -> list[list[str]]:
    """Rows of text: what, then median and ratio to the floor for everybody who was measured."""
    rows: dict[tuple[str, str, bool | None], dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for one in measured:
        rows[one.what, one.unit, one.more_is_better][one.who].append(one.value)
    who = list(dict.fromkeys(name for values in rows.values() for name in values))
    lines = [["", *who, *(f"{name} : floor" for name in who if name != "floor")]]
    for (what, unit, more_is_better), values in rows.items():
        medians = {name: statistics.median(found) for name, found in values.items()}
        cells = [figure(medians[name]) if name in medians else "" for name in who]
        ratios = [ratio(medians, name, more_is_better) for name in who if name != "floor"]
        lines.append([f"{what}, {unit}", *cells, *ratios])
    return lines


def ratio(medians: dict[str, float], name: str, more_is_better: bool | None) -> str:
    """How many times better than the floor: 0.5 is half as good, whichever way the figure goes."""
    if more_is_better is None or not medians.get("floor") or not medians.get(name):
        return ""
    better = medians[name] / medians["floor"]
    return f"{better if more_is_better else 1 / better:.2f}"


def require_each_once(accepted: list[int], heard: list[int]) -> None:
    """Everything that was accepted was heard, once and in order; AssertionError with the counts."""
    if heard != accepted:
        lost, doubled = len(set(accepted) - set(heard)), len(heard) - len(set(heard))
        raise AssertionError(f"of {len(accepted)} accepted {lost} lost, {doubled} doubled, {len(heard)} heard")


def figure(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def render(lines: list[list[str]]) -> str:
    """The rows as Markdown."""
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    head, *body = [
        "| "
        + " | ".join([line[0].ljust(widths[0]), *(c.rjust(w) for c, w in zip(line[1:], widths[1:], strict=True))])
        + " |"
        for line in lines
    ]
    rule = "|" + "|".join(["-" * (widths[0] + 2), *("-" * (width + 1) + ":" for width in widths[1:])]) + "|"
    return "\n".join([head, rule, *body])
