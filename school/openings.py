"""What other apps make together with a school, in its transaction; the school knows none of them.

An app calls `register` in its `AppConfig.ready`. What it registers is idempotent.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .models import School

_makers: list[Callable[["School"], Any]] = []


def register(maker: Callable[["School"], Any]) -> None:
    """Add what is to be made with every new school."""
    if maker not in _makers:
        _makers.append(maker)


def complete(school: "School") -> None:
    """Make for this school all that belongs to a new one."""
    for maker in _makers:
        maker(school)
