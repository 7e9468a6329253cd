"""Which acts need a second pair of hands; an app registers its own in `AppConfig.ready`.

A hijacked or careless account of one administrator does none of them alone: another administrator approves, or a day passes
in which any of them can cancel.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise

if TYPE_CHECKING:
    from accounts.models import User

    from .models import School

DELAY = dt.timedelta(hours=24)
CarryOut = Callable[["User", "School", dict[str, Any]], object]


@dataclass(frozen=True)
class ActKind:
    """A kind of act: `carry_out(proposer, school, payload)` does it as the proposer, whose `right` on the school is asked
    when he proposes and again by the service that does it. It raises `Refusal` or `PermissionDenied` before it writes.
    """

    name: str
    label: str | Promise
    right: str
    carry_out: CarryOut


_kinds: dict[str, ActKind] = {}


def register(kind: ActKind) -> None:
    _kinds[kind.name] = kind


def kind_named(name: str) -> ActKind:
    """Raises KeyError for a kind that nobody has registered."""
    return _kinds[name]
