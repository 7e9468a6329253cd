"""A new school year: the links of the old classes are annulled, slips and requests go along with their people.

A link left open would let somebody into a class that is over. A slip is of a person, and the person is in the new class.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.utils import timezone
from django.utils.translation import ngettext

from school.companions import noting
from school.eventlog import line, record_many
from school.models import Enrolment, EventKind, Guardianship, School
from school.succession import Foreseen, Foresight, Succession

from .models import Invite, JoinRequest

NEW_YEAR = "new_year"  # the reason why a link was annulled


@contextmanager
def follow(school: School, succession: Succession | None) -> Iterator[None]:
    """The invites' part of a new year; undone, they are put back as they were. See `school.succession`."""
    if succession:
        _carry_out(school, succession)
    yield


def _carry_out(school: School, succession: Succession) -> None:
    old = list(succession.classes)
    invites = list(
        Invite.objects.open().filter(school_class__in=old).select_related("school", "school_class", "person")
    )
    requests = list(JoinRequest.objects.waiting().filter(school_class__in=old).order_by("pk"))
    rows = (
        Invite.objects.filter(pk__in=[invite.pk for invite in invites]),
        JoinRequest.objects.filter(pk__in=[request.pk for request in requests]),
    )
    with noting(succession.act, *rows):
        places = _places([invite.person_id for invite in invites if invite.person_id])
        over = [invite for invite in invites if invite.person_id not in places]
        _annul(over, succession)
        _move(invites, places)
        _carry_requests(requests, succession)


def _places(people: list[int]) -> dict[int | None, int]:
    """The class of each of these pupils, and of a child of each of these parents, as it is now."""
    ties = list(Guardianship.objects.active().filter(guardian__in=people).values_list("guardian_id", "pupil_id"))
    enrolled = Enrolment.objects.active().filter(person__in=[*people, *(pupil for _guardian, pupil in ties)])
    classes: dict[int | None, int] = dict(enrolled.values_list("person_id", "school_class_id"))
    return classes | {guardian: classes[pupil] for guardian, pupil in ties if pupil in classes}


def _annul(invites: list[Invite], succession: Succession) -> None:
    """The links of the classes, and the slips of those who are in no class any more."""
    marks = {"annulled_at": timezone.now(), "annulled_by": succession.by, "annul_reason": NEW_YEAR}
    Invite.objects.filter(pk__in=[invite.pk for invite in invites]).update(**marks)
    record_many(
        line(EventKind.INVITE_ANNULLED, by=succession.by, school=i.school, subject=i, person=i.person) for i in invites
    )


def _move(invites: list[Invite], places: dict[int | None, int]) -> None:
    moved = [invite for invite in invites if invite.person_id in places]
    for invite in moved:
        invite.school_class_id = places[invite.person_id]
    Invite.objects.bulk_update(moved, ["school_class"], batch_size=500)


def _carry_requests(requests: list[JoinRequest], succession: Succession) -> None:
    """Who waits at the door of a class waits at that of its successor; at two doors that become one, once."""
    moved: dict[tuple[int, str, int], JoinRequest] = {}
    for request in requests:
        successor = succession.classes[request.school_class_id or 0]
        if successor and (key := (request.user_id, request.role, successor.pk)) not in moved:
            request.school_class = successor
            moved[key] = request
    JoinRequest.objects.bulk_update(moved.values(), ["school_class"], batch_size=500)


def foresee(foresight: Foresight) -> Foreseen:
    """How many links will be annulled."""
    links = Invite.objects.in_state("active").filter(school_class__in=foresight.classes, person__isnull=True)
    return Foreseen([links], _annulled)


def _annulled(count: int) -> list[str]:
    words = ngettext(
        "%(count)s link to a class of the old year is annulled; personal slips stay good.",
        "%(count)s links to classes of the old year are annulled; personal slips stay good.",
        count,
    )
    return [words % {"count": count}] if count else []
