"""The registry of official chats: that they exist, whose they are, who answers for them; never what is said there (2.1)."""

from django.contrib.auth.decorators import login_required
from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.http import SignedInRequest
from school.current import enter_school
from school.rights import require

from ..members import member_pairs
from ..models import Chat
from ..wire import names_of


@login_required
@require_GET
def registry(request: SignedInRequest, school_id: int) -> HttpResponse:
    """Every chat of the school, those without an adult first."""
    school = enter_school(request, school_id)
    require(request.user, "view_chat_registry", school)
    chats = Chat.objects.in_registry_of(request.user).filter(school=school)
    rows = list(
        chats.select_related("school_class", "study_group__subject").order_by(
            F("archived_at").asc(nulls_first=True), "title"
        )
    )
    names = names_of((chat.school_id, chat.owner_id) for chat in rows)
    sizes: dict[int, int] = {}
    members = member_pairs([chat.pk for chat in rows])
    for chat_id, _user in members:
        sizes[chat_id] = sizes.get(chat_id, 0) + 1
    for chat in rows:
        is_there = (chat.pk, chat.owner_id) in members
        chat.owner_name = names[chat.school_id, chat.owner_id] if is_there else _("nobody now")  # type: ignore[attr-defined]
        chat.size = sizes.get(chat.pk, 0)  # type: ignore[attr-defined]
    alone = [chat for chat in rows if chat.read_only == Chat.ReadOnly.NO_ADULT and chat.archived_at is None]
    context = {"school": school, "chats": rows, "alone": alone, "title": _("Registry of official chats")}
    return render(request, "chats/registry.html", context)
