"""Gives the demo school a past: the services have dated everything today, a school has lived for four weeks.

The only place of the demo that writes without a service, and it writes nothing but dates.
"""

import datetime as dt
import itertools
from collections.abc import Iterable
from typing import Any

from django.utils import timezone

from accounts.models import User
from chats.models import Chat
from invites.models import Invite, JoinRequest
from school.models import Activist, Enrolment, Guardianship, Homeroom, Person, School, StaffPosition, Teaching

from .stage import Stage

DAYS = 28
WAITING_DAYS = (8, 1, 5, 0, 4)  # of the teachers whose status is to be confirmed
FACTS: tuple[Any, ...] = (Activist, Enrolment, Guardianship, Homeroom, StaffPosition, Teaching)
ACTIVE_IN_A_WEEK = {"staff": 0.85, "parents": 0.7, "pupils": 0.6}


def age_school(stage: Stage) -> None:
    """The school was opened four weeks ago, its facts hold since the first of September or since then."""
    opened = timezone.now() - dt.timedelta(days=DAYS)
    School.objects.filter(pk=stage.school.pk).update(created_at=opened)
    Person.objects.filter(school=stage.school).update(created_at=opened)
    since = min(stage.school.current_year.starts_on, timezone.localdate())
    for fact in FACTS:
        fact.objects.filter(school=stage.school).update(starts_on=since)


def age_people(stage: Stage) -> None:
    """People joined day by day, most of them soon; some look in every day, some have not for weeks."""
    people = list(Person.objects.filter(school=stage.school).select_related("user").order_by("pk"))
    now = timezone.now()
    users, waiting = list[User](), itertools.cycle(WAITING_DAYS)
    for person in people:
        if person.verification_asked_at:
            person.verification_asked_at = now - dt.timedelta(days=next(waiting), minutes=person.pk % 600)
        if person.user:
            person.joined_at, person.user.last_seen_at = _presence(stage, _sort_of(stage, person), now)
            person.user.date_joined = person.joined_at
            users.append(person.user)
    Person.objects.bulk_update(people, ["verification_asked_at", "joined_at"], batch_size=200)
    User.objects.bulk_update(users, ["date_joined", "last_seen_at"], batch_size=200)


def age_invite(invite: Invite, *, created: int, expires: int | None = None) -> None:
    """The invite was made so many days ago, and its term ended so many days ago (a term to come is negative)."""
    now = timezone.now()
    dates = {"created_at": now - dt.timedelta(days=created)}
    if expires is not None:
        dates["expires_at"] = now - dt.timedelta(days=expires)
    Invite.objects.filter(pk=invite.pk).update(**dates)


def age_requests(requests: Iterable[JoinRequest], *, days: int) -> None:
    """The requests have been waiting so many days."""
    asked = timezone.now() - dt.timedelta(days=days)
    JoinRequest.objects.filter(pk__in=[request.pk for request in requests]).update(created_at=asked)


def age_chats(stage: Stage) -> None:
    """The chats are as old as the school on the portal."""
    Chat.objects.filter(school=stage.school).update(created_at=timezone.now() - dt.timedelta(days=DAYS - 1))


def _presence(stage: Stage, sort: str, now: dt.datetime) -> tuple[dt.datetime, dt.datetime]:
    """When somebody joined, and when he was here last: within the week, or before it."""
    joined_at = now - dt.timedelta(hours=1 + (1 - stage.random.random() ** 2) * (DAYS * 24 - 8))
    if stage.by_chance(ACTIVE_IN_A_WEEK[sort]):
        return joined_at, max(joined_at, now - dt.timedelta(minutes=stage.random.randint(3, 6 * 24 * 60)))
    week_ago = now - dt.timedelta(days=7, hours=1)
    joined_at = min(joined_at, week_ago - dt.timedelta(days=stage.random.randint(1, 15)))
    return joined_at, joined_at + (week_ago - joined_at) * stage.random.random()


def _sort_of(stage: Stage, person: Person) -> str:
    if person.pk in {one.pk for people in stage.staff.values() for one in people}:
        return "staff"
    return "pupils" if person.pk in stage.parents else "parents"
