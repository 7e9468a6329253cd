"""Join requests (заявки на вступление, 2.1)."""

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from school.models import Guardianship, Person, School, SchoolClass
from school.querysets import rights_q

from .invites import CLASS_ROLES, Invite, InviteRole

if TYPE_CHECKING:
    from accounts.models import User

_WAITING = Q(status="waiting")


class JoinRequestQuerySet(models.QuerySet["JoinRequest"]):
    def visible_to(self, user: "User") -> Self:
        """The requests that the user may decide."""
        return self.filter(rights_q(user, "decide_requests", school="school_id", school_class="school_class_id"))

    def own(self, user: "User") -> Self:
        return self.filter(user=user)

    def waiting(self) -> Self:
        return self.filter(_WAITING)

    def with_names(self) -> Self:
        return self.select_related("school", "school_class", "person", "child", "invite__chat", "user", "decided_by")


class JoinRequest(models.Model):
    """Somebody asks to join in a role and waits for the homeroom teacher or the administrator.

    `person` and `child` are the records of the school's lists that the applicant seems to mean; who decides may choose
    others.
    """

    class Status(models.TextChoices):
        WAITING = "waiting", _("waiting for approval")
        APPROVED = "approved", _("approved")
        REJECTED = "rejected", _("rejected")
        WITHDRAWN = "withdrawn", _("withdrawn")

    school = models.ForeignKey(School, on_delete=models.CASCADE, related_name="join_requests")
    school_class = models.ForeignKey(SchoolClass, on_delete=models.CASCADE, null=True, related_name="join_requests")
    role = models.CharField(_("role"), max_length=20, choices=InviteRole.choices)
    invite = models.ForeignKey(Invite, on_delete=models.CASCADE, related_name="requests")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="join_requests")
    last_name = models.CharField(_("last name"), max_length=100)
    first_name = models.CharField(_("first name"), max_length=100)
    patronymic = models.CharField(_("patronymic"), max_length=100, blank=True)
    birth_date = models.DateField(_("date of birth"), null=True, blank=True)
    title = models.CharField(_("post"), max_length=120, blank=True)
    kind = models.CharField(_("kinship"), max_length=10, choices=Guardianship.Kind.choices, blank=True)
    child_last_name = models.CharField(_("child's last name"), max_length=100, blank=True)
    child_first_name = models.CharField(_("child's first name"), max_length=100, blank=True)
    person = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")
    child = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.WAITING)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    objects = JoinRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("join request")
        verbose_name_plural = _("join requests")
        ordering = ["created_at", "pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["user", "school", "role", "school_class"],
                condition=_WAITING & Q(school_class__isnull=False),
                name="one_waiting_request_to_a_class",
            ),
            models.UniqueConstraint(
                fields=["user", "school", "role"],
                condition=_WAITING & Q(school_class__isnull=True),
                name="one_waiting_request_to_a_school",
            ),
            models.CheckConstraint(
                name="a_decided_request_has_its_moment", condition=_WAITING | Q(decided_at__isnull=False)
            ),
            models.CheckConstraint(
                name="a_rejected_request_has_its_reason", condition=~Q(status="rejected") | ~Q(reason="")
            ),
            models.CheckConstraint(
                name="pupils_and_parents_ask_to_join_a_class",
                condition=~Q(role__in=CLASS_ROLES) | Q(school_class__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["school", "status", "created_at"], name="requests_of_a_school"),
            models.Index(fields=["school", "school_class", "status"], name="requests_of_a_class"),
        ]

    def __str__(self) -> str:
        return self.full_name

    @property
    def full_name(self) -> str:
        return " ".join(part for part in (self.last_name, self.first_name, self.patronymic) if part)

    @property
    def child_name(self) -> str:
        return f"{self.child_last_name} {self.child_first_name}".strip()

    @property
    def is_waiting(self) -> bool:
        return self.status == self.Status.WAITING
