"""Panels that other apps put on the school's pages; the school knows none of them.

An app calls `register` in its `AppConfig.ready`; the page renders what the user is shown, in order.
"""

from collections import defaultdict
from collections.abc import Callable
from typing import Any, Literal

from django.http import HttpRequest
from django.utils.safestring import SafeString

Place = Literal["school", "class", "person", "home", "nobody", "import"]
Panel = Callable[[HttpRequest, Any], SafeString | str | None]

_panels: dict[str, list[tuple[int, Panel]]] = defaultdict(list)


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
