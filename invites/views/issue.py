"""New links: of a class, of the staff, of an additional administrator (2.1, 2.3)."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.http import SignedInRequest
from chats.models import Chat
from school.current import enter_school
from school.models import School
from school.orders import known_orders
from school.rights import RightDenied
from school.text import ids_in
from school.views.pages import Words, attempt, on_to, page

from ..forms.desk import AdministratorForm, InviteForm, may_appoint, may_create
from ..models import Invite
from ..services.issuing import create_invite
from ..services.personal import create_administrator_invite
from .desk import crumbs, detail_url


@login_required
def create(request: SignedInRequest, school_id: int) -> HttpResponse:
    """A link for pupils or parents of a class, or for the staff; with `?chat=` also into a chat chosen by hand."""
    school = enter_school(request, school_id)
    if not may_create(request.user, school):
        raise RightDenied(request.user, "invite_parents", school)
    chat = _chat(request, school)
    initial = {name: request.GET[name] for name in ("role", "school_class") if name in request.GET}
    form = InviteForm(request.POST or None, initial=initial, user=request.user, school=school, chat=chat)
    return _issue(
        request,
        school,
        form,
        lambda: create_invite(by=request.user, school=school, **form.terms),
        said=_("The invite is ready: send the link or print the sheet."),
        title=_("New invite"),
        chat=chat,
    )


@login_required
def create_administrator(request: SignedInRequest, school_id: int) -> HttpResponse:
    """A personal invite by which a teacher becomes an additional administrator (2.1)."""
    school = enter_school(request, school_id)
    if not may_appoint(request.user, school):
        raise RightDenied(request.user, "appoint_administrators", school)
    form = AdministratorForm(request.POST or None, school=school, orders=known_orders(school))
    return _issue(
        request,
        school,
        form,
        lambda: create_administrator_invite(by=request.user, person=form.cleaned_data["person"], **form.order),
        said=_("The invite is ready: it works once, for 72 hours. The appointment itself needs two, as always."),
        lead=_("He joins as a teacher; a second administrator approves the appointment, or a day passes."),
        title=_("Invite an administrator"),
    )


def _issue(
    request: SignedInRequest, school: School, form: Form, act: Callable[[], Invite], *, said: Words, **context: Any
) -> HttpResponse:
    made: list[Invite] = []
    if request.method == "POST" and form.is_valid() and attempt(form, lambda: made.append(act())):
        return on_to(request, detail_url(made[0]), said)
    context |= {"form": form, "breadcrumbs": crumbs(school), "cancel": reverse("invites:list", args=[school.pk])}
    return page(request, "invites/create.html", school, **context)


def _chat(request: SignedInRequest, school: School) -> Chat | None:
    given = request.POST.get("chat") or request.GET.get("chat") or ""
    if not given.isdecimal():
        return None
    pk = sum(ids_in([given]))  # 0, which nobody has, for a number that is too large
    return get_object_or_404(Chat.objects.visible_to(request.user).filter(school=school), pk=pk)
