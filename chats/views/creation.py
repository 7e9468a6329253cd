"""Creating a chat from the page of its object: the first click chooses the kind, the second one creates."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.http import SignedInRequest
from school.errors import Refusal
from school.models import School, SchoolClass, StudyGroup
from school.rights import explain, require
from school.text import ids_in

from .. import services
from ..forms import NewChatForm
from ..kinds import KINDS, ChatKind, Kind
from ..members import Scope
from ..preview import audience_people, choice_by_role, people_of
from ..services.lifecycle import default_title, live_chat


@login_required
@require_http_methods(["GET", "POST"])
def create(request: SignedInRequest, kind: str, scope_id: int) -> HttpResponse:
    """What the chat is called and who will be in it; a POST creates it."""
    if kind not in Kind.values:
        raise Http404
    rule = KINDS[Kind(kind)]
    scope = visible_scope(request, rule, scope_id)
    require(request.user, rule.right, scope)
    if existing := live_chat(rule, scope):
        messages.info(request, _("There is such a chat already."))
        return HttpResponseRedirect(reverse("chats:room", args=[existing.pk]))
    choice = choice_by_role(rule, scope, request.user) if rule.is_hand_picked else []
    form = NewChatForm(
        request.POST or None, rule=rule, choice=people_of(choice), initial={"title": default_title(rule, scope)}
    )
    if request.method == "POST" and form.is_valid():
        try:
            chat = services.create_chat(by=request.user, kind=rule.kind, scope=scope, **form.cleaned_data)
        except Refusal as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(request, _("The chat has been created. Its members see it already."))
            return HttpResponseRedirect(reverse("chats:room", args=[chat.pk]))
    return render(request, "chats/create.html", _context(request, rule, scope, form, choice))


@login_required
@require_GET
def why(request: SignedInRequest, kind: str, scope_id: int) -> HttpResponse:
    """The answer to «Почему нельзя?», opened in its place on the page."""
    if kind not in Kind.values:
        raise Http404
    rule = KINDS[Kind(kind)]
    explanation = explain(request.user, rule.right, visible_scope(request, rule, scope_id))
    return render(request, "ui/_why.html", {"explanation": explanation})


def visible_scope(request: SignedInRequest, rule: ChatKind, scope_id: int) -> Scope:
    """The school, class or study group of the address, 404 for somebody else's."""
    doors: dict[str, Any] = {
        "school": School.objects.all(),
        "class": SchoolClass.objects.filter(kind=SchoolClass.Kind.CLASS).select_related("school"),
        "group": StudyGroup.objects.select_related("school_class", "subject", "school"),
    }
    scope: Scope = get_object_or_404(doors[rule.scope].visible_to(request.user), pk=scope_id)
    return scope


def _context(request: SignedInRequest, rule: ChatKind, scope: Scope, form: NewChatForm, choice: Any) -> dict[str, Any]:
    joined, waiting = ([], []) if rule.is_hand_picked else audience_people(rule, scope)
    chosen = set(ids_in(form.data.getlist("people"))) if form.is_bound else set()  # type: ignore[attr-defined]
    return {
        "rule": rule,
        "scope": scope,
        "form": form,
        "choice": choice,
        "chosen": chosen,
        "joined": joined,
        "waiting": waiting,
        "back": back_to(scope),
    }


def back_to(scope: Scope) -> tuple[str, str]:
    """(label, address) of the page that the chat is created from."""
    if isinstance(scope, School):
        return scope.short_name, reverse("school:home", args=[scope.pk])
    school_class = scope if isinstance(scope, SchoolClass) else scope.school_class
    return school_class.name, reverse("school:class", args=[school_class.school_id, school_class.pk])
