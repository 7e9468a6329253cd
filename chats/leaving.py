"""Which chats a movement touches, for its preview: who comes into which, who leaves which."""

from collections import defaultdict

from django.utils.translation import gettext as _

from school.consequences import Shift

from .models import Chat, ChatAudience, ChatMember

NAMED = 4
Pairs = set[tuple[int, int]]  # chat, person


def tell_of_chats(shift: Shift) -> list[str]:
    """One line for each chat with the names; of those who have joined, since the others are in no chat yet."""
    joined = {person.user_id: pk for pk, person in shift.people.items() if person.user_id}
    lost = {pk: groups for pk, groups in shift.lost.items() if pk in joined.values()}
    gained = {pk: groups for pk, groups in shift.gained.items() if pk in joined.values()}
    audiences = _audiences(shift, lost, gained)
    left = _by_role(audiences, lost) | _by_hand(shift, joined, lost)
    entered = _by_role(audiences, gained)
    chats = Chat.objects.live().in_bulk({chat for chat, _person in left | entered})
    return [
        *_lines(shift, chats, left - entered, _("The chat “%(chat)s” is left by: %(names)s")),
        *_lines(shift, chats, entered - left, _("The chat “%(chat)s” is entered by: %(names)s")),
    ]


def _audiences(shift: Shift, *changes: dict[int, set[int]]) -> dict[int, list[int]]:
    """The chats of each role group that somebody loses or gains."""
    groups = {group for change in changes for own in change.values() for group in own}
    rows = ChatAudience.objects.filter(chat__school=shift.school, group__in=groups)
    audiences: dict[int, list[int]] = defaultdict(list)
    for group, chat in rows.values_list("group_id", "chat_id"):
        audiences[group].append(chat)
    return audiences


def _by_role(audiences: dict[int, list[int]], change: dict[int, set[int]]) -> Pairs:
    return {
        (chat, person) for person, groups in change.items() for group in groups for chat in audiences.get(group, ())
    }


def _by_hand(shift: Shift, joined: dict[int, int], lost: dict[int, set[int]]) -> Pairs:
    """Chosen people lose the role by which they were chosen."""
    rows = ChatMember.objects.filter(chat__school=shift.school, user__in=joined)
    chosen = rows.values_list("chat_id", "user_id", "via_id")
    return {(chat, joined[user]) for chat, user, via in chosen if via in lost.get(joined[user], ())}


def _lines(shift: Shift, chats: dict[int, Chat], pairs: Pairs, text: str) -> list[str]:
    by_chat: dict[int, list[str]] = defaultdict(list)
    for chat, person in pairs:
        if chat in chats:
            by_chat[chat].append(shift.people[person].short_name)
    ordered = sorted(by_chat.items(), key=lambda item: chats[item[0]].title)
    return [text % {"chat": chats[chat].title, "names": _named(sorted(names))} for chat, names in ordered]


def _named(names: list[str]) -> str:
    if len(names) <= NAMED:
        return ", ".join(names)
    words = {"names": ", ".join(names[:NAMED]), "number": len(names) - NAMED}
    return _("%(names)s and %(number)d more") % words
