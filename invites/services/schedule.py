"""What the clock does to invites: expiry by term, annulment of the unclaimed (2.1). In batches, each a transaction.

A batch finds its own work and marks it, so running twice, or in two workers at once, does nothing twice.
"""

import datetime as dt

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from school.eventlog import line, record_many
from school.models import EventKind, School

from ..models import Invite
from ..models.invites import UNCLAIMED, InviteQuerySet

BATCH = 1000


def expire_due(*, now: dt.datetime | None = None, batch: int = BATCH) -> int:
    """Mark one batch of the invites whose term is over. Returns how many."""
    now = now or timezone.now()
    due = Invite.objects.open().filter(expires_at__lte=now).order_by("expires_at")
    return _close(due, EventKind.INVITE_EXPIRED, batch, expired_at=now)


def annul_unclaimed(*, now: dt.datetime | None = None, batch: int = BATCH) -> int:
    """Annul one batch of the invites that nobody used within their school's number of days. Returns how many."""
    now = now or timezone.now()
    for days in School.objects.order_by("unclaimed_days").values_list("unclaimed_days", flat=True).distinct():
        due = Invite.objects.unclaimed().filter(
            school__unclaimed_days=days, created_at__lte=now - dt.timedelta(days=days)
        )
        closed = _close(
            due.order_by("created_at"), EventKind.INVITE_ANNULLED, batch, annulled_at=now, annul_reason=UNCLAIMED
        )
        if closed:
            return closed
    return 0


def about_to_be_annulled(invites: InviteQuerySet, school: School, *, within: dt.timedelta) -> InviteQuerySet:
    """Those of the invites that the schedule will annul as unclaimed within this time, the next one first.

    An invite whose own term ends before that is not among them.
    """
    kept = dt.timedelta(days=school.unclaimed_days)
    limit = timezone.now() + within - kept
    due = invites.unclaimed().filter(school=school, created_at__lte=limit, expires_at__gt=timezone.now())
    return due.filter(expires_at__gt=F("created_at") + kept).order_by("created_at")


def _close(due: QuerySet[Invite], kind: EventKind, batch: int, **marks: object) -> int:
    with transaction.atomic():
        locked = due.select_for_update(skip_locked=True, of=("self",))
        chosen = list(locked.select_related("school", "school_class", "person")[:batch])
        Invite.objects.filter(pk__in=[invite.pk for invite in chosen]).update(**marks)
        new = {"reason": marks.get("annul_reason", "")} if "annul_reason" in marks else {}
        record_many(line(kind, by=None, school=i.school, subject=i, person=i.person, new=new) for i in chosen)
    return len(chosen)
