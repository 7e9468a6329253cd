"""Where a person is led after he has joined: into the right chat, or home with the next step said."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from chats.kinds import Kind
from chats.models import Chat

from .models import Invite, InviteRole

_CHAT_OF_ROLE = {InviteRole.PUPIL: Kind.PUPILS, InviteRole.PARENT: Kind.PARENTS}


@dataclass(frozen=True)
class Landing:
    url: str
    said: str


def landing_of(invite: Invite, user: User) -> Landing:
    """The chat of the class for his role if he is in one, else the main page."""
    chat = _chat(invite, user)
    if chat:
        return Landing(reverse("chats:room", args=[chat.pk]), _("You have joined. This is your chat."))
    if invite.role == InviteRole.PARENT:
        return Landing(reverse("home"), _("You have joined. The parents' chat appears here as soon as it is created."))
    if invite.role == InviteRole.PUPIL:
        return Landing(
            reverse("home"), _("You have joined. The chat of the class appears here as soon as it is created.")
        )
    return Landing(reverse("home"), _("You have joined."))


def _chat(invite: Invite, user: User) -> Chat | None:
    mine = Chat.objects.visible_to(user).live()
    if invite.chat_id:
        return mine.filter(pk=invite.chat_id).first()
    kind = _CHAT_OF_ROLE.get(InviteRole(invite.role))
    if kind is None or invite.school_class_id is None:
        return None
    return mine.filter(school_class=invite.school_class_id, kind=kind, study_group__isnull=True).first()
