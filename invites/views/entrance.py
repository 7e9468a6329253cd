"""What all join pages share: finding the invite, saying whose it is, and why it does not work."""

from typing import Any

from allauth.core.exceptions import RateLimited
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.models import User
from school.models import Guardianship

from .. import limits, tokens
from ..forms.joining import JoinForm
from ..landing import landing_of
from ..links import address_of, qr_of
from ..matching import own_person
from ..models import Invite, InviteRole, JoinRequest
from ..refusals import InviteRefused
from ..words import face_of

_GOOD_NEWS = ("already_member", "waiting_for_approval")
_NOT_HIS = ("wrong_role", "another_person")
_CAME_BY = "came_by_invite"


def open_invite(request: HttpRequest, token: str) -> Invite | None:
    """The invite of the address; None for a wrong one. Raises `RateLimited` for an address that guesses."""
    address = request.META.get("REMOTE_ADDR", "")
    if limits.is_blocked(address):
        raise RateLimited
    invite = tokens.find(token)
    if invite is None and limits.count_wrong(address, token):
        raise RateLimited
    return invite


def refused_page(request: HttpRequest, invite: Invite | None, refusal: InviteRefused) -> HttpResponse:
    """Why not, and what to do: also for the link that is opened on somebody else's device."""
    context: dict[str, Any] = {"refusal": refusal, "status": 200 if refusal.code in _GOOD_NEWS else refusal.status}
    user = request.user
    if invite is None or not isinstance(user, User):
        return join_page(request, "invites/refused.html", invite, **context)
    if refusal.code == "waiting_for_approval":
        mine = JoinRequest.objects.own(user).waiting().filter(school=invite.school_id, role=invite.role)
        waiting = mine.filter(school_class=invite.school_class_id).first()
        return join_page(request, "invites/waiting.html", invite, waiting=waiting, **context)
    if refusal.code == "already_member":
        context["landing"] = landing_of(invite, user)
        if invite.role == InviteRole.PARENT and not invite.is_personal:
            context["form"] = JoinForm(invite=invite, own=own_person(invite, user))
    context["came_here"] = refusal.code not in _NOT_HIS and came_here(request, invite)
    context["may_create_login"] = is_guardian(user, invite)
    return join_page(request, "invites/refused.html", invite, **context)


def join_page(
    request: HttpRequest, template: str, invite: Invite | None, *, status: int = 200, **more: Any
) -> HttpResponse:
    context: dict[str, Any] = {"invite": invite, **more}
    if invite:
        link = address_of(tokens.token_of(invite))
        context |= {"face": face_of(invite), "token": tokens.token_of(invite), "link": link, "qr": qr_of(link)}
        context["login_first"] = _has_no_phone(invite)
        context.setdefault("came_here", came_here(request, invite))
    return render(request, template, context, status=status)


def note_entry(request: HttpRequest, invite: Invite) -> None:
    """Whoever signs in now came to this invite for that. The note outlives the sign-in, and not a sign-out."""
    request.session[_CAME_BY] = invite.pk


def came_here(request: HttpRequest, invite: Invite) -> bool:
    """The visitor signed in on the way to this invite: he has just typed his phone, so nobody asks whether it is he."""
    return request.session.get(_CAME_BY) == invite.pk


def _has_no_phone(invite: Invite) -> bool:
    """Grades 1-4: a sign-in name is offered before a phone."""
    primary = invite.school_class is not None and (invite.school_class.parallel or 0) <= 4
    return bool(invite.role == InviteRole.PUPIL and invite.is_personal and primary)


def is_guardian(user: User, invite: Invite) -> bool:
    if invite.person_id is None:
        return False
    return Guardianship.objects.active().filter(guardian__user=user, pupil=invite.person_id).exists()
