"""Pages of signing in and of the profile. allauth's views are kept wherever they do."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.views import ConfirmLoginCodeView, LoginView, RequestLoginCodeView
from allauth.core import ratelimit
from allauth.core.exceptions import RateLimited
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required, login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts import outbox, services
from accounts.forms import NameForm, PhoneCodeForm, SignInForm
from accounts.http import SignedInRequest
from accounts.second_factor import has_second_factor
from accounts.sms import SmsNotSent


class SignInView(LoginView):
    """«Войти»: the phone form, and under it the password for those who have one."""

    form_class = SignInForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {"code_form": PhoneCodeForm(), "development": settings.DEVELOPMENT, **super().get_context_data(**kwargs)}


class RequestCodeView(RequestLoginCodeView):
    """Takes the phone and sends the code. The answer is the same for a known and an unknown phone."""

    template_name = "account/login.html"

    def get_form_class(self) -> type[PhoneCodeForm]:
        return PhoneCodeForm

    def form_valid(self, form: PhoneCodeForm) -> HttpResponse:
        phone = form.cleaned_data["phone"]
        try:
            return services.start_phone_code(self.request, phone, create=False, next_url=self.get_next_url())
        except RateLimited:
            form.add_error("phone", get_adapter().error_messages["too_many_login_attempts"])
        except SmsNotSent:
            form.add_error("phone", _("The message could not be sent. Try again in a minute or use your password."))
        return self.form_invalid(form)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        forms = {"code_form": context["form"], "form": SignInForm(request=self.request)}
        return {**context, **forms, "development": settings.DEVELOPMENT}


class ConfirmCodeView(ConfirmLoginCodeView):
    """Takes the code. A new one can be asked for by a known and an unknown phone alike."""

    def _resend_form_valid(self, form: Any) -> HttpResponse:
        process = self._process
        phone = process.state.get("phone")
        if phone and not ratelimit.consume(self.request, action="request_login_code", key=phone):
            messages.error(self.request, get_adapter().error_messages["too_many_login_attempts"])
        elif process.user is None:
            # allauth would ask the missing user for a code and fail, which tells the two cases apart.
            process.record_resend()
            process.persist()
            messages.info(self.request, _("A new code has been sent."))
        else:
            process.resend()
            messages.info(self.request, _("A new code has been sent."))
        return HttpResponseRedirect(self.passthrough_next_url(reverse("account_confirm_login_code")))

    def form_invalid(self, form: Any) -> HttpResponse:
        if self._process.record_invalid_attempt():
            return self.render_to_response(self.get_context_data(form=form))
        messages.error(self.request, _("The code was wrong three times. Ask for a new one."))
        return HttpResponseRedirect(self.passthrough_next_url(reverse("account_request_login_code")))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "development": settings.DEVELOPMENT}


@login_required
def profile(request: SignedInRequest) -> HttpResponse:
    """My name, phone, e-mail and the way to everything that guards the account."""
    form = NameForm(request.POST or None, initial={"name": request.user.name})
    if request.method == "POST" and form.is_valid():
        services.change_name(by=request.user, name=form.cleaned_data["name"])
        messages.success(request, _("Saved."))
        return HttpResponseRedirect(reverse("accounts:profile"))
    context = {"form": form, "has_second_factor": has_second_factor(request.user)}
    return render(request, "accounts/profile.html", context)


@login_required
@require_POST
def end_session(request: SignedInRequest, pk: int) -> HttpResponse:
    """End one of my sessions on another device; this one ends by signing out."""
    session = get_object_or_404(UserSession, pk=pk, user=request.user)
    if session.session_key == request.session.session_key:
        return HttpResponseRedirect(reverse("account_logout"))
    services.drop_sessions([session])
    messages.success(request, _("The session is over."))
    return HttpResponseRedirect(reverse("usersessions_list"))


@login_not_required
@require_GET
def development_outbox(request: HttpRequest) -> HttpResponse:
    """The last messages that would have been sent; only on a development machine."""
    if not settings.DEVELOPMENT:
        raise Http404
    return render(request, "accounts/outbox.html", {"messages_sent": outbox.last()})


@login_not_required
def too_many_requests(request: HttpRequest) -> HttpResponse:
    """handler429: allauth's limits end here."""
    return render(request, "429.html", status=429)
