"""The menu as data. An item whose address does not exist, or which `may_open` refuses, is not shown."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import IntegerField, QuerySet, Subquery
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Item:
    """One line of the menu. `on_bar` puts it on a phone's bottom bar.

    `of_school`: a page of the visitor's present school; `rights`: he needs one of these, on the school or inside it, or
    with `all_rights` every one.
    """

    label: Any
    url_name: str
    icon: str
    of_school: bool = False
    rights: str = ""
    all_rights: bool = False
    on_bar: bool = False
    url: str = ""
    current: bool = False
    count: int = 0


@dataclass(frozen=True)
class Group:
    label: Any
    items: tuple[Item, ...]


GROUPS = (
    Group(
        "",
        (
            Item(_("Today"), "home", "sun"),
            Item(_("Chats"), "chats:list", "message-circle", on_bar=True),
            Item(_("Channels"), "channels:list", "megaphone", on_bar=True),
        ),
    ),
    Group(
        _("School"),
        (
            Item(_("School"), "school:home", "school", of_school=True, on_bar=True),
            Item(
                _("Classes"), "school:structure", "layout-grid", of_school=True, rights="view_people manage_structure"
            ),
            Item(_("People"), "school:people", "users", of_school=True, rights="view_people"),
            Item(_("Movement"), "school:movements", "arrow-left-right", of_school=True, rights="manage_people"),
            Item(_("Import of lists"), "school:imports", "file-up", of_school=True, rights="manage_people"),
            Item(_("Staff room"), "school:staff", "briefcase", of_school=True, rights="view_staff"),
            Item(
                _("Invites"),
                "invites:list",
                "ticket",
                of_school=True,
                rights="invite_staff invite_pupils invite_parents annul_invites",
            ),
            Item(_("Not with us yet"), "stats:coverage", "user-search", of_school=True, rights="view_statistics"),
            Item(_("Requests"), "invites:requests", "user-check", of_school=True, rights="decide_requests"),
            Item(_("Figures"), "stats:dashboard", "chart-column", of_school=True, rights="view_statistics"),
            Item(
                _("New school year"),
                "school:rollover",
                "calendar-sync",
                of_school=True,
                rights="manage_structure manage_people",
                all_rights=True,
            ),
        ),
    ),
    Group(
        _("Order"),
        (
            Item(
                _("Documents"),
                "documents:list",
                "file-text",
                of_school=True,
                rights="view_staff view_school_channel manage_documents approve_documents",
            ),
            Item(_("Who may do what"), "school:rights", "scale", of_school=True),
            Item(_("Second administrator"), "school:acts", "shield-check", of_school=True, rights="approve_acts"),
            Item(_("Event log"), "school:events", "scroll-text", of_school=True, rights="view_events"),
        ),
    ),
)

PERSONAL = (
    Item(_("Profile"), "accounts:profile", "circle-user-round"),
    Item(_("Password"), "account_change_password", "key-round"),
    Item(_("Two-step sign-in"), "mfa_index", "shield-check"),
    Item(_("Devices"), "usersessions_list", "monitor-smartphone"),
)


Counter = Callable[[HttpRequest], int | QuerySet[Any]]
_counters: dict[str, Counter] = {}


def count_on(url_name: str, counter: Counter) -> None:
    """Put a number on a line of the menu (unread, waiting); an app calls it in `AppConfig.ready`.

    The counter answers the rows that are to be counted, unevaluated: the whole menu is counted in one query. It answers
    a number where the page knows it already.
    """
    _counters[url_name] = counter


def counted(answers: Iterable[QuerySet[Any]], *, on: QuerySet[Any]) -> tuple[int, ...]:
    """How many rows each of these has, in one query; `on` is any one row that is there."""
    columns = [_CountOf(answer.order_by().values("pk")) for answer in answers]
    return tuple(on.values_list(*columns).first() or ()) if columns else ()


class _CountOf(Subquery):
    """How many rows there are, as a column of another query."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) counted)"
    output_field = IntegerField()
    empty_result_set_value = 0


class Doorkeeper:
    """Knows the visitor's present school and his rights. The app that has schools puts its own in `doorkeeper`."""

    def school_id(self, request: HttpRequest) -> int | None:
        return None

    def may_open(self, request: HttpRequest, item: Item) -> bool:
        return True


doorkeeper = Doorkeeper()


def may_open(request: HttpRequest, item: Item) -> bool:
    """The one place that decides whether a line is shown to this user (the view itself checks the right again)."""
    user = getattr(request, "user", None)  # a request refused by the first middleware has none
    return user is not None and user.is_authenticated and doorkeeper.may_open(request, item)


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `navigation.groups`, `.bar`, `.personal`; nothing is computed where no menu is drawn."""
    return {"navigation": SimpleLazyObject(lambda: build(request))}


def build(request: HttpRequest) -> dict[str, Any]:
    every = [item for group in (*GROUPS, Group("", PERSONAL)) for item in group.items]
    addresses = {item.url_name: url for item in every if (url := _address(request, item))}
    shown = [item.url_name for item in every if item.url_name in addresses and may_open(request, item)]
    here = _current_url(request.path, addresses.values())
    counts = _counted(request, shown)

    def drawn(items: Iterable[Item]) -> tuple[Item, ...]:
        return tuple(
            replace(item, url=addresses[name], current=addresses[name] == here, count=counts.get(name, 0))
            for item in items
            if (name := item.url_name) in shown
        )

    groups = [Group(group.label, drawn(group.items)) for group in GROUPS]
    return {
        "groups": [group for group in groups if group.items],
        "bar": [item for group in groups for item in group.items if item.on_bar],
        "personal": list(drawn(PERSONAL)),
    }


def _counted(request: HttpRequest, shown: Iterable[str]) -> dict[str, int]:
    """The numbers of the lines that are shown. What has to be counted is counted in one query, on the visitor's row."""
    answers = {url_name: _counters[url_name](request) for url_name in shown if url_name in _counters}
    counts = {url_name: answer for url_name, answer in answers.items() if isinstance(answer, int)}
    rows = {url_name: answer for url_name, answer in answers.items() if isinstance(answer, QuerySet)}
    if rows:
        user: Any = request.user
        visitor = get_user_model()._default_manager.filter(pk=user.pk)
        counts.update(zip(rows, counted(rows.values(), on=visitor), strict=False))
    return counts


def _address(request: HttpRequest, item: Item) -> str:
    """Empty for an address that does not exist, and for a page of a school where the visitor is in none."""
    args = []
    if item.of_school:
        if (school_id := doorkeeper.school_id(request)) is None:
            return ""
        args = [school_id]
    try:
        return reverse(item.url_name, args=args)
    except NoReverseMatch:
        return ""


def _current_url(path: str, urls: Iterable[str]) -> str:
    """The menu address that the page lies under: the longest one that the path begins with."""
    return max((url for url in urls if path == url or (url != "/" and path.startswith(url))), key=len, default="")
