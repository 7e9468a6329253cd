"""About a chat: who is in it and why, its title and purpose, leaving it, the archive."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.http import SignedInRequest
from accounts.models import User
from school.errors import Refusal

from .. import services
from ..forms import PeopleForm, SettingsForm
from ..members import member_pairs
from ..models import Chat
from ..people import seats
from ..preview import choice_by_role, people_of
from ..standing import require_manager, standing
from .rooms import visible_chat


@login_required
@require_GET
def info(request: SignedInRequest, pk: int) -> HttpResponse:
    """The members, each with the reason why he is here."""
    chat = visible_chat(request, pk)
    return render(request, "chats/info.html", _context(request, chat))


def _context(request: SignedInRequest, chat: Any) -> dict[str, Any]:
    people = seats(chat)
    return {
        "chat": chat,
        "seats": people,
        "owner": next((seat for seat in people if seat.is_owner), None),
        "may": standing(request.user, chat),
        "breadcrumbs": [(_("Chats"), reverse("chats:list")), (chat.title, reverse("chats:room", args=[chat.pk]))],
    }


@login_required
@require_http_methods(["GET", "POST"])
def edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Title, purpose and whose the history is."""
    chat = visible_chat(request, pk)
    require_manager(request.user, chat)
    initial = {name: getattr(chat, name) for name in SettingsForm.base_fields}
    form = SettingsForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        services.edit_chat(by=request.user, chat=chat, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return _to_info(chat)
    return render(request, "chats/edit.html", {**_context(request, chat), "form": form})


@login_required
@require_http_methods(["GET", "POST"])
def add_members(request: SignedInRequest, pk: int) -> HttpResponse:
    """Choose more people for a hand-picked chat."""
    chat = visible_chat(request, pk)
    if not chat.rule.is_hand_picked:
        raise Http404
    require_manager(request.user, chat)
    there = set(chat.members.values_list("user_id", flat=True))
    choice = choice_by_role(chat.rule, chat.scope, request.user, without=there)
    form = PeopleForm(request.POST or None, choice=people_of(choice))
    if request.method == "POST" and form.is_valid():
        people = form.cleaned_data["people"]
        if _carry_out(request, lambda: services.add_members(by=request.user, chat=chat, people=people), _("Added.")):
            return _to_info(chat)
    return render(request, "chats/add_members.html", {**_context(request, chat), "form": form, "choice": choice})


@login_required
@require_POST
def remove_member(request: SignedInRequest, pk: int, user: int) -> HttpResponse:
    """Take a chosen person out."""
    chat = visible_chat(request, pk)
    require_manager(request.user, chat)
    person = get_object_or_404(User.objects.filter(pk__in=chat.members.values("user_id")), pk=user)
    _carry_out(request, lambda: services.remove_member(by=request.user, chat=chat, user=person), _("Removed."))
    return _to_info(chat)


@login_required
@require_POST
def moderator(request: SignedInRequest, pk: int, user: int) -> HttpResponse:
    """Let somebody of the staff keep the chat too, or relieve him of it."""
    chat = visible_chat(request, pk)
    require_manager(request.user, chat)
    members = {member for _chat, member in member_pairs([pk])}
    person = get_object_or_404(User.objects.filter(pk__in=members), pk=user)
    active = request.POST.get("active") == "1"
    _carry_out(
        request,
        lambda: services.set_moderator(by=request.user, chat=chat, user=person, active=active),
        _("Saved."),
    )
    return _to_info(chat)


@login_required
@require_POST
def leave(request: SignedInRequest, pk: int) -> HttpResponse:
    chat = visible_chat(request, pk)
    if _carry_out(
        request,
        lambda: services.leave_chat(by=request.user, chat=chat),
        _("You have left the chat. You can come back from the list of chats."),
    ):
        return HttpResponseRedirect(reverse("chats:list"))
    return _to_info(chat)


@login_required
@require_POST
def rejoin(request: SignedInRequest, pk: int) -> HttpResponse:
    """Come back to a chat that one has left."""
    chat = get_object_or_404(Chat.objects.left_by(request.user), pk=pk)
    _carry_out(request, lambda: services.rejoin_chat(by=request.user, chat=chat), _("You are in the chat again."))
    return HttpResponseRedirect(reverse("chats:room", args=[pk]))


@login_required
@require_POST
def archive(request: SignedInRequest, pk: int) -> HttpResponse:
    chat = visible_chat(request, pk)
    done = _("The chat is in the archive: it can be read, not written to.")
    _carry_out(request, lambda: services.archive_chat(by=request.user, chat=chat), done)
    return _to_info(chat)


@login_required
@require_POST
def restore(request: SignedInRequest, pk: int) -> HttpResponse:
    chat = visible_chat(request, pk)
    done = _("The chat is out of the archive.")
    _carry_out(request, lambda: services.restore_chat(by=request.user, chat=chat), done)
    return _to_info(chat)


def _carry_out(request: SignedInRequest, act: Callable[[], Any], done: str) -> bool:
    """Do it and say so, or say why not."""
    try:
        act()
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return False
    messages.success(request, done)
    return True


def _to_info(chat: Chat) -> HttpResponse:
    return HttpResponseRedirect(reverse("chats:info", args=[chat.pk]))
