"""Many people leave the school at once: up to thirty by one pair of hands, more by two (2.1 «движение»)."""

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.models import User

from ..errors import Refusal
from ..models import PendingAct, Person, School
from ..rights import require
from ..roles import lock_roster
from .acts import propose_act
from .movements import remove_together
from .roster import require_over_all

MOST_AT_ONCE = 30
REMOVAL = "remove_people"  # the kind of act (`school.acts`)


@transaction.atomic
def remove_people(
    *,
    by: User,
    school: School,
    people: Collection[Person],
    reason: str = "",
    order_number: str = "",
    order_date: dt.date | None = None,
) -> PendingAct | None:
    """The people leave the school, each as by `people.remove_person`; those who have left already are passed over.

    More than `MOST_AT_ONCE` wait for a second administrator: the `PendingAct` is returned, None when it is done. Raises
    `Refusal` when there is nobody to remove, or an administrator among them.
    """
    require(by, "manage_people", school)
    lock_roster(school.pk)
    leaving = _leaving(school, [person.pk for person in people])
    require_over_all(by=by, people=leaving)
    order = {"order_number": order_number.strip(), "order_date": order_date}
    if len(leaving) <= MOST_AT_ONCE:
        remove_together(by=by, school=school, people=leaving, reason=reason, order=order)
        return None
    words = ngettext("Remove from the school: %(n)s person", "Remove from the school: %(n)s people", len(leaving))
    return propose_act(
        by=by,
        school=school,
        kind=REMOVAL,
        payload={
            "people": [person.pk for person in leaving],
            "names": [person.full_name for person in leaving],
            "reason": reason.strip()[:300],
            "order_number": order["order_number"],
            "order_date": order_date.isoformat() if order_date else None,
        },
        summary=words % {"n": len(leaving)},
    )


def carry_out_removal(by: User, school: School, payload: dict[str, Any]) -> None:
    """What was proposed is done to those who are still there; an administrator among them stops it all."""
    require(by, "manage_people", school)
    lock_roster(school.pk)
    leaving = _leaving(school, payload["people"])
    require_over_all(by=by, people=leaving)
    date = dt.date.fromisoformat(payload["order_date"]) if payload["order_date"] else None
    order = {"order_number": payload["order_number"], "order_date": date}
    remove_together(by=by, school=school, people=leaving, reason=payload["reason"], order=order)


def _leaving(school: School, ids: Sequence[int]) -> list[Person]:
    people = list(Person.objects.present().filter(school=school, pk__in=ids))
    if not people:
        raise Refusal(_("Choose at least one person who is in the school."), code="nobody_chosen")
    for person in people:
        person.school = school
    return people
