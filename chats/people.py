"""The people of a chat as its members see them: who, and why each is here («мать Иванова И., 7Б»)."""

from collections import defaultdict
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from school.models import Enrolment, Guardianship, Person, RoleGroup
from school.regulation import Role

from .kinds import ADULT_ROLES
from .members import member_pairs
from .models import Chat, ChatMember
from .querysets import InGroup


@dataclass
class Seat:
    """One person of a chat. `chosen` is True for who was chosen by hand."""

    user_id: int
    name: str
    reasons: list[str] = field(default_factory=list)
    is_owner: bool = False
    is_moderator: bool = False
    chosen: bool = False
    rank: int = 0

    @property
    def is_adult(self) -> bool:
        """One of the school's staff: he may keep the chat."""
        return self.rank < len(ADULT_ROLES)

    @property
    def why(self) -> str:
        return ", ".join(self.reasons)


def seats(chat: Chat) -> list[Seat]:
    """Everybody in the chat, the staff first; a fixed number of queries."""
    users = {user for _chat, user in member_pairs([chat.pk])}
    people = {p.user_id: p for p in Person.objects.filter(school=chat.school_id, user__in=users) if p.user_id}
    chosen = {m.user_id: m for m in chat.members.in_force()}
    roles = _roles(chat, users, chosen)
    children = _children(chat, [p.pk for p in people.values()])
    found = []
    for user, person in people.items():
        member = chosen.get(user)
        seat = Seat(user, person.full_name, is_owner=user == chat.owner_id, chosen=member is not None)
        seat.is_moderator = member is not None and member.role == ChatMember.Role.MODERATOR
        seat.rank = min((_rank(group) for group in roles[user]), default=99)
        seat.reasons = [reason for group in roles[user] for reason in _reasons(group, children.get(person.pk, []))]
        found.append(seat)
    return sorted(found, key=lambda seat: (seat.rank, seat.name))


def _roles(chat: Chat, users: set[int], chosen: dict[int, ChatMember]) -> dict[int, list[RoleGroup]]:
    audience = set(chat.audiences.values_list("group_id", flat=True))
    groups = {
        g.group_id: g
        for g in RoleGroup.objects.filter(group__in=audience | {m.via_id for m in chosen.values()}).select_related(
            "school_class", "study_group__subject"
        )
    }
    roles: dict[int, list[RoleGroup]] = defaultdict(list)
    for user, group in InGroup.objects.filter(group__in=audience, user__in=users).values_list("user_id", "group_id"):
        roles[user].append(groups[group])
    for user, member in chosen.items():
        roles[user].append(groups[member.via_id])
    for own in roles.values():
        own.sort(key=_rank)
    return roles


def _rank(group: RoleGroup) -> int:
    role = Role(group.role)
    return ADULT_ROLES.index(role) if role in ADULT_ROLES else 50 + list(Role).index(role)


def _children(chat: Chat, people: list[int]) -> dict[int, list[tuple[str, str, int]]]:
    """For each parent: (kinship, the child's short name, its class)."""
    ties = Guardianship.objects.active().filter(guardian__in=people, school=chat.school_id).select_related("pupil")
    classes = Enrolment.objects.active().filter(person__in=[tie.pupil_id for tie in ties])
    class_of = dict(classes.values_list("person_id", "school_class_id"))
    children: dict[int, list[tuple[str, str, int]]] = defaultdict(list)
    for tie in ties:
        if tie.pupil_id in class_of:
            child = tie.get_kind_display(), tie.pupil.short_name, class_of[tie.pupil_id]
            children[tie.guardian_id].append(child)
    return children


def _reasons(group: RoleGroup, children: list[tuple[str, str, int]]) -> list[str]:
    if group.role == Role.CLASS_PARENT:
        own = [(kin, name) for kin, name, school_class in children if school_class == group.school_class_id]
        return [
            _("%(kin)s of %(child)s, %(class)s") % {"kin": k, "child": n, "class": group.school_class} for k, n in own
        ]
    place = group.study_group or group.school_class
    role = str(Role(group.role).label)
    return [f"{role}, {place}" if place else role]
