"""A chat is created by the clause that allows it, renamed, put into the archive and taken out."""

from collections.abc import Collection
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from school.errors import Refusal, require_same_school
from school.eventlog import record
from school.models import EventKind, Person, School, SchoolClass, StudyGroup
from school.rights import RightDenied, require, rights_of

from ..attendance import attend
from ..hearing import announce_members
from ..kinds import KINDS, ChatKind, Kind
from ..members import Scope, audience_of, reason_of_adult, reasons_to_choose
from ..models import Chat, ChatAudience, ChatMember
from ..standing import require_manager


def create_chat(
    *, by: User, kind: Kind, scope: Scope, title: str = "", purpose: str = "", people: Collection[Person] = ()
) -> Chat:
    """A chat of this kind; `people` are chosen for a hand-picked one, the other kinds know theirs.

    Raises `RightDenied` with the clause; `Refusal` (chat_exists, class_archived, not_a_class, title_needed,
    people_needed, not_a_candidate, no_position).
    """
    rule = KINDS[Kind(kind)]
    require(by, rule.right, scope)
    _require_fit(rule, scope)
    title = " ".join(title.split())[:120] or default_title(rule, scope)
    if not title:
        raise Refusal(_("Name the chat."), code="title_needed", field="title")
    _refuse_second(rule, scope)
    try:
        with transaction.atomic():
            return _create(by, rule, scope, people, title=title, purpose=" ".join(purpose.split())[:300])
    except IntegrityError as error:  # two clicks at one moment
        _refuse_second(rule, scope)
        raise error


def default_title(rule: ChatKind, scope: Scope) -> str:
    """«7Б: родители», «7Б: Алгебра»; a hand-picked chat is named by its creator."""
    school_class = scope.school_class if isinstance(scope, StudyGroup) else scope
    return str(rule.title) % {"scope": scope, "class": school_class}


def live_chat(rule: ChatKind, scope: Scope) -> Chat | None:
    """The chat that an automatic kind already has in this scope."""
    if rule.is_hand_picked:
        return None
    return Chat.objects.live().filter(kind=rule.kind, **scope_fields(scope)).first()


def scope_fields(scope: Scope) -> dict[str, Any]:
    """The keys of a chat of this scope."""
    if isinstance(scope, School):
        return {"school": scope, "school_class": None, "study_group": None}
    if isinstance(scope, SchoolClass):
        return {"school_id": scope.school_id, "school_class": scope, "study_group": None}
    return {"school_id": scope.school_id, "school_class_id": scope.school_class_id, "study_group": scope}


def _require_fit(rule: ChatKind, scope: Scope) -> None:
    levels: dict[str, type] = {"school": School, "class": SchoolClass, "group": StudyGroup}
    if not isinstance(scope, levels[rule.scope]):
        raise TypeError(f"a chat of the kind {rule.kind} is not about {scope!r}")
    school_class = scope.school_class if isinstance(scope, StudyGroup) else scope
    if isinstance(school_class, SchoolClass):
        if school_class.kind != SchoolClass.Kind.CLASS:
            raise Refusal(_("This chat is for a class of pupils."), code="not_a_class")
        if school_class.archived_at:
            raise Refusal(_("The class is in the archive."), code="class_archived")


def _refuse_second(rule: ChatKind, scope: Scope) -> None:
    if existing := live_chat(rule, scope):
        raise Refusal(_("There is such a chat already: “%(title)s”.") % {"title": existing.title}, code="chat_exists")


def _create(by: User, rule: ChatKind, scope: Scope, people: Collection[Person], **fields: Any) -> Chat:
    whose = {"kind": rule.kind, "clause": rule.clause, "owner": by, **history_by_default(rule)}
    chat = Chat.objects.create(**whose, **scope_fields(scope), **fields)
    audience = audience_of(rule, scope)
    ChatAudience.objects.bulk_create(ChatAudience(chat=chat, group_id=group.group_id) for group in audience)
    if rule.is_hand_picked:
        _seat_chosen(by, rule, scope, chat, people)
    if not Chat.objects.of_member(by).filter(pk=chat.pk).exists():
        _seat_owner(by, scope, chat)
    new = {"title": chat.title, "kind": chat.kind, "clause": chat.clause, "people": [p.full_name for p in people]}
    record(EventKind.CHAT_CREATED, by=by, school=chat.school, subject=chat, new=new)
    attend([chat.pk])
    announce_members([chat.pk])
    return chat


def history_by_default(rule: ChatKind) -> dict[str, str]:
    """Whose the history is in a new chat, until its keeper changes it.

    With pupils or parents: a newcomer's begins on his day, so that what a class has said stays in it; whoever is moved
    away keeps what was said to him (the homework, the address of the excursion). Among the staff: a newcomer needs what
    was decided before him, and nobody reads on who works there no more.
    """
    if rule.holds_families:
        return {"newcomers_see": Chat.NewcomersSee.JOINED, "leavers_read": Chat.LeaversRead.BEFORE}
    return {"newcomers_see": Chat.NewcomersSee.ALL, "leavers_read": Chat.LeaversRead.NOTHING}


def _seat_chosen(by: User, rule: ChatKind, scope: Scope, chat: Chat, people: Collection[Person]) -> None:
    chosen = [person for person in people if person.user_id != by.pk]
    if not chosen:
        raise Refusal(_("Choose at least one person."), code="people_needed", field="people")
    require_same_school(chat.school, *chosen)
    reasons = reasons_to_choose(rule, scope, by, chosen)
    ChatMember.objects.bulk_create(ChatMember(chat=chat, user_id=user, via_id=via) for user, via in reasons.items())


def _seat_owner(by: User, scope: Scope, chat: Chat) -> None:
    """Who creates a chat of which his roles are no part (a deputy, a substitute) is in it by his position."""
    via = reason_of_adult(by, chat.school, scope)
    if via is None:
        raise Refusal(_("Only a member of the school's staff keeps a chat."), code="no_position")
    ChatMember.objects.create(chat=chat, user=by, via_id=via, role=ChatMember.Role.OWNER)


@transaction.atomic
def edit_chat(*, by: User, chat: Chat, title: str, purpose: str, **history: str) -> Chat:
    """Change the title and the purpose; `history`: `newcomers_see`, `leavers_read`, which count at once and for everybody."""
    require_manager(by, chat)
    title = " ".join(title.split())[:120]
    if not title:
        raise Refusal(_("Name the chat."), code="title_needed", field="title")
    wanted = {"title": title, "purpose": " ".join(purpose.split())[:300], **_checked(history)}
    new = {name: value for name, value in wanted.items() if getattr(chat, name) != value}
    if new:
        old = _in_words(chat, new)
        for name, value in new.items():
            setattr(chat, name, value)
        chat.save(update_fields=list(new))  # not the numbers: messages come meanwhile
        record(EventKind.CHAT_CHANGED, by=by, school=chat.school, subject=chat, old=old, new=_in_words(chat, new))
        announce_members([chat.pk])
    return chat


def _in_words(chat: Chat, names: Collection[str]) -> dict[str, str]:
    shown = {"newcomers_see": chat.get_newcomers_see_display, "leavers_read": chat.get_leavers_read_display}
    return {name: shown[name]() if name in shown else getattr(chat, name) for name in names}


def _checked(history: dict[str, str]) -> dict[str, str]:
    """Raises TypeError for another name, ValueError for what is no choice."""
    choices: dict[str, Any] = {"newcomers_see": Chat.NewcomersSee, "leavers_read": Chat.LeaversRead}
    if unknown := history.keys() - choices.keys():
        raise TypeError(f"not to be edited: {sorted(unknown)}")
    return {name: choices[name](value).value for name, value in history.items()}


@transaction.atomic
def archive_chat(*, by: User, chat: Chat) -> None:
    """Nobody writes any more, everybody reads; it can be restored."""
    require_manager(by, chat)
    if chat.archived_at:
        raise Refusal(_("The chat is in the archive already."), code="chat_archived")
    chat.archived_at = timezone.now()
    chat.save(update_fields=["archived_at"])
    record(EventKind.CHAT_ARCHIVED, by=by, school=chat.school, subject=chat)
    announce_members([chat.pk])


def restore_chat(*, by: User, chat: Chat) -> None:
    """Take the chat out of the archive, unless another of its kind has come in its place.

    Raises `RightDenied` when the clause does not give the user such a chat any more.
    """
    require_manager(by, chat)
    if not rights_of(by).holds(chat.rule.right, chat.scope_keys):
        raise RightDenied(by, chat.rule.right, chat.scope)
    if chat.archived_at is None:
        return
    _require_fit(chat.rule, chat.scope)
    _refuse_second(chat.rule, chat.scope)
    with transaction.atomic():
        chat.archived_at = None
        chat.save(update_fields=["archived_at"])
        record(EventKind.CHAT_CHANGED, by=by, school=chat.school, subject=chat, new={"archived": False})
        attend([chat.pk])
        announce_members([chat.pk])
