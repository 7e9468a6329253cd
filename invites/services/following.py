"""Personal invites follow the person when the lists change: a slip in a family's hands stays good, or is annulled.

Who moves to another class keeps his slip, and so do his parents: it is for him and not for the class, and a slip that
was handed out is not printed again because of an order. Who has left, or is in the role no more, has his annulled. A link
once annulled does not come back to life: undoing the movement leaves it annulled, and a new one is a click away.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from school.eventlog import line, record_many
from school.models import Enrolment, EventKind, Guardianship, School, SchoolClass, StaffPosition

from ..models import Invite, InviteRole

_NOWHERE = -1


@dataclass(frozen=True)
class _Lists:
    """What the facts say of these people now: the pupil's class, the children's classes, the positions."""

    classes: dict[int, int]
    of_children: dict[int, list[int]]
    positions: set[tuple[int, str]]

    def place_of(self, invite: Invite) -> int | None:
        """The class to which the invite leads now, None for one of the staff, `_NOWHERE` where the role has gone."""
        person = invite.person_id or 0
        if invite.role == InviteRole.PUPIL:
            return self.classes.get(person, _NOWHERE)
        if invite.role == InviteRole.PARENT:
            children = self.of_children.get(person, [])
            same = invite.school_class_id if invite.school_class_id in children else None
            return same or next(iter(children), _NOWHERE)
        held = {kind for holder, kind in self.positions if holder == person}
        good = bool(held) if invite.role == InviteRole.ADMINISTRATOR else invite.role in held
        return None if good else _NOWHERE


@transaction.atomic
def follow_people(by: User, school: School, people: Collection[int] | None) -> list[str]:
    """Let the open personal invites of these people lead where the lists have them now; returns what was done, in words.

    Called in the transaction of a movement, and with None, for the whole school, in that of an undoing. A fixed number of
    queries.
    """
    open_ = Invite.objects.in_state("active").filter(school=school, person__isnull=False)
    if people is not None:
        open_ = open_.filter(person__in=people)
    invites = list(open_.select_for_update(of=("self",)).select_related("person", "school_class").order_by("pk"))
    if not invites:
        return []
    lists = _lists({invite.person_id or 0 for invite in invites})
    places = {invite.pk: lists.place_of(invite) for invite in invites}
    ended = [invite for invite in invites if places[invite.pk] == _NOWHERE]
    moved = [invite for invite in invites if places[invite.pk] not in (_NOWHERE, invite.school_class_id)]
    kind = EventKind.MOVEMENT_CARRIED_OUT if people is not None else EventKind.MOVEMENT_UNDONE
    return [*_move(by, school, moved, places, kind), *_annul(by, school, ended)]


def _lists(people: set[int]) -> _Lists:
    ties = Guardianship.objects.active().filter(guardian__in=people).order_by("pk").values_list("guardian", "pupil")
    children = defaultdict(list)
    for parent, child in ties:
        children[parent].append(child)
    pupils = people.union(*children.values()) if children else people
    enrolled = Enrolment.objects.active().filter(person__in=pupils)
    classes = dict(enrolled.values_list("person_id", "school_class_id"))
    positions = StaffPosition.objects.active().filter(person__in=people).values_list("person_id", "kind")
    of_children = {parent: [classes[child] for child in own if child in classes] for parent, own in children.items()}
    return _Lists(classes, of_children, set(positions))


def _move(by: User, school: School, invites: list[Invite], places: dict[int, int | None], kind: EventKind) -> list[str]:
    """Logged as part of the movement or of its undoing, with the class before and after."""
    classes = SchoolClass.objects.in_bulk({place for place in places.values() if place})
    events, said = [], []
    for invite in invites:
        before, invite.school_class = invite.school_class, classes[places[invite.pk] or 0]
        old, new = {"class": str(before or "")}, {"class": str(invite.school_class)}
        events.append(line(kind, by=by, school=school, subject=invite, person=invite.person, old=old, new=new))
        words = {"name": invite.person, "role": invite.get_role_display(), "class": invite.school_class}
        said.append(_("The slip of %(name)s (%(role)s) stays good and leads to %(class)s now.") % words)
    Invite.objects.bulk_update(invites, ["school_class"])
    record_many(events)
    return said


def _annul(by: User, school: School, invites: list[Invite]) -> list[str]:
    reason = _("the role has ended")
    Invite.objects.filter(pk__in=[invite.pk for invite in invites]).update(
        annulled_at=timezone.now(), annulled_by=by, annul_reason=reason
    )
    kind, new = EventKind.INVITE_ANNULLED, {"reason": reason}
    record_many(line(kind, by=by, school=school, subject=i, person=i.person, new=new) for i in invites)
    return [
        _("The slip of %(name)s (%(role)s) is annulled.") % {"name": i.person, "role": i.get_role_display()}
        for i in invites
    ]
