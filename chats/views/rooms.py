"""The list of chats and an open chat. What is live is done by the scripts over the API; reading and sending work without."""

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.http import SignedInRequest
from school.errors import Refusal
from school.text import ids_in

from .. import queries, services
from ..models import Chat
from ..said import said
from ..standing import standing
from ..words import script_words


@login_required
@require_GET
def list_chats(request: SignedInRequest) -> HttpResponse:
    """My chats, the one that spoke last first; below those that I left and may come back to."""
    context = _list_context(request, queries.lines(request.user))
    if request.headers.get("HX-Request"):
        opened = request.GET.get("open", "")
        return render(request, "chats/_list.html", {**context, "opened": sum(ids_in([opened]))})
    left = Chat.objects.left_by(request.user).order_by("title")
    return render(request, "chats/chats.html", {**context, "left": left, "kept": queries.kept_lines(request.user)})


def _list_context(request: SignedInRequest, lines: list[queries.Line]) -> dict[str, Any]:
    request.unread_chats = sum(line.asks_for_attention for line in lines)  # type: ignore[attr-defined]
    return {"lines": lines, "several_schools": len({line.chat.school_id for line in lines}) > 1}


@login_required
@require_http_methods(["GET", "POST"])
def room(request: SignedInRequest, pk: int) -> HttpResponse:
    """An open chat; a POST says something (the form without scripts)."""
    text, error = "", ""
    if request.method == "POST":
        text = request.POST.get("text", "")
        try:
            services.send_message(by=request.user, chat_id=pk, text=text, client_key=request.POST.get("client_key", ""))
            return HttpResponseRedirect(reverse("chats:room", args=[pk]) + "#end")
        except Chat.DoesNotExist as missing:
            raise Http404 from missing
        except Refusal as refusal:
            error = str(refusal)
    before = request.GET.get("before", "")
    try:
        opened = queries.room(request.user, pk, before=sum(ids_in([before])))
    except Chat.DoesNotExist as missing:
        raise Http404 from missing
    context = {**_room_context(request, opened, before), "text": text, "error": error, "before": before}
    return render(request, "chats/chats.html", context, status=409 if error else 200)


def _room_context(request: SignedInRequest, opened: queries.Room, before: str) -> dict[str, Any]:
    chat = opened.line.chat
    may = standing(request.user, chat)
    page = said(opened.messages, me=request.user.pk, readers=opened.readers, unread_from=chat.read_seq)
    return {
        **_list_context(request, opened.lines),
        "room": opened,
        "chat": chat,
        "opened": chat.pk,
        "may": may,
        "messages_": page,
        "client_key": uuid4().hex,
        "script": {
            "chat": chat.pk,
            "me": request.user.pk,
            "read": chat.read_seq,
            # What the newest page ends with, so that the script knows that it is there: the last number may be hidden.
            "last": chat.last_seq if before else max((m["seq"] for m in opened.messages), default=0),
            "may": vars(may),
            "messages": opened.messages,
            "readers": opened.readers,
            "earlier": opened.has_earlier,
            "words": script_words(),
        },
    }


@login_required
@require_POST
def read(request: SignedInRequest, pk: int) -> HttpResponse:
    """Without scripts: everything here is read."""
    found = visible_chat(request, pk)
    services.mark_read(by=request.user, chat_id=pk, seq=found.last_seq)
    return HttpResponseRedirect(reverse("chats:list"))


@login_required
@require_POST
def mute(request: SignedInRequest, pk: int) -> HttpResponse:
    """Turn the number of unread messages off and on."""
    muted = request.POST.get("muted") == "1"
    services.set_muted(by=request.user, chat=visible_chat(request, pk), muted=muted)
    messages.success(
        request, _("The chat does not count as unread any more.") if muted else _("The chat counts again.")
    )
    return HttpResponseRedirect(reverse("chats:info", args=[pk]))


def visible_chat(request: SignedInRequest, pk: int) -> Any:
    """The chat, with the user's standing; 404 for one in which he is not."""
    chats = Chat.objects.visible_to(request.user).with_standing(request.user)
    return get_object_or_404(chats.select_related("school", "school_class", "study_group__subject"), pk=pk)
