"""The join page: whose invite it is, phone and code, name; done.

A GET changes nothing, so previews, scanners and prefetching are harmless; the POST asks the same check again.
"""

from allauth.core.exceptions import RateLimited
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.models import User
from accounts.services import start_phone_code
from accounts.sms import SmsNotSent
from school.errors import Refusal
from school.models import Person

from .. import tokens
from ..checks import is_inside, refusal_of
from ..forms.joining import JoinForm, PhoneForm
from ..landing import landing_of
from ..matching import own_person
from ..models import Invite, InviteUse, JoinRequest
from ..refusals import InviteRefused
from ..services.redemption import redeem
from .entrance import join_page, note_entry, open_invite, refused_page


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, token: str) -> HttpResponse:
    """The first step for a guest, the third for somebody who is signed in."""
    invite = open_invite(request, token)
    if request.method == "POST":
        return _redeem(request, invite, token)
    refusal = refusal_of(invite, request.user)
    if invite is None or refusal:
        return refused_page(request, invite, refusal or InviteRefused("unknown"))
    if not isinstance(request.user, User):
        return join_page(request, "invites/join.html", invite)
    return _ask(request, request.user, invite)


def _redeem(request: HttpRequest, invite: Invite | None, token: str) -> HttpResponse:
    user = request.user
    if invite is None or not isinstance(user, User):
        return HttpResponseRedirect(reverse("invites:join", args=[token]))
    form = JoinForm(request.POST, invite=invite, own=own_person(invite, user), inside=_only_chat(invite, user))
    if not form.is_valid():
        return join_page(request, "invites/join_names.html", invite, form=form)
    try:
        result = redeem(by=user, token=token, answers=form.answers)
    except InviteRefused as refusal:
        if refusal.code == "already_member":  # the second click of a double click
            return HttpResponseRedirect(landing_of(invite, user).url)
        if refusal.field not in form.fields:
            return refused_page(request, invite, refusal)
        form.add_error(refusal.field, str(refusal))
    except Refusal as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
    else:
        return _done(request, user, result.invite, result.outcome)
    return join_page(request, "invites/join_names.html", invite, form=form)


def _done(request: HttpRequest, user: User, invite: Invite, outcome: InviteUse.Outcome) -> HttpResponse:
    if outcome == InviteUse.Outcome.REQUESTED:
        return HttpResponseRedirect(reverse("invites:join", args=[tokens.token_of(invite)]))
    landing = landing_of(invite, user)
    messages.success(request, landing.said)
    return HttpResponseRedirect(landing.url)


def _ask(request: HttpRequest, user: User, invite: Invite) -> HttpResponse:
    """The third step: the names, with those that the user wrote in another school; for a slip only «yes, it is me»."""
    own = own_person(invite, user)
    known = own or Person.objects.filter(user=user).order_by("-joined_at").first()
    names = {name: getattr(known, name) for name in ("last_name", "first_name", "patronymic")} if known else {}
    form = JoinForm(initial=names, invite=invite, own=own, inside=_only_chat(invite, user))
    rejected = _last_rejected(user, invite)
    return join_page(request, "invites/join_names.html", invite, form=form, rejected=rejected)


def _only_chat(invite: Invite, user: User) -> bool:
    """A link to a chat in the hands of somebody who has the role already: there is nothing to ask."""
    return invite.chat_id is not None and is_inside(invite, user)


def _last_rejected(user: User, invite: Invite) -> JoinRequest | None:
    here = JoinRequest.objects.own(user).filter(
        school=invite.school_id, role=invite.role, school_class=invite.school_class_id
    )
    last = here.order_by("-created_at").first()
    return last if last and last.status == JoinRequest.Status.REJECTED else None


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def phone(request: HttpRequest, token: str) -> HttpResponse:
    """The second step: a code goes to the phone, and whoever shows it is back at the invite."""
    invite = open_invite(request, token)
    back = reverse("invites:join", args=[token])
    refusal = refusal_of(invite, request.user)
    if invite is None or refusal or request.user.is_authenticated:
        return HttpResponseRedirect(back)
    form = PhoneForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        note_entry(request, invite)
        try:
            return start_phone_code(request, form.cleaned_data["phone"], create=True, next_url=back)
        except RateLimited:
            form.add_error("phone", _("Too many attempts. Wait a few minutes and try again."))
        except SmsNotSent:
            form.add_error("phone", _("The message could not be sent. Try again in a minute."))
    return join_page(request, "invites/join_phone.html", invite, form=form)
