"""How the school's pages are answered: rights beside the template, refusals beside the field."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts.http import SignedInRequest
from accounts.models import User
from sferum_portal.ui_tags import said as moment_said

from ..errors import Refusal
from ..models import PendingAct, School
from ..regulation import RIGHTS
from ..rights import Scope, may

Words = str | Promise


class Can:
    """`{% if can.manage_people %}` in a template: the user's rights on one object, without queries of their own."""

    def __init__(self, user: User, scope: Scope) -> None:
        self.user, self.scope = user, scope

    def __getitem__(self, codename: str) -> bool:
        if codename not in RIGHTS:  # a ValueError or KeyError would be swallowed by the template
            raise RuntimeError(f"no such right: {codename}")
        return may(self.user, codename, self.scope)


def page(request: SignedInRequest, template: str, school: School, *, status: int = 200, **context: Any) -> HttpResponse:
    """A page of the school: the template has `school`, `can` (rights on the school) and what it is given."""
    return render(request, template, {"school": school, "can": Can(request.user, school), **context}, status=status)


def attempt(form: forms.BaseForm, act: Callable[[], Any]) -> bool:
    """Do it, or put what the service refused beside the field it is about."""
    try:
        act()
    except Refusal as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        return False
    except ValidationError as error:
        _put(form, error)
        return False
    return True


def _put(form: forms.BaseForm, error: ValidationError) -> None:
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for name, errors in error.error_dict.items():
        form.add_error(name if name in form.fields else None, errors)


def form_page(
    request: SignedInRequest,
    school: School,
    form: forms.BaseForm,
    act: Callable[[], Any],
    *,
    done: str | Callable[[], str],
    said: Words = "",
    template: str = "school/form.html",
    **context: Any,
) -> HttpResponse:
    """One form: shown, checked, carried out, and on to `done` with a word about it."""
    if request.method == "POST" and form.is_valid() and attempt(form, act):
        return on_to(request, done() if callable(done) else done, said)
    context.setdefault("cancel", done if isinstance(done, str) else school.get_absolute_url())
    return page(request, template, school, form=form, **context)


def carry_out(request: HttpRequest, act: Callable[[], Any], *, back: str, said: Words = "") -> HttpResponse:
    """A button without a form: do it and go back, with a word about it or about why it was refused."""
    try:
        act()
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return HttpResponseRedirect(back)
    return on_to(request, back, said)


def acts_url(school: School) -> str:
    """The page of what waits for a second administrator."""
    return reverse("school:acts", args=[school.pk])


def say_that_it_waits(request: HttpRequest, act: PendingAct) -> str:
    """A word to who proposed an act; returns where he sees it."""
    words = _("This waits for a second administrator. Unless somebody cancels it, it is done by itself: %(moment)s.")
    messages.info(request, words % {"moment": moment_said(act.due_at)})
    return acts_url(act.school)


def on_to(request: HttpRequest, url: str, said: Words = "") -> HttpResponse:
    if said:
        messages.success(request, str(said))
    return HttpResponseRedirect(url)
