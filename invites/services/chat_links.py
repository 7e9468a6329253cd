"""Links into a chat whose people are chosen by hand: the link chooses instead of the keeper, inside the chat's rule."""

from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from chats.models import Chat
from chats.services import add_members
from chats.standing import ChatDenied, require_manager
from school.errors import Refusal
from school.models import Person, SchoolClass
from school.regulation import Role

from ..models import Invite, InviteRole
from ..refusals import InviteRefused

_ROLES_OF_INVITED: dict[InviteRole, set[Role]] = {
    InviteRole.PUPIL: {Role.PUPIL, Role.CLASS_PUPIL, Role.GROUP_PUPIL},
    InviteRole.PARENT: {Role.PARENT, Role.CLASS_PARENT},
    InviteRole.TEACHER: {Role.TEACHER, Role.CLASS_TEACHER},
    InviteRole.EXTRA_TEACHER: {Role.TEACHER},
    InviteRole.EMPLOYEE: {Role.EMPLOYEE},
    InviteRole.DEPUTY: {Role.DEPUTY},
}


def require_chat_link(by: User, chat: Chat, role: InviteRole, school_class: SchoolClass | None) -> None:
    """Raises `Http404`, `ChatDenied` or `Refusal` unless `by` may choose people of this role for this chat."""
    try:
        require_manager(by, chat)
    except Chat.DoesNotExist as unseen:
        raise Http404 from unseen
    if not chat.rule.is_hand_picked or chat.archived_at:
        raise Refusal(_("A link leads only into a chat whose people are chosen by hand."), code="kept_by_roster")
    fits = _ROLES_OF_INVITED.get(role, set()) & set(chat.rule.candidates)
    in_class = school_class is None or chat.school_class_id == school_class.pk
    if not fits or not in_class:
        raise Refusal(_("People of this role are not chosen for this chat."), code="not_a_candidate", field="role")


def enter_chat(invite: Invite, person: Person) -> None:
    """Put the person into the chat of the invite. Refused as «annulled» when its maker keeps the chat no longer."""
    if invite.chat is None:
        return
    try:
        add_members(by=invite.created_by, chat=invite.chat, people=[person])
    except (ChatDenied, Chat.DoesNotExist) as denied:
        raise InviteRefused("annulled") from denied


def enter_chat_if_allowed(invite: Invite, person: Person) -> None:
    """After an approval: a teacher who waits for his status joins the school all the same, the chat later."""
    try:
        with transaction.atomic():
            enter_chat(invite, person)
    except Refusal:
        return
