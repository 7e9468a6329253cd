"""Slips for many at once: the pupils or the parents of a class, the staff of the school (2.1, 2.5, 2.7)."""

from collections import defaultdict
from collections.abc import Collection

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from school.errors import Refusal
from school.models import Guardianship, Person, School, SchoolClass, StaffPosition
from school.rights import require

from ..models import CLASS_ROLES, STAFF_ROLES, Invite, InviteRole
from ..ranks import beyond, highest, require_to_invite
from .issuing import require_class, role_named
from .personal import Standing, issue

People = Collection[Person] | None


@transaction.atomic
def create_personal_invites(
    *, by: User, school_class: SchoolClass, role: str, people: People = None, reissue: bool = False
) -> list[Invite]:
    """Slips for all pupils of the class, or for all their parents, who have not joined, by name: good ones are kept.

    `people` narrows the list; with `reissue` the good ones are annulled and new ones made. A parent who holds a post
    above the actor's role is left out.
    """
    role = role_named(role)
    if role not in CLASS_ROLES:
        raise Refusal(_("A class has pupils and parents only."), code="wrong_role", field="role")
    require_class(school_class.school, school_class)
    require_to_invite(by, role, school_class.school, school_class)
    absent = _chosen(people_to_invite(school_class, role), people)
    left_out = beyond(by, school_class.school, absent)
    return issue(by, [Standing(p, role, school_class) for p in absent if p.pk not in left_out], reissue=reissue)


@transaction.atomic
def create_staff_invites(*, by: User, school: School, people: People = None, reissue: bool = False) -> list[Invite]:
    """Slips for the staff who have not joined, each in the highest of his posts; those above the actor are left out."""
    require(by, "invite_staff", school)
    absent = _chosen(staff_to_invite(school), people)
    left_out = beyond(by, school, absent)
    posts = StaffPosition.objects.active().filter(person__in=absent, kind__in=STAFF_ROLES)
    kinds: dict[int, list[str]] = defaultdict(list)
    for person, kind in posts.values_list("person", "kind"):
        kinds[person].append(kind)
    standings = [Standing(p, highest(kinds[p.pk]), None) for p in absent if p.pk not in left_out]
    return issue(by, standings, reissue=reissue)


def people_to_invite(school_class: SchoolClass, role: str) -> QuerySet[Person]:
    """The pupils of the class, or their parents, who have not joined."""
    pupils = Person.objects.present().filter(enrolments__school_class=school_class, enrolments__ends_on__isnull=True)
    if role == InviteRole.PUPIL:
        return pupils.filter(user__isnull=True)
    wards = Guardianship.objects.active().filter(pupil__in=pupils)
    return Person.objects.present().filter(user__isnull=True, pk__in=wards.values("guardian_id"))


def staff_to_invite(school: School) -> QuerySet[Person]:
    """Those who hold a post and have not joined."""
    posts = StaffPosition.objects.active().filter(school=school, kind__in=STAFF_ROLES)
    return Person.objects.present().filter(user__isnull=True, pk__in=posts.values("person_id"))


def _chosen(absent: QuerySet[Person], people: People) -> list[Person]:
    if people is not None and not people:
        raise Refusal(_("Choose at least one person."), code="nobody_chosen")
    return list(absent if people is None else absent.filter(pk__in=[person.pk for person in people]))
