"""A school asks to be registered: public, with the order attached (2.1 «направляет … заявку на регистрацию школы»)."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from ..forms.registration import RegistrationForm
from ..limits import within
from ..services.schools import request_registration
from .pages import attempt


@login_not_required
@require_http_methods(["GET", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    form = RegistrationForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and not within("registration", request.META.get("REMOTE_ADDR", ""), most=10, hours=1):
        return render(request, "429.html", status=429)
    if (
        request.method == "POST"
        and form.is_valid()
        and attempt(form, lambda: request_registration(**form.cleaned_data))
    ):
        return HttpResponseRedirect(reverse("school:registered"))
    return render(request, "school/register.html", {"form": form})


@login_not_required
@require_safe
def registered(request: HttpRequest) -> HttpResponse:
    return render(request, "school/registered.html")
