"""Who will be in a chat that is not there yet, and among whom its creator chooses."""

from collections import defaultdict
from collections.abc import Collection

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import User
from school.models import Enrolment, GroupMembership, Guardianship, Homeroom, Person, RoleGroup, Teaching
from school.regulation import Role

from .kinds import ChatKind
from .members import Scope, audience_of, candidate_groups, candidates
from .querysets import InGroup


def audience_people(rule: ChatKind, scope: Scope) -> tuple[list[Person], int]:
    """The people of an automatic chat who have joined, and how many of its lists have not joined yet."""
    groups = audience_of(rule, scope)
    users = InGroup.objects.filter(group__in=[group.group_id for group in groups]).values("user_id")
    school = groups[0].school_id
    joined = list(Person.objects.filter(school=school, user__in=users))
    listed = Person.objects.present().filter(_by_lists(groups), school=school, user__isnull=True)
    return joined, listed.count()


def _by_lists(groups: list[RoleGroup]) -> Q:
    """The people whom the facts will put into these groups of a class when they join."""
    condition = Q(pk__in=[])
    for group in groups:
        enrolled = Enrolment.objects.active().filter(school_class=group.school_class_id)
        me = OuterRef("pk")
        facts = {
            Role.CLASS_PUPIL: enrolled.filter(person=me),
            Role.CLASS_PARENT: Guardianship.objects.active().filter(
                guardian=me, pupil__in=enrolled.values("person_id")
            ),
            Role.GROUP_PUPIL: GroupMembership.objects.active().filter(person=me, study_group=group.study_group_id),
            Role.HOMEROOM: Homeroom.objects.active().filter(person=me, school_class=group.school_class_id),
            Role.GROUP_TEACHER: Teaching.objects.active().filter(person=me, study_group=group.study_group_id),
            Role.CLASS_TEACHER: Teaching.objects.active().filter(
                person=me, study_group__school_class=group.school_class_id
            ),
        }
        fact = facts.get(Role(group.role))
        if fact is not None:
            condition |= Q(Exists(fact))
    return condition


Choice = list[tuple[str, list[Person]]]


def people_of(choice: Choice) -> QuerySet[Person]:
    return Person.objects.filter(pk__in=[person.pk for _label, people in choice for person in people])


def choice_by_role(rule: ChatKind, scope: Scope, by: User, without: Collection[int] = ()) -> Choice:
    """The candidates under the name of the role by which each can be chosen, in the order of the rule.

    `without` are the ids of users who are not offered.
    """
    groups = {g.group_id: Role(g.role) for g in candidate_groups(rule, scope, by)}
    people = {p.user_id: p for p in candidates(rule, scope, by) if p.user_id and p.user_id not in without}
    order = list(dict.fromkeys([*rule.candidates, *groups.values()]))
    roles: dict[int, Role] = {}
    for user, group in InGroup.objects.filter(group__in=groups, user__in=people).values_list("user_id", "group_id"):
        role = groups[group]
        roles[user] = min(role, roles.get(user, role), key=order.index)
    by_role: dict[Role, list[Person]] = defaultdict(list)
    for user, person in people.items():
        by_role[roles[user]].append(person)
    return [(str(role.label), by_role[role]) for role in sorted(by_role, key=order.index)]
