"""Who may issue and annul which invite: a right for each role, and never above one's own role (domain, «Invites»)."""

from collections.abc import Iterable

from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from school.errors import Refusal
from school.models import Person, RoleGroup, School, SchoolClass, StaffPosition
from school.regulation import Role
from school.rights import may, require

from .models import CLASS_ROLES, STAFF_ROLES, Invite, InviteRole

RIGHT_OF_ROLE: dict[InviteRole, str] = {
    **dict.fromkeys(InviteRole, "invite_staff"),
    InviteRole.PUPIL: "invite_pupils",
    InviteRole.PARENT: "invite_parents",
    InviteRole.ADMINISTRATOR: "appoint_administrators",
}
_HIGHEST = 4
# The director appoints the administrator, and the administrator invites the director: neither is above the other.
_RANK_OF_INVITED: dict[str, int] = {
    InviteRole.PUPIL: 0,
    InviteRole.PARENT: 0,
    InviteRole.EMPLOYEE: 1,
    InviteRole.TEACHER: 1,
    InviteRole.EXTRA_TEACHER: 1,
    InviteRole.DEPUTY: 2,
    InviteRole.ADMINISTRATOR: 3,
    Role.ADDITIONAL_ADMINISTRATOR: 3,
    InviteRole.DIRECTOR: _HIGHEST,
}
_RANK: dict[str, int] = {
    Role.EMPLOYEE: 1,
    Role.TEACHER: 1,
    Role.DEPUTY: 2,
    Role.ADDITIONAL_ADMINISTRATOR: 3,
    Role.ADMINISTRATOR: _HIGHEST,
    Role.DIRECTOR: _HIGHEST,
}


class AboveOwnRole(Refusal):
    code = "above_own_role"
    status = 403

    def __init__(self) -> None:
        super().__init__(_("Nobody invites, annuls or approves above his own role."))


def rank_of(user: User, school: School) -> int:
    roles = RoleGroup.objects.filter(school=school, school_class__isnull=True, group__user=user)
    return max((_RANK.get(role, 0) for role in roles.values_list("role", flat=True)), default=0)


def require_rank(by: User, school: School, role: str) -> None:
    """Raise `AboveOwnRole` when the role stands above the roles of the actor in the school."""
    needed = _RANK_OF_INVITED.get(role, _HIGHEST)
    if needed and rank_of(by, school) < needed:
        raise AboveOwnRole


def scope_of(role: str, school: School, school_class: SchoolClass | None) -> School | SchoolClass:
    """What the right to invite in the role is asked about."""
    return school_class if role in CLASS_ROLES and school_class else school


def require_to_invite(by: User, role: str, school: School, school_class: SchoolClass | None) -> None:
    """Raise `RightDenied` or `AboveOwnRole` unless the actor may invite in this role here."""
    require(by, RIGHT_OF_ROLE[InviteRole(role)], scope_of(role, school, school_class))
    require_rank(by, school, role)


def require_to_annul(by: User, invite: Invite) -> None:
    """Whoever may issue such an invite may annul it; so may the administrator, and a parent his own child's."""
    if invite.is_personal and invite.created_by_id == by.pk:
        return
    right = RIGHT_OF_ROLE[InviteRole(invite.role)]
    if not may(by, right, scope_of(invite.role, invite.school, invite.school_class)):
        require(by, "annul_invites", invite.school)
    require_rank(by, invite.school, invite.role)


def may_share(user: User | AnonymousUser, invite: Invite) -> bool:
    """May the user see the link itself? Only who could issue the invite, or made it for his own child."""
    if isinstance(user, AnonymousUser):
        return False
    if invite.is_personal and invite.created_by_id == user.pk:
        return True
    if not may_invite(user, invite.role, invite.school, invite.school_class):
        return False
    return invite.person is None or not beyond(user, invite.school, [invite.person])


def may_invite(user: User, role: str, school: School, school_class: SchoolClass | None) -> bool:
    """Whether `require_to_invite` would let him."""
    if not may(user, RIGHT_OF_ROLE[InviteRole(role)], scope_of(role, school, school_class)):
        return False
    needed = _RANK_OF_INVITED[role]
    return not needed or rank_of(user, school) >= needed


def beyond(by: User, school: School, people: Iterable[Person]) -> set[int]:
    """Ids of those of the people whose posts the actor may not invite to: a personal invite gives all that one is.

    A teacher whose child is in the class is not invited by its homeroom teacher as a parent, but as a teacher (2.1).
    """
    posts = StaffPosition.objects.active().filter(school=school, person__in=people)
    return beyond_posts(by, school, posts.values_list("person", "kind"))


def beyond_posts(by: User, school: School, posts: Iterable[tuple[int, str]]) -> set[int]:
    """The same, of (person, kind of his post)."""
    listed = list(posts)
    if not listed:
        return set()
    rank = rank_of(by, school) if may(by, "invite_staff", school) else 0
    return {person for person, kind in listed if _RANK_OF_INVITED.get(kind, _HIGHEST) > rank}


def highest(kinds: Iterable[str]) -> InviteRole:
    """The post in which somebody who holds several is invited."""
    held = set(kinds)
    return max((role for role in STAFF_ROLES if role in held), key=_RANK_OF_INVITED.__getitem__)


def roles_below(user: User, school: School) -> set[InviteRole]:
    """The roles that are not above the user's own."""
    rank = rank_of(user, school)
    return {role for role in InviteRole if _RANK_OF_INVITED[role] <= rank}
