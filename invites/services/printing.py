"""Slips are printed: made where they are missing, made anew where it is asked for, noted in the event log (2.1).

The PDF holds what opens the school, so it is given to who ordered it and never kept, except that of a whole school
(`services.prints`), for a day.
"""

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from school.errors import Refusal
from school.eventlog import record
from school.models import EventKind, Person, School, SchoolClass

from .. import paper
from ..models import Invite
from ..slip_words import common_words, slips_of
from .personal import create_personal_invite
from .slips import People, create_personal_invites, create_staff_invites


def print_class_slips(
    *, by: User, school_class: SchoolClass, role: str, people: People = None, reissue: bool = False
) -> bytes:
    """The PDF of the slips of a class for its pupils or its parents. Raises `Refusal` when there is nobody to invite."""

    def issue() -> list[Invite]:
        return create_personal_invites(by=by, school_class=school_class, role=role, people=people, reissue=reissue)

    return _print(by, school_class, issue, {"class": str(school_class), "role": role, "reissue": reissue})


def print_staff_slips(*, by: User, school: School, people: People = None, reissue: bool = False) -> bytes:
    """The PDF of the slips of the staff, those above the actor's own role left out."""

    def issue() -> list[Invite]:
        return create_staff_invites(by=by, school=school, people=people, reissue=reissue)

    return _print(by, school, issue, {"reissue": reissue})


def print_person_slip(*, by: User, person: Person, reissue: bool = False) -> bytes:
    """The PDF of one slip, from the card of the person."""

    def issue() -> list[Invite]:
        return [create_personal_invite(by=by, person=person, reissue=reissue)]

    return _print(by, person, issue, {"reissue": reissue})


def _print(
    by: User, subject: School | SchoolClass | Person, issue: Callable[[], list[Invite]], new: dict[str, Any]
) -> bytes:
    school = subject if isinstance(subject, School) else subject.school
    with transaction.atomic():
        invites = issue()
        if not invites:
            raise Refusal(_("There is nobody here to print a slip for."), code="nobody_to_invite")
        log_print(by, school, subject, {"slips": len(invites), **new})
    return paper.draw(slips_of(invites), common_words(school.short_name))


def log_print(by: User, school: School, subject: Any, new: dict[str, Any]) -> None:
    record(EventKind.SLIPS_PRINTED, by=by, school=school, subject=subject, new=new)
