"""Expiry by term and annulment of the unclaimed (2.1): in batches, logged, safe to run twice."""

import datetime as dt
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from invites import tasks
from invites.models import Invite
from invites.services import schedule
from school.models import Event, EventKind, School
from tests.invites.worlds import Class7B, make_7b, mother, use

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> Class7B:
    return make_7b()


def age(invite: Invite, *, days: int, term: int = 14) -> Invite:
    """As if the invite had been made so many days ago."""
    created = timezone.now() - dt.timedelta(days=days)
    Invite.objects.filter(pk=invite.pk).update(created_at=created, expires_at=created + dt.timedelta(days=term))
    invite.refresh_from_db()
    return invite


def many(world: Class7B, count: int, **fields: Any) -> None:
    created = timezone.now() - dt.timedelta(days=15)
    fields = {"created_at": created, "expires_at": created + dt.timedelta(days=14), **fields}
    Invite.objects.bulk_create(
        Invite(
            school=world.school,
            role="parent",
            school_class=world.school_class,
            nonce=str(number),
            created_by=world.homeroom,
            **fields,
        )
        for number in range(count)
    )


def test_what_is_due_expires_and_is_logged_without_an_actor(world: Class7B) -> None:
    due, good = age(world.link(), days=15), world.link()
    assert tasks.expire_due() == 1
    assert tasks.expire_due() == 0
    due.refresh_from_db()
    good.refresh_from_db()
    assert due.expired_at
    assert (due.state, good.state) == ("expired", "active")
    event = Event.objects.get(kind=EventKind.INVITE_EXPIRED)
    assert (event.actor, event.subject_id, event.school) == (None, due.pk, world.school)


def test_an_invite_that_is_due_is_refused_before_the_clock_came_round(world: Class7B) -> None:
    due = age(world.link(), days=15)
    assert due.expired_at is None
    assert due.state == "expired"
    assert list(Invite.objects.in_state("expired")) == [due]


def test_a_sweep_goes_on_until_nothing_is_due(world: Class7B) -> None:
    many(world, 7)
    sizes = []
    while closed := schedule.expire_due(batch=3):
        sizes.append(closed)
    assert sizes == [3, 3, 1]
    assert Event.objects.filter(kind=EventKind.INVITE_EXPIRED).count() == 7


def test_a_batch_costs_the_same_for_three_and_for_sixty(world: Class7B) -> None:
    counts = []
    for number in (3, 60):
        many(world, number)
        with CaptureQueriesContext(connection) as queries:
            assert schedule.expire_due() == number
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 5


def test_the_unclaimed_are_annulled_after_the_schools_number_of_days(world: Class7B) -> None:
    School.objects.filter(pk=world.school.pk).update(unclaimed_days=5)
    old, young, elsewhere = age(world.link(), days=6), age(world.link(), days=4), age(make_7b().link(), days=6)
    used = world.link()
    use(used, answers=mother())
    age(used, days=6)
    assert tasks.annul_unclaimed() == 1
    assert tasks.annul_unclaimed() == 0
    for invite in (old, young, elsewhere, used):
        invite.refresh_from_db()
    assert [invite.state for invite in (old, young, elsewhere, used)] == ["annulled", "active", "active", "active"]
    assert (old.annulled_by, old.annul_reason) == (None, "unclaimed")
    event = Event.objects.get(kind=EventKind.INVITE_ANNULLED)
    assert (event.actor, event.new["reason"]) == (None, "unclaimed")


def test_the_list_of_what_goes_next_is_shown_beforehand(world: Class7B) -> None:
    School.objects.filter(pk=world.school.pk).update(unclaimed_days=5)
    world.school.refresh_from_db()
    soon, later, ends_itself = age(world.link(), days=4), age(world.link(), days=1), age(world.link(), days=3, term=4)
    listed = schedule.about_to_be_annulled(Invite.objects.all(), world.school, within=dt.timedelta(days=2))
    assert list(listed) == [soon]
    assert later not in listed
    assert ends_itself not in listed


def test_the_beat_runs_both_every_minute() -> None:
    for task in ("invites.tasks.expire_due", "invites.tasks.annul_unclaimed"):
        entries = [entry for entry in settings.CELERY_BEAT_SCHEDULE.values() if entry["task"] == task]
        assert [entry["schedule"] for entry in entries] == [dt.timedelta(minutes=1)]
