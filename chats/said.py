"""Messages as a page draws them without scripts: days, who goes on speaking, what is new, who has read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

GOES_ON = timedelta(minutes=5)


@dataclass(frozen=True)
class Said:
    """`day` is set on the first message of a day, `first_new` on the first unread one; `goes_on` hides the name."""

    message: dict[str, Any]
    at: datetime
    day: date | None
    is_mine: bool
    goes_on: bool
    first_new: bool
    readers: int


def said(messages: Sequence[dict[str, Any]], *, me: int, readers: Mapping[int, int], unread_from: int) -> list[Said]:
    """The messages (oldest first) with what depends on the one before."""
    drawn: list[Said] = []
    new_marked = False
    for message in messages:
        before, at = (drawn[-1] if drawn else None), datetime.fromisoformat(message["created_at"])
        is_mine = message["author"]["id"] == me
        same_day = before is not None and before.at.date() == at.date()
        is_new = message["seq"] > unread_from and not is_mine and not new_marked
        new_marked = new_marked or is_new
        same_author = before is not None and before.message["author"]["id"] == message["author"]["id"]
        drawn.append(
            Said(
                message=message,
                at=at,
                day=None if same_day else at.date(),
                is_mine=is_mine,
                goes_on=same_day and same_author and not is_new and before is not None and at - before.at < GOES_ON,
                first_new=is_new,
                readers=sum(1 for user, seq in readers.items() if seq >= message["seq"] and user != me),
            )
        )
    return drawn
