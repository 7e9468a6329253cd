"""An order to print the slips of a whole school: the row is the work to do, the task only does it."""

from pathlib import Path
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

from school.models import School
from school.querysets import rights_q

from .invites import CLASS_ROLES, InviteRole

if TYPE_CHECKING:
    from accounts.models import User

_OPEN = Q(state__in=["waiting", "working"])


def new_file_name() -> str:
    """Chosen before the file is there, so that the sweep finds it whatever happened to the one who wrote it."""
    return f"{get_random_string(32)}.pdf"


def folder() -> Path:
    """Among the portal's own files, which nothing serves by their address."""
    return Path(settings.MEDIA_ROOT) / "slips"


class SlipPrintQuerySet(models.QuerySet["SlipPrint"]):
    def visible_to(self, user: "User") -> Self:
        """The prints of those whom the user may invite: of pupils, of parents, of both who may invite both."""
        pupils, parents = (rights_q(user, right, school="school_id") for right in ("invite_pupils", "invite_parents"))
        return self.filter(
            Q(role=InviteRole.PUPIL) & pupils | Q(role=InviteRole.PARENT) & parents | Q(role="") & pupils & parents
        )

    def open(self) -> Self:
        return self.filter(_OPEN)


class SlipPrint(models.Model):
    """The slips of all classes of a school as one PDF. `role` is empty for pupils and parents both.

    `issued_at`: the invites are made (and the old ones annulled, if `reissue`); what is left is drawing. `touched_at`
    moves while somebody works on it: one that stands still was left by a worker that died.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waits for its turn")
        WORKING = "working", _("being made")
        READY = "ready", _("ready")
        FAILED = "failed", _("failed")

    school = models.ForeignKey(School, on_delete=models.CASCADE, related_name="slip_prints")
    role = models.CharField(_("for whom"), max_length=20, choices=[(r.value, r.label) for r in CLASS_ROLES], blank=True)
    reissue = models.BooleanField(_("annul the slips given out before"), default=False)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    reason = models.CharField(max_length=300, blank=True)
    file_name = models.CharField(max_length=40, default=new_file_name, editable=False)
    ordered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    issued_at = models.DateTimeField(null=True)
    touched_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    objects = SlipPrintQuerySet.as_manager()

    class Meta:
        verbose_name = _("print of slips")
        verbose_name_plural = _("prints of slips")
        ordering = ["-created_at", "-pk"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(name="a_print_does_no_more_than_all", condition=Q(done__lte=F("total"))),
            models.CheckConstraint(
                name="a_ready_print_has_its_moment", condition=~Q(state="ready") | Q(finished_at__isnull=False)
            ),
            models.UniqueConstraint(
                fields=["school", "role", "ordered_by"], condition=_OPEN, name="one_open_print_of_a_kind"
            ),
        ]
        indexes = [models.Index(fields=["created_at"], name="slip_prints_by_age")]

    def __str__(self) -> str:
        return str(self.get_role_display() or _("pupils and parents"))

    def get_absolute_url(self) -> str:
        return reverse("invites:print", args=[self.school_id, self.pk])

    @property
    def is_open(self) -> bool:
        return self.state in (self.State.WAITING, self.State.WORKING)

    @property
    def path(self) -> Path:
        return folder() / self.file_name
