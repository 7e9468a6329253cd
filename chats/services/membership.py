"""People chosen by hand, and leaving and coming back. Who is in by his role is never written down."""

from collections.abc import Collection

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from school.errors import Refusal, require_same_school
from school.eventlog import record
from school.models import EventKind, Person

from ..attendance import attend
from ..hearing import announce_gone, announce_members
from ..history import begin_history, forget
from ..members import adult_pairs, adult_reasons, reasons_to_choose
from ..models import Chat, ChatMember, ChatState
from ..standing import ChatDenied, require_manager


@transaction.atomic
def add_members(*, by: User, chat: Chat, people: Collection[Person]) -> int:
    """Choose more people for a hand-picked chat, inside its rule; returns how many were not in it."""
    require_manager(by, chat)
    _require_hand_picked(chat)
    require_same_school(chat.school, *people)
    reasons = reasons_to_choose(chat.rule, chat.scope, by, people)
    there = set(chat.members.filter(user__in=reasons).values_list("user_id", flat=True))
    chat.members.filter(user__in=there, role=ChatMember.Role.MEMBER).delete()  # the reason may be another now
    keepers = set(chat.members.filter(user__in=there).values_list("user_id", flat=True))
    ChatMember.objects.bulk_create(
        ChatMember(chat=chat, user_id=user, via_id=via) for user, via in reasons.items() if user not in keepers
    )
    begin_history({(chat.pk, user) for user in reasons if user not in there})
    new = [person.full_name for person in people if person.user_id not in there]
    if new:
        record(EventKind.CHAT_MEMBERS_CHANGED, by=by, school=chat.school, subject=chat, new={"added": new})
    attend([chat.pk])
    announce_members([chat.pk], set(reasons))
    return len(new)


@transaction.atomic
def remove_member(*, by: User, chat: Chat, user: User) -> None:
    """Take a chosen person out. The last adult of a chat with pupils stays."""
    require_manager(by, chat)
    _require_hand_picked(chat)
    if user.pk == chat.owner_id:
        raise Refusal(_("The owner stays in the chat: he may leave it himself."), code="owner")
    deleted, _rows = chat.members.filter(user=user).delete()
    if not deleted:
        return
    person = Person.objects.filter(school=chat.school_id, user=user).first()
    old = {"removed": [str(person or user)]}
    record(EventKind.CHAT_MEMBERS_CHANGED, by=by, school=chat.school, subject=chat, person=person, old=old)
    forget(chat, [user.pk])
    attend([chat.pk])
    announce_gone(chat.pk, [user.pk])


def _require_hand_picked(chat: Chat) -> None:
    if not chat.rule.is_hand_picked:
        raise Refusal(
            _("Who is in this chat follows from the lists of the school and is not chosen by hand."),
            code="kept_by_roster",
        )
    if chat.archived_at:
        raise Refusal(_("The chat is in the archive."), code="chat_archived")


@transaction.atomic
def set_moderator(*, by: User, chat: Chat, user: User, active: bool) -> None:
    """Make an adult of the staff who is in the chat keep it beside its owner, or relieve him of it."""
    require_manager(by, chat)
    reasons = [group for _chat, adult, group in adult_reasons([chat.pk]) if adult == user.pk]
    if not reasons:
        raise Refusal(_("A moderator is one of the school's staff who is in the chat."), code="not_an_adult")
    role = ChatMember.Role.MODERATOR if active else ChatMember.Role.MEMBER
    if active or chat.rule.is_hand_picked:
        chat.members.update_or_create(
            user=user, defaults={"role": role}, create_defaults={"role": role, "via_id": reasons[0]}
        )
    else:
        chat.members.filter(user=user, role=ChatMember.Role.MODERATOR).delete()
    person = Person.objects.filter(school=chat.school_id, user=user).first()
    new = {"moderator": active, "name": str(person or user)}
    record(EventKind.CHAT_MEMBERS_CHANGED, by=by, school=chat.school, subject=chat, person=person, new=new)
    announce_members([chat.pk], {user.pk})


@transaction.atomic
def leave_chat(*, by: User, chat: Chat) -> None:
    """Leave, with the way back open. The last adult of the staff does not leave; an owner leaves the chat to another."""
    chat = Chat.objects.visible_to(by).select_for_update(of=("self",)).get(pk=chat.pk)
    adults = {user for _chat, user, _role in adult_pairs([chat.pk])}
    needs_him = chat.owner_id == by.pk or Chat.objects.with_pupils().filter(pk=chat.pk).exists()
    if adults == {by.pk} and needs_him:
        raise Refusal(
            _("You are the only adult of the school in this chat: put it into the archive, or let somebody in first."),
            code="last_adult",
        )
    ChatState.objects.update_or_create(chat=chat, user=by, defaults={"left_at": timezone.now()})
    record(EventKind.CHAT_LEFT, by=by, school=chat.school, subject=chat)
    attend([chat.pk])
    announce_gone(chat.pk, [by.pk])


@transaction.atomic
def rejoin_chat(*, by: User, chat: Chat) -> None:
    """Come back to a chat that one has left and is still meant for."""
    if not Chat.objects.left_by(by).filter(pk=chat.pk).exists():
        raise ChatDenied(_("You cannot come back to this chat: it is not meant for you any more."))
    ChatState.objects.filter(chat=chat, user=by).update(left_at=None)
    record(EventKind.CHAT_CHANGED, by=by, school=chat.school, subject=chat, new={"came_back": True})
    attend([chat.pk])
    announce_members([chat.pk], {by.pk})
