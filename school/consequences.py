"""What a movement means for other apps: what they tell before it and what of theirs follows it; the school knows none.

An app registers in its `AppConfig.ready`: a teller says in words what would change (the preview alone asks it), a follower
changes its own rows in the movement's transaction and says what it did.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from accounts.models import User

from .models import Person, School


@dataclass(frozen=True)
class Shift:
    """Whose role groups change: the ids of `auth` groups lost and gained, by id of the person.

    Those who have no login are among them, with the groups that they would have.
    """

    school: School
    people: dict[int, Person]
    lost: dict[int, set[int]]
    gained: dict[int, set[int]]


Teller = Callable[[Shift], list[str]]
Follower = Callable[[User, School, Collection[int] | None], list[str]]

_tellers: list[tuple[int, Teller]] = []
_followers: list[Follower] = []


def register_teller(teller: Teller, *, order: int = 50) -> None:
    """Add what the preview of a movement asks; it only reads."""
    _tellers.append((order, teller))


def register_follower(follower: Follower) -> None:
    """Add what follows people: called with the actor, the school and the ids of the people; with None, everybody,
    after an act was undone. It looks at the facts as they are and may be repeated.
    """
    _followers.append(follower)


def told(shift: Shift) -> list[str]:
    """What the apps say of it, in order."""
    ordered = sorted(_tellers, key=lambda item: item[0])
    return [line for _order, teller in ordered for line in teller(shift)]


def followed(by: User, school: School, people: Collection[int] | None = None) -> list[str]:
    """Let what belongs to these people follow their facts; returns what was done, in words."""
    return [line for follower in _followers for line in follower(by, school, people)]
