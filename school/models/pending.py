"""Acts that need a second pair of hands: proposed by one, approved by another, or carried out when their day has come."""

import datetime as dt
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from ..querysets import rights_q
from .organisation import School

_WAITING = {"carried_out_at__isnull": True, "cancelled_at__isnull": True, "failed_at__isnull": True}


class PendingActQuerySet(models.QuerySet["PendingAct"]):
    def waiting(self) -> Self:
        return self.filter(**_WAITING)

    def ended(self) -> Self:
        """Carried out, cancelled or failed."""
        return self.exclude(**_WAITING)

    def due(self, now: dt.datetime) -> Self:
        """Those whose delay is over and that nobody has cancelled."""
        return self.waiting().filter(due_at__lte=now)

    def visible_to(self, user: Any) -> Self:
        """The acts of the schools in which the user may approve, and those that he proposed himself."""
        own = Q(proposed_by=user, school__in=user.persons.present().values("school_id"))
        return self.filter(own | rights_q(user, "approve_acts", school="school_id"))

    def with_names(self) -> Self:
        return self.select_related("school", "proposed_by", "approved_by", "cancelled_by")


class PendingAct(models.Model):
    """What is to be done, by whom it was proposed, and what became of it. `kind` is registered in `school.acts`."""

    school = models.ForeignKey(School, on_delete=models.CASCADE, related_name="pending_acts")
    kind = models.CharField(max_length=40)
    payload = models.JSONField(default=dict)
    summary = models.CharField(max_length=300)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    due_at = models.DateTimeField()
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    cancelled_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    cancelled_at = models.DateTimeField(null=True)
    carried_out_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=300, blank=True)

    objects = PendingActQuerySet.as_manager()

    class Meta:
        verbose_name = _("act of two")
        ordering = ["-proposed_at", "-pk"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(name="act_is_due_after_it_is_proposed", condition=Q(due_at__gt=F("proposed_at"))),
            models.CheckConstraint(
                name="act_is_approved_by_another_and_carried_out",
                condition=Q(approved_by__isnull=True, approved_at__isnull=True)
                | Q(approved_by__isnull=False, approved_at__isnull=False, carried_out_at__isnull=False)
                & ~Q(approved_by=F("proposed_by")),
            ),
            models.CheckConstraint(
                name="act_is_cancelled_by_somebody",
                condition=Q(cancelled_by__isnull=True, cancelled_at__isnull=True)
                | Q(cancelled_by__isnull=False, cancelled_at__isnull=False),
            ),
            models.CheckConstraint(
                name="act_fails_for_a_reason",
                condition=Q(failed_at__isnull=True, failure="") | Q(failed_at__isnull=False) & ~Q(failure=""),
            ),
            models.CheckConstraint(
                name="act_ends_once",
                condition=Q(cancelled_at__isnull=True, failed_at__isnull=True)
                | Q(carried_out_at__isnull=True, failed_at__isnull=True)
                | Q(carried_out_at__isnull=True, cancelled_at__isnull=True),
            ),
        ]
        indexes = [
            models.Index(fields=["school", "-proposed_at"], name="pending_acts_of_a_school"),
            models.Index(
                fields=["due_at"],
                name="acts_that_wait",
                condition=Q(**_WAITING),
            ),
        ]

    def __str__(self) -> str:
        return self.summary

    @property
    def is_waiting(self) -> bool:
        return not (self.carried_out_at or self.cancelled_at or self.failed_at)
