"""The one check of an invite, for the page, the POST and the API: `refusal_of(invite, user)` or `check`, which raises.

It reads only. What a link can be refused for is in `invites.refusals`.
"""

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q

from accounts.models import User
from chats.models import Chat
from school.models import Enrolment, Guardianship, Person, StaffPosition
from school.rights import may
from school.text import fold

from .answers import ADULT_ACCOUNT_AGE, Answers, age
from .matching import is_same_name
from .models import Invite, InviteRole, InviteState, JoinRequest
from .refusals import InviteRefused

_STATE_CODES = {
    InviteState.ANNULLED: "annulled",
    InviteState.USED_UP: "used_up",
    InviteState.EXPIRED: "expired",
}


def check(invite: Invite | None, user: User | AnonymousUser | None, answers: Answers | None = None) -> Invite:
    """The invite, if this user may use it now, with these answers where he has given them. Raises `InviteRefused`."""
    refusal = refusal_of(invite, user, answers)
    if refusal:
        raise refusal
    assert invite is not None  # noqa: S101 (for the type checker: `refusal_of` has refused it)
    return invite


def refusal_of(
    invite: Invite | None, user: User | AnonymousUser | None, answers: Answers | None = None
) -> InviteRefused | None:
    """Why the invite cannot be used, or None. Somebody who has joined is told so whatever became of the link."""
    if invite is None:
        return InviteRefused("unknown")
    known = user if isinstance(user, User) else None
    code = _standing(invite, known, answers) if known else ""
    code = code or _STATE_CODES.get(invite.state, "") or _claimed(invite) or _past(invite)
    code = code or (_unfit(invite, known) if known else "") or _age(invite, answers)
    return InviteRefused(code, field="birth_date" if code == "under_age" else "") if code else None


def _standing(invite: Invite, user: User, answers: Answers | None) -> str:
    """Is the user inside already, or waiting at the door?"""
    if is_inside(invite, user, answers) and _is_in_chat(invite, user):
        return "already_member"
    waiting = JoinRequest.objects.own(user).waiting().filter(school=invite.school_id, role=invite.role)
    return "waiting_for_approval" if waiting.filter(school_class=invite.school_class_id).exists() else ""


def _is_in_chat(invite: Invite, user: User) -> bool:
    return invite.chat_id is None or Chat.objects.of_member(user).filter(pk=invite.chat_id).exists()


def is_inside(invite: Invite, user: User, answers: Answers | None = None) -> bool:
    """Has the user the role already to which the invite leads? A link to a chat is of use to him all the same."""
    if invite.person:
        return invite.person.user_id == user.pk
    here = {"school": invite.school_id, "school_class": invite.school_class_id}
    if invite.role == InviteRole.PUPIL:
        return Enrolment.objects.active().filter(person__user=user, **here).exists()
    if invite.role == InviteRole.PARENT:
        return _has_child_here(invite, user, answers)
    positions = StaffPosition.objects.active().filter(person__user=user, school=invite.school_id)
    return positions.filter(kind=invite.role).exists()


def _has_child_here(invite: Invite, user: User, answers: Answers | None) -> bool:
    """Without a named child: has the parent one in the class? With a name: is that one his already (twins)?"""
    wards = Guardianship.objects.active().filter(guardian__user=user, school=invite.school_id).values("pupil_id")
    children = Person.objects.filter(
        Q(enrolments__school_class=invite.school_class_id, enrolments__ends_on__isnull=True), pk__in=wards
    )
    names = [fold(f"{last} {first}") for last, first in children.values_list("last_name", "first_name")]
    if answers is None or not answers.child_last_name:
        return bool(names)
    return fold(f"{answers.child_last_name} {answers.child_first_name}") in names


def _claimed(invite: Invite) -> str:
    """The person joined some other way; or whoever appointed the administrator may not appoint any more."""
    if invite.person and invite.person.user_id:
        return "used_up"
    appoints = invite.role == InviteRole.ADMINISTRATOR
    return "annulled" if appoints and not may(invite.created_by, "appoint_administrators", invite.school) else ""


def _past(invite: Invite) -> str:
    """Nobody comes into a class of the archive by its link; a slip is of a person, who is in another class by now."""
    over = invite.school_class is not None and invite.school_class.archived_at is not None
    return "annulled" if over and not invite.is_personal else ""


def _unfit(invite: Invite, user: User) -> str:
    """A pupil at a parent's link, a parent at a pupil's, a pupil of another school, another person's slip."""
    schools = set(Enrolment.objects.active().filter(person__user=user).values_list("school_id", flat=True))
    if schools and invite.role != InviteRole.PUPIL:
        return "wrong_role"
    if invite.role == InviteRole.PUPIL:
        if _is_adult(user):
            return "wrong_role"
        if schools:
            return "another_school" if invite.school_id not in schools else _wrong_class(invite)
    return _other_person(invite, user)


def _wrong_class(invite: Invite) -> str:
    return "another_person" if invite.is_personal else "wrong_class"


def _is_adult(user: User) -> bool:
    if Guardianship.objects.active().filter(guardian__user=user).exists():
        return True
    return StaffPosition.objects.active().filter(person__user=user).exists()


def _other_person(invite: Invite, user: User) -> str:
    """A personal invite opened by somebody whom the school knows as another person."""
    if invite.person is None:
        return ""
    own = Person.objects.filter(school=invite.school_id, user=user).first()
    twice_listed = invite.role == InviteRole.PARENT and own is not None and is_same_name(own, invite.person)
    if own is None or own == invite.person or twice_listed:
        return ""
    return "another_person"


def _age(invite: Invite, answers: Answers | None) -> str:
    """A link of a class does not open an account to a child under 14; a personal slip does."""
    if invite.role != InviteRole.PUPIL or invite.is_personal or answers is None or answers.birth_date is None:
        return ""
    return "under_age" if age(answers.birth_date) < ADULT_ACCOUNT_AGE else ""
