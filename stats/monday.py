"""The director's Monday page: what has changed in a week, by dates that the tables hold. One query."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from invites.models import JoinRequest
from school.models import Enrolment, Guardianship, Movement, Person, School, StaffPosition
from school.queries import number_of

from .figures import Share, Who

WEEK = 7
Kind = Movement.Kind
MOVED: dict[str, tuple[Promise, list[str]]] = {
    "came": (pgettext_lazy("in a week", "arrived"), [Kind.ENROLLED, Kind.ARRIVED]),
    "moved": (pgettext_lazy("in a week", "moved between classes"), [Kind.TRANSFERRED]),
    "left": (pgettext_lazy("in a week", "left the school"), [Kind.LEFT, Kind.GRADUATED]),
    "hired": (pgettext_lazy("in a week", "hired"), [Kind.HIRED]),
    "dismissed": (pgettext_lazy("in a week", "dismissed"), [Kind.DISMISSED]),
}
REQUESTS = {
    "asked": pgettext_lazy("in a week", "came"),
    "approved": pgettext_lazy("in a week", "approved"),
    "rejected": pgettext_lazy("in a week", "rejected"),
}


@dataclass(frozen=True)
class Week:
    """The people who have joined of those in the lists, and what came in the week: (what, how many), without zeros."""

    since: dt.date
    shares: list[tuple[Who, Share, int]]
    requests: list[tuple[Promise, int]]
    movement: list[tuple[Promise, int]]


def week_of(school: School) -> Week:
    """The last seven days."""
    since = timezone.localdate() - dt.timedelta(days=WEEK)
    numbers = _numbers(school, since)
    shares = [
        (who, Share("", numbers[f"joined_{who}"], numbers[f"listed_{who}"]), numbers[f"new_{who}"])
        for who in Who
        if numbers[f"listed_{who}"]
    ]
    return Week(
        since=since,
        shares=shares,
        requests=[(label, numbers[name]) for name, label in REQUESTS.items() if numbers[name]],
        movement=[(label, numbers[name]) for name, (label, _kinds) in MOVED.items() if numbers[name]],
    )


def _numbers(school: School, since: dt.date) -> dict[str, int]:
    moment = timezone.make_aware(dt.datetime.combine(since, dt.time()))
    requests = JoinRequest.objects.filter(school=school)
    decided = requests.filter(decided_at__gte=moment)
    counted: dict[str, QuerySet] = {
        "asked": requests.filter(created_at__gte=moment),
        "approved": decided.filter(status=JoinRequest.Status.APPROVED),
        "rejected": decided.filter(status=JoinRequest.Status.REJECTED),
    }
    for who, ids in _ids(school).items():
        people = Person.objects.present().filter(pk__in=ids)
        joined = people.filter(user__isnull=False)
        counted |= {
            f"listed_{who}": people,
            f"joined_{who}": joined,
            f"new_{who}": joined.filter(joined_at__gte=moment),
        }
    journal = Movement.objects.standing().filter(school=school, happened_on__gte=since)
    for name, (_label, kinds) in MOVED.items():
        counted[name] = journal.filter(kind__in=kinds)
    numbers = {name: number_of(rows) for name, rows in counted.items()}
    answer: Any = School.objects.filter(pk=school.pk).values(**numbers).get()
    return answer


def _ids(school: School) -> dict[Who, QuerySet]:
    return {
        Who.STAFF: StaffPosition.objects.active().filter(school=school).values("person_id"),
        Who.PUPILS: Enrolment.objects.active().filter(school=school).values("person_id"),
        Who.PARENTS: Guardianship.objects.active().filter(school=school).values("guardian_id"),
    }
