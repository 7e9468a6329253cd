"""Who is in a chat, who could be: computed from the role groups, never copied."""

from collections.abc import Collection

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from school.errors import Refusal
from school.models import Person, RoleGroup, School, SchoolClass, StudyGroup
from school.regulation import Role

from .kinds import ADULT_ROLES, ChatKind, Kind
from .models import ChatAudience, ChatMember, ChatState
from .querysets import InGroup

Scope = School | SchoolClass | StudyGroup
Pair = tuple[int, int]  # chat, user


def groups_of_scope(scope: Scope) -> QuerySet[RoleGroup]:
    """The role groups of this scope alone, not of those below or above."""
    if isinstance(scope, School):
        return RoleGroup.objects.filter(school=scope, school_class=None)
    if isinstance(scope, SchoolClass):
        return RoleGroup.objects.filter(school_class=scope, study_group=None)
    return RoleGroup.objects.filter(study_group=scope)


def audience_of(rule: ChatKind, scope: Scope) -> list[RoleGroup]:
    """The role groups whose people are in an automatic chat.

    A study group that takes the whole class has no pupils of its own: they are the class's.
    """
    groups = groups_of_scope(scope).filter(role__in=rule.audience)
    if isinstance(scope, StudyGroup) and scope.takes_whole_class:
        groups |= groups_of_scope(scope.school_class).filter(role=Role.CLASS_PUPIL)
    return list(groups)


def candidate_groups(rule: ChatKind, scope: Scope, by: User) -> QuerySet[RoleGroup]:
    """The role groups among which `by` may choose people for a hand-picked chat (2.2, 2.3, 2.4 «иные чаты»)."""
    if rule.kind != Kind.TEACHING_OTHER:
        return groups_of_scope(scope).filter(role__in=rule.candidates)
    own = RoleGroup.objects.filter(school_class=scope.pk, role=Role.GROUP_TEACHER, group__user=by)
    whole_class = Q(school_class=scope.pk, study_group=None, role=Role.CLASS_PUPIL)
    pupils = Q(role=Role.GROUP_PUPIL, study_group__in=own.values("study_group"))
    if own.filter(study_group__part="").exists():
        pupils |= whole_class
    school = scope.school if not isinstance(scope, School) else scope
    colleagues = Q(school=school, school_class=None, role=Role.TEACHER)
    return RoleGroup.objects.filter(pupils | colleagues)


def candidates(rule: ChatKind, scope: Scope, by: User) -> QuerySet[Person]:
    """The people who have joined and may be chosen by `by`, himself left out."""
    school = scope if isinstance(scope, School) else scope.school
    groups = candidate_groups(rule, scope, by).values("group_id")
    users = InGroup.objects.filter(group__in=groups).values("user_id")
    return Person.objects.filter(school=school, user__in=users).exclude(user=by)


def reasons_to_choose(rule: ChatKind, scope: Scope, by: User, people: Collection[Person]) -> dict[int, int]:
    """The group by which each of these people may be chosen, by user id. Raises `Refusal` for one who may not be."""
    groups = {g.group_id: g for g in candidate_groups(rule, scope, by)}
    users = {p.user_id for p in people}
    rows = InGroup.objects.filter(group__in=groups, user__in=users).values_list("user_id", "group_id")
    order = {role: place for place, role in enumerate((*ADULT_ROLES, *Role))}
    reasons: dict[int, int] = {}
    for user, group in sorted(rows, key=lambda row: order[Role(groups[row[1]].role)], reverse=True):
        reasons[user] = group
    strangers = [p for p in people if p.user_id not in reasons]
    if strangers:
        raise Refusal(
            _("%(name)s cannot be chosen for this chat.") % {"name": strangers[0].full_name},
            code="not_a_candidate",
            field="people",
        )
    return reasons


def reason_of_adult(user: User, school: School, scope: Scope) -> int | None:
    """The group by which a member of the staff answers for a chat that his roles alone do not put him in."""
    own = RoleGroup.objects.filter(school=school, group__user=user, role__in=ADULT_ROLES)
    school_class = scope.pk if isinstance(scope, SchoolClass) else getattr(scope, "school_class_id", None)
    near = own.filter(Q(school_class=None) | Q(school_class=school_class))
    ordered = sorted(near, key=lambda g: ADULT_ROLES.index(Role(g.role)))
    return ordered[0].group_id if ordered else None


def member_pairs(chat_ids: Collection[int], user_ids: Collection[int] | None = None) -> set[Pair]:
    """(chat, user) for everybody who is in these chats, or for those of `user_ids`: three queries for any number."""
    # One filter over the many-valued key: a second one would be a second join.
    someone = {"group__user__isnull": False} if user_ids is None else {"group__user__in": user_ids}
    by_role = ChatAudience.objects.filter(chat__in=chat_ids, **someone)
    by_hand = ChatMember.objects.in_force().filter(chat__in=chat_ids)
    left = ChatState.objects.filter(chat__in=chat_ids, left_at__isnull=False)
    if user_ids is not None:
        by_hand, left = by_hand.filter(user__in=user_ids), left.filter(user__in=user_ids)
    meant = set(by_role.values_list("chat_id", "group__user__id")) | set(by_hand.values_list("chat_id", "user_id"))
    return meant - set(left.values_list("chat_id", "user_id"))


def adult_pairs(chat_ids: Collection[int]) -> list[tuple[int, int, Role]]:
    """(chat, user, role) of the staff who are in these chats, the first to answer for a chat first."""
    rows = adult_reasons(chat_ids)
    roles = RoleGroup.objects.filter(group__in={group for _chat, _user, group in rows})
    role_of = {group: Role(role) for group, role in roles.values_list("group_id", "role")}
    pairs = [(chat, user, role_of[group]) for chat, user, group in rows]
    return sorted(pairs, key=lambda row: (row[0], ADULT_ROLES.index(row[2]), row[1]))


def adult_reasons(chat_ids: Collection[int]) -> list[tuple[int, int, int]]:
    """(chat, user, group) of the staff who are in these chats: the groups by which they are there."""
    present = member_pairs(chat_ids)
    by_role = ChatAudience.objects.filter(
        chat__in=chat_ids, group__role_group__role__in=ADULT_ROLES, group__user__is_active=True
    ).values_list("chat_id", "group__user__id", "group_id")
    by_hand = (
        ChatMember.objects.in_force()
        .filter(chat__in=chat_ids, via__role_group__role__in=ADULT_ROLES, user__is_active=True)
        .values_list("chat_id", "user_id", "via_id")
    )
    return [row for row in (*by_role, *by_hand) if row[:2] in present]
