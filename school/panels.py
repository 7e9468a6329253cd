"""Panels that other apps put on the school's pages, and the main page of who answers for others; the school knows none of them.

An app calls `register` in its `AppConfig.ready`; the page renders what the user is shown, in order.
"""

from collections import defaultdict
from collections.abc import Callable
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString

Place = Literal["school", "class", "person", "home", "nobody", "import"]
Panel = Callable[[HttpRequest, Any], SafeString | str | None]
Desk = Callable[[HttpRequest, Any], HttpResponse | None]

_panels: dict[str, list[tuple[int, Panel]]] = defaultdict(list)
_desks: list[Desk] = []


def register(place: Place, panel: Panel, *, order: int = 50) -> None:
    """Add a panel: called with the request and the page's object (school, class, person, list that was imported; on
    `home` the user's person, on `nobody`, the main page of somebody who is in no school, the user).

    It returns rendered HTML (`render_to_string`), or None where the user has nothing to see there.
    """
    _panels[place].append((order, panel))


def render(place: Place, request: HttpRequest, subject: Any) -> list[SafeString | str]:
    """The panels of the page for this user, the lowest order first."""
    ordered = sorted(_panels[place], key=lambda item: item[0])
    return [html for _order, panel in ordered if (html := panel(request, subject))]


def register_desk(desk: Desk) -> None:
    """Add a main page for some of the users: called with the request and the user's person, it answers or returns None."""
    _desks.append(desk)


def desk_of(request: HttpRequest, person: Any) -> HttpResponse | None:
    """The main page that an app has for this user; None where he has the common one."""
    return next((page for desk in _desks if (page := desk(request, person)) is not None), None)
