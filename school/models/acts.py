"""Acts that can be taken back: what a movement, an import or a rollover changed, row by row."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .organisation import School

UNDO_DAYS = 14


class ActQuerySet(models.QuerySet["Act"]):
    def visible_to(self, user: Any) -> "ActQuerySet":
        """The acts of the schools whose movement the user keeps."""
        from ..querysets import rights_q

        return self.filter(rights_q(user, "manage_people", school="school_id"))

    def standing(self) -> "ActQuerySet":
        """The acts that were not taken back."""
        return self.filter(undone_at__isnull=True)


class Act(models.Model):
    """One act on the lists of a school, carried out in one transaction; it can be taken back for `UNDO_DAYS` days."""

    class Kind(models.TextChoices):
        MOVEMENT = "movement", _("movement")
        IMPORT = "import", _("import")
        ROLLOVER = "rollover", _("new school year")

    school = models.ForeignKey(School, on_delete=models.CASCADE, related_name="acts")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    title = models.CharField(max_length=300)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    done_at = models.DateTimeField(default=timezone.now)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    undone_at = models.DateTimeField(null=True, blank=True)

    objects = ActQuerySet.as_manager()

    class Meta:
        verbose_name = _("act")
        ordering = ["-done_at", "-pk"]
        default_permissions = ()
        indexes = [models.Index(fields=["school", "kind", "-done_at"], name="acts_of_a_school")]
        constraints = [
            models.CheckConstraint(
                name="who_undid_an_act_is_known_with_the_moment",
                condition=Q(undone_at__isnull=True, undone_by__isnull=True)
                | Q(undone_at__isnull=False, undone_by__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def undo_until(self) -> dt.datetime:
        return self.done_at + dt.timedelta(days=UNDO_DAYS)

    @property
    def can_be_undone(self) -> bool:
        """Whether it is early enough; what has changed since is seen only by trying (`school.undo`)."""
        return self.undone_at is None and timezone.now() < self.undo_until


class ActRow(models.Model):
    """One row that an act made (`before` is null), changed (both hold the changed fields) or deleted (`after` is null)."""

    act = models.ForeignKey(Act, on_delete=models.CASCADE, related_name="rows")
    model = models.CharField(max_length=40)
    row_id = models.BigIntegerField()
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["act", "model", "row_id"], name="one_line_of_an_act_for_a_row"),
            models.CheckConstraint(
                name="a_line_of_an_act_tells_of_a_change", condition=Q(before__isnull=False) | Q(after__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.model} {self.row_id}"
