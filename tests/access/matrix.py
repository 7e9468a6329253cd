"""What a row of the access matrix is, and which rows there are."""

import importlib
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

import tests.access
from tests.world import Place

ROLES = (
    *("anonymous", "stranger", "pupil", "parent", "class_teacher", "homeroom", "employee", "applicant"),
    *("deputy", "director", "additional_administrator", "administrator", "operator"),
)
ADMINISTRATORS = ("administrator", "additional_administrator")
ADMINISTRATION = ("director", "deputy")
TEACHERS = ("homeroom", "class_teacher")
STAFF = (*ADMINISTRATORS, *ADMINISTRATION, *TEACHERS, "employee")
FAMILY = ("pupil", "parent")
MEMBERS = (*STAFF, *FAMILY, "applicant")
SIGNED_IN = (*MEMBERS, "stranger", "operator")
PLACES = ("own", "other_class", "other_school")

Roles = str | tuple[str, ...]
Expected = Mapping[int, Roles]
FromPlace = Callable[[Place], dict[str, Any]]


@dataclass(frozen=True)
class Row:
    name: str
    args: FromPlace
    method: str
    data: FromPlace
    expected: dict[str, Expected | None]  # by place
    rest: int
    anonymous: int | None

    def statuses(self, place: str) -> dict[str, int]:
        """The expected status of every role that signs in; with `anonymous`, of everybody."""
        table = dict.fromkeys(ROLES[1:], self.rest)
        if self.anonymous is not None:
            table["anonymous"] = self.anonymous
        for status, roles in (self.expected[place] or {}).items():
            for role in roles.split() if isinstance(roles, str) else roles:
                if role not in ROLES:
                    raise ValueError(f"{self.name}: no such role: {role}")
                table[role] = status
        return table


def nothing(place: Place) -> dict[str, Any]:
    return {}


def row(
    name: str,
    args: FromPlace = nothing,
    *,
    own: Expected,
    other_class: Expected | None = None,
    other_school: Expected | None = None,
    method: str = "get",
    data: FromPlace = nothing,
    rest: int = 404,
    anonymous: int | None = None,
) -> Row:
    """One address and method. `own`, `other_class`, `other_school`: {status: roles}; roles not named get `rest`."""
    expected = {"own": own, "other_class": other_class, "other_school": other_school or {}}
    return Row(name, args, method, data, expected, rest, anonymous)


def row_modules() -> list[ModuleType]:
    names = [info.name for info in pkgutil.iter_modules(tests.access.__path__) if info.name.startswith("rows_")]
    return [importlib.import_module(f"tests.access.{name}") for name in sorted(names)]


def all_rows() -> list[Row]:
    return [row for module in row_modules() for row in module.ROWS]


@dataclass(frozen=True)
class Address:
    name: str  # with its namespaces; empty at the end where the url has none
    route: str
    view: Any


def addresses(patterns: list[Any] | None = None, namespace: str = "", route: str = "") -> Iterator[Address]:
    """Every address that the portal answers."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        where = route + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from addresses(pattern.url_patterns, inner, where)
        elif isinstance(pattern, URLPattern):
            yield Address(f"{namespace}{pattern.name or ''}", where, pattern.callback)
