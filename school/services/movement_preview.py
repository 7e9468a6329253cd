"""What a movement would do, found by doing it and rolling back: nothing is written, announced or kept."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User

from .. import consequences
from ..models import Movement, Person, RoleGroup, School, SchoolClass
from ..projection import facts_to_pairs, with_families
from ..regulation import Role
from ..roles import role_groups
from .movements import MOVING, REMOVING, Document, carry_out

Groups = dict[int, set[int]]  # person → `auth` groups


@dataclass(frozen=True)
class PersonLine:
    """One person of the movement: from where, to where, and which roles end («классный руководитель · 7Б»)."""

    person: Person
    from_class: SchoolClass | None
    to_class: SchoolClass | None
    loses: list[str]


@dataclass(frozen=True)
class MovementPreview:
    """`consequences` are what chats and invites tell, `warnings` what to look at first; `ends`: roles of these people end."""

    lines: list[PersonLine]
    consequences: list[str]
    warnings: list[str]
    ends: bool


def preview_movement(*, by: User, school: School, document: Document, people: Iterable[Person]) -> MovementPreview:
    """Raises what `carry_out_movement` would raise."""
    chosen = list(people)
    with transaction.atomic():
        families = with_families(person.pk for person in chosen)
        before = _groups(school, families)
        done = carry_out(by=by, school=school, document=document, people=chosen, approved=True)
        concerned = families | done.concerned
        shift = _shift(school, before, _groups(school, concerned))
        preview = _describe(document, done.lines, shift, done.followed)
        transaction.set_rollback(True)
    return preview


def _groups(school: School, people: set[int]) -> Groups:
    """The role groups that the facts give to these people, as if all had joined."""
    by_key = {key: group for group, key in role_groups(school).items()}
    groups: Groups = defaultdict(set)
    for person, key in facts_to_pairs(school, people, who="id"):
        groups[person].add(by_key[key])
    return groups


def _shift(school: School, before: Groups, after: Groups) -> consequences.Shift:
    everybody = before.keys() | after.keys()
    lost = {person: before.get(person, set()) - after.get(person, set()) for person in everybody}
    gained = {person: after.get(person, set()) - before.get(person, set()) for person in everybody}
    return consequences.Shift(
        school,
        Person.objects.in_bulk(everybody),
        {person: groups for person, groups in lost.items() if groups},
        {person: groups for person, groups in gained.items() if groups},
    )


def _describe(
    document: Document, lines: list[Movement], shift: consequences.Shift, followed: list[str]
) -> MovementPreview:
    groups = set().union(*shift.lost.values(), *shift.gained.values())
    found = RoleGroup.objects.filter(group__in=groups).select_related("school_class", "study_group__subject")
    role_of = {group.group_id: group for group in found}
    ends = document.kind in REMOVING
    people = [
        PersonLine(
            line.person,
            line.from_class,
            line.to_class,
            sorted(_name(role_of[group]) for group in shift.lost.get(line.person.pk, ())) if ends else [],
        )
        for line in lines
    ]
    warnings = [*_of_document(document, lines), *_of_groups(document, shift, role_of), *_of_parents(shift, lines)]
    return MovementPreview(people, [*consequences.told(shift), *followed], warnings, ends)


def _name(group: RoleGroup) -> str:
    return " · ".join(str(part) for part in (group.get_role_display(), group.school_class, group.study_group) if part)


def _of_document(document: Document, lines: list[Movement]) -> list[str]:
    found = []
    if not document.order.get("order_number"):
        found.append(_("The order has no number: the report will show none."))
    if document.kind == Movement.Kind.TRANSFERRED and document.to_class:
        others = {line.from_class.name for line in lines if line.from_class and _differ(line.from_class, document)}
        if others:
            words = {"before": ", ".join(sorted(others)), "after": document.to_class}
            found.append(_("Another parallel: from %(before)s to %(after)s.") % words)
    return found


def _differ(from_class: SchoolClass, document: Document) -> bool:
    return document.to_class is not None and from_class.parallel != document.to_class.parallel


def _of_groups(document: Document, shift: consequences.Shift, role_of: dict[int, RoleGroup]) -> list[str]:
    """Classes that lose their homeroom teacher, groups that lose a teacher, parts of classes that pupils leave."""
    places: dict[str, list[str]] = defaultdict(list)
    for pk in sorted({group for groups in shift.lost.values() for group in groups}):
        group = role_of[pk]
        places[group.role].append(", ".join(str(part) for part in (group.school_class, group.study_group) if part))
    texts = {
        Role.HOMEROOM: _("Left without a homeroom teacher: %(places)s."),
        Role.GROUP_TEACHER: _("Left by this teacher: %(places)s."),
    }
    if document.kind in MOVING:
        texts[Role.GROUP_PUPIL] = _("Parts of the class are left, choose those of the new one by hand: %(places)s.")
    return [text % {"places": "; ".join(places[role])} for role, text in texts.items() if places[role]]


def _of_parents(shift: consequences.Shift, lines: list[Movement]) -> list[str]:
    """Parents whom nothing ties to the school any more."""
    own = {line.person.pk for line in lines}
    losing = [pk for pk in shift.lost if pk not in own]
    parent_group = RoleGroup.objects.filter(school=shift.school, role=Role.PARENT).values_list("group_id", flat=True)
    gone = [pk for pk in losing if shift.lost[pk] & set(parent_group)]
    if not gone:
        return []
    names = ", ".join(sorted(shift.people[pk].short_name for pk in gone))
    return [
        _("Parents who have no other child in the school lose its chats and channels: %(names)s") % {"names": names}
    ]
