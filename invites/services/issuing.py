"""Invites are created and annulled (2.1, 2.3, 2.5, 2.7)."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from chats.models import Chat
from school.errors import Refusal, require_same_school
from school.eventlog import line, record_many
from school.models import EventKind, School, SchoolClass

from ..models import CLASS_ROLES, Invite, InviteRole
from ..ranks import require_to_annul, require_to_invite
from ..tokens import new_nonce
from .chat_links import require_chat_link

LONGEST_TERM = dt.timedelta(days=365)
MOST_PLACES = 10_000


@dataclass(frozen=True)
class Defaults:
    """What an invite of a role is like unless said otherwise (domain, «Invites»)."""

    term: dt.timedelta
    needs_approval: bool = False


DEFAULTS: dict[InviteRole, Defaults] = {
    **dict.fromkeys(InviteRole, Defaults(dt.timedelta(days=7), needs_approval=True)),
    **dict.fromkeys(CLASS_ROLES, Defaults(dt.timedelta(days=14))),
    InviteRole.ADMINISTRATOR: Defaults(dt.timedelta(hours=72)),
}


@transaction.atomic
def create_invite(
    *,
    by: User,
    school: School,
    role: str,
    school_class: SchoolClass | None = None,
    expires_at: dt.datetime | None = None,
    max_uses: int | None = None,
    needs_approval: bool | None = None,
    note: str = "",
    chat: Chat | None = None,
) -> Invite:
    """A link for all of one role: pupils or parents of a class, the staff of the school; with `chat` into it as well.

    Raises `RightDenied`, `AboveOwnRole`, or `Refusal` for a class that is missing or archived and a term in the past.
    """
    role = role_named(role)
    if role in (InviteRole.ADMINISTRATOR, InviteRole.DIRECTOR):
        raise Refusal(_("This role is invited personally only."), code="personal_only", field="role")
    school_class = school_class if role in CLASS_ROLES else None
    if role in CLASS_ROLES:
        require_class(school, school_class)
    require_to_invite(by, role, school, school_class)
    if chat:
        require_chat_link(by, chat, role, school_class)
    if max_uses is not None and not 1 <= max_uses <= MOST_PLACES:
        raise Refusal(_("The number of places is between 1 and 10,000."), code="bad_places", field="max_uses")
    approval = DEFAULTS[role].needs_approval if needs_approval is None else needs_approval
    terms = {"expires_at": term_of(role, expires_at), "max_uses": max_uses, "needs_approval": approval}
    whom = {"school": school, "role": role, "school_class": school_class, "chat": chat}
    invite = Invite(note=_note(note), created_by=by, **whom, **terms)
    return save_invites(by, [invite])[0]


@transaction.atomic
def annul_invites(*, by: User, invites: Iterable[Invite], reason: str = "") -> int:
    """Annul one or many; those that are over already are passed over. Returns how many were annulled.

    All or nothing: one invite above the actor's role refuses the whole.
    """
    ids = [invite.pk for invite in invites]
    locked = Invite.objects.filter(pk__in=ids, annulled_at__isnull=True).select_for_update(of=("self",)).order_by("pk")
    chosen = list(locked.with_names())
    for invite in chosen:
        require_to_annul(by, invite)
    now, why = timezone.now(), " ".join(reason.split())[:200]
    Invite.objects.filter(pk__in=[i.pk for i in chosen]).update(annulled_at=now, annulled_by=by, annul_reason=why)
    record_many(
        line(EventKind.INVITE_ANNULLED, by=by, school=i.school, subject=i, person=i.person, new={"reason": why})
        for i in chosen
    )
    return len(chosen)


def save_invites(by: User, invites: list[Invite]) -> list[Invite]:
    """Write new invites, each with a nonce of its own and its line in the event log."""
    for invite in invites:
        invite.nonce = new_nonce()
    made = Invite.objects.bulk_create(invites)
    record_many(
        line(EventKind.INVITE_CREATED, by=by, school=i.school, subject=i, person=i.person, new=_terms(i)) for i in made
    )
    return made


def _terms(invite: Invite) -> dict[str, Any]:
    terms = {name: getattr(invite, name) for name in ("role", "expires_at", "max_uses", "needs_approval", "note")}
    order = {"order_number": invite.order_number, "order_date": invite.order_date} if invite.order_number else {}
    return {**terms, **order, "class": str(invite.school_class or ""), "chat": str(invite.chat or "")}


def role_named(role: str) -> InviteRole:
    """Raises `Refusal` for what is no role."""
    if role not in InviteRole.values:
        raise Refusal(_("There is no such role."), code="no_such_role", field="role")
    return InviteRole(role)


def term_of(role: str, expires_at: dt.datetime | None) -> dt.datetime:
    """The given moment or the role's own term. Raises `Refusal` for a moment in the past or beyond a year."""
    now = timezone.now()
    moment = expires_at or now + DEFAULTS[InviteRole(role)].term
    if not now < moment <= now + LONGEST_TERM:
        raise Refusal(_("The term is a day to come, within a year."), code="bad_term", field="expires_at")
    return moment


def _note(text: str) -> str:
    return " ".join(text.split())[:200]


def require_class(school: School, school_class: SchoolClass | None) -> None:
    """Raises `Refusal` unless it is a class of pupils of this school and year."""
    if school_class is None:
        raise Refusal(_("Choose the class."), code="class_needed", field="school_class")
    require_same_school(school, school_class)
    if school_class.kind != SchoolClass.Kind.CLASS or school_class.archived_at:
        raise Refusal(_("Choose a class of the current year."), code="class_archived", field="school_class")
