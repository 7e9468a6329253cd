"""A pupil without a phone joins by his slip: a sign-in name and a password instead of a phone (2.5)."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.logins import login_candidates
from accounts.models import User
from accounts.services import sign_in

from ..checks import refusal_of
from ..forms.joining import LoginForm
from ..landing import landing_of
from ..models import Invite, InviteRole
from ..refusals import InviteRefused
from ..services.redemption import redeem_with_login
from .entrance import is_guardian, join_page, open_invite, refused_page


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def join_login(request: HttpRequest, token: str) -> HttpResponse:
    """A pupil without a phone, or his parent for him, thinks of a sign-in name and a password (2.5)."""
    invite = open_invite(request, token)
    if invite is None or refusal_of(invite, None) or invite.role != InviteRole.PUPIL or not invite.is_personal:
        return HttpResponseRedirect(reverse("invites:join", args=[token]))
    user = request.user if isinstance(request.user, User) else None
    if user and not is_guardian(user, invite):
        return HttpResponseRedirect(reverse("invites:join", args=[token]))
    form = LoginForm(request.POST or None, initial={"login": _free_login(invite)})
    if request.method == "POST" and form.is_valid():
        try:
            pupil, result = redeem_with_login(token=token, **form.cleaned_data)
        except InviteRefused as refusal:
            return refused_page(request, invite, refusal)
        except ValidationError as error:
            form.add_error(_field_of(error), error.messages)
        else:
            return _login_made(request, user, pupil, result.invite)
    return join_page(request, "invites/join_login.html", invite, form=form)


def _login_made(request: HttpRequest, guardian: User | None, pupil: User, invite: Invite) -> HttpResponse:
    if guardian:
        return join_page(request, "invites/login_made.html", invite, made=pupil)
    landing = landing_of(invite, pupil)
    messages.success(request, _("Your sign-in name is %(login)s. Write it down.") % {"login": pupil.login})
    return sign_in(request, pupil, next_url=landing.url)


def _free_login(invite: Invite) -> str:
    """The first sign-in name made from the pupil's name that nobody has."""
    name = invite.person.full_name if invite.person else ""
    candidates = [candidate for candidate, _n in zip(login_candidates(name), range(20), strict=False)]
    taken = set(User.objects.filter(login__in=candidates).values_list("login", flat=True))
    return next((candidate for candidate in candidates if candidate not in taken), "")


def _field_of(error: ValidationError) -> str:
    return "login" if getattr(error, "code", "") in ("bad_login", "login_taken") else "password"
