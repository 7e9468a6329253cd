"""The blocks «Chats» on the pages of a class and of the school, and on the home page what is unread."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from school.models import School, SchoolClass, StudyGroup
from school.rights import rights_of, scopes_of

from . import queries
from .kinds import ChatKind, kinds_on
from .members import Scope
from .models import Chat


@dataclass(frozen=True)
class Offer:
    """One kind in one scope: the chat that is there, or whether the user may create it.

    `is_mine` says whether he may open the chat.
    """

    rule: ChatKind
    scope: Scope
    label: str
    may_create: bool
    chat: Chat | None = None
    is_mine: bool = False


def class_panel(request: HttpRequest, school_class: SchoolClass) -> str | None:
    """The chats of the class and of its study groups (2.3, 2.4)."""
    if school_class.kind != SchoolClass.Kind.CLASS or school_class.archived_at:
        return None
    groups = list(StudyGroup.objects.filter(school_class=school_class).select_related("subject"))
    chats = _chats(request, school_class=school_class)
    offers = _offers(request, chats, [school_class, *groups])
    return _render(request, offers, _hand_picked(chats), _("Chats of the class"))


def school_panel(request: HttpRequest, school: School) -> str | None:
    """The chats of the administration (2.2), for those who keep them or see their registry."""
    held = rights_of(request.user)
    registry = held.holds("view_chat_registry", scopes_of(school))
    if not registry and not any(held.holds(rule.right, scopes_of(school)) for rule in kinds_on("school")):
        return None
    chats = _chats(request, school=school, school_class=None)
    offers = _offers(request, chats, [school])
    return _render(request, offers, _hand_picked(chats), _("Chats of the administration"), school if registry else None)


def home_panel(request: HttpRequest, person: Any) -> str | None:
    """The chats of the person's school that hold something unread, the liveliest five."""
    lines = queries.lines(person.user)
    request.unread_chats = sum(line.asks_for_attention for line in lines)  # type: ignore[attr-defined]
    waiting = [line for line in lines if line.asks_for_attention and line.chat.school_id == person.school_id][:5]
    if not waiting:
        return None
    return render_to_string("chats/_home_panel.html", {"lines": waiting}, request=request)


def _chats(request: HttpRequest, **scope: Any) -> list[tuple[Chat, bool]]:
    """The live chats there, with whether the user is in each."""
    user: Any = request.user
    mine = set(Chat.objects.visible_to(user).live().filter(**scope).values_list("pk", flat=True))
    return [(chat, chat.pk in mine) for chat in Chat.objects.live().filter(**scope).order_by("title")]


def _offers(request: HttpRequest, chats: list[tuple[Chat, bool]], scopes: list[Any]) -> list[Offer]:
    held = rights_of(request.user)
    there = {(c.kind, c.study_group_id): (c, mine) for c, mine in chats if not c.rule.is_hand_picked}
    offers = []
    for scope in scopes:
        level, pk = scopes_of(scope)[0]
        for rule in kinds_on(level):
            chat, mine = there.get((rule.kind, pk if level == "group" else None), (None, False))
            allowed = held.holds(rule.right, scopes_of(scope))
            label = f"{rule.create}: {scope}" if level == "group" else str(rule.create)
            if _is_shown(rule, level, chat, allowed, mine):
                offers.append(Offer(rule, scope, label, allowed, chat, mine))
    return offers


def _is_shown(rule: ChatKind, level: str, chat: Chat | None, allowed: bool, mine: bool) -> bool:
    """A chat that is there: to its members and to who may create it. One that is not: the main kinds to everybody here,
    so that the refused learn why; the others to who may create them."""
    if chat:
        return mine or allowed
    return allowed or (level == "class" and not rule.is_hand_picked)


def _hand_picked(chats: list[tuple[Chat, bool]]) -> list[Chat]:
    return [chat for chat, mine in chats if mine and chat.rule.is_hand_picked]


def _render(
    request: HttpRequest, offers: list[Offer], others: list[Chat], heading: str, school: School | None = None
) -> str | None:
    context = {
        "mine": [offer for offer in offers if offer.chat],
        "others": others,
        "allowed": [offer for offer in offers if offer.may_create and not offer.chat],
        "refused": [offer for offer in offers if not offer.may_create and not offer.chat],
        "heading": heading,
        "registry_of": school,
        "only_administration": school is not None and not offers and not others,
    }
    if not offers and not others and not school:
        return None
    return render_to_string("chats/_panel.html", context, request=request)
