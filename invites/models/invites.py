"""Invites (ссылки-приглашения, 2.1, 2.3, 2.5, 2.7) and the log of their uses."""

import datetime as dt
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chats.models import Chat
from school.models import Guardianship, Person, School, SchoolClass
from school.querysets import rights_q

from ..refusals import TEXTS

if TYPE_CHECKING:
    from accounts.models import User


class InviteRole(models.TextChoices):
    """The role in which the invited person joins."""

    PUPIL = "pupil", _("pupil")
    PARENT = "parent", _("parent")
    TEACHER = "teacher", _("teacher")
    EXTRA_TEACHER = "extra_teacher", _("additional-education teacher")
    EMPLOYEE = "employee", _("employee")
    DEPUTY = "deputy", _("deputy director")
    DIRECTOR = "director", _("director")
    ADMINISTRATOR = "administrator", _("additional administrator")


class InviteState(models.TextChoices):
    ACTIVE = "active", _("active")
    USED_UP = "used_up", _("used up")
    EXPIRED = "expired", _("expired")
    ANNULLED = "annulled", _("annulled")


CLASS_ROLES = (InviteRole.PUPIL, InviteRole.PARENT)
STAFF_ROLES = (
    *(InviteRole.TEACHER, InviteRole.EXTRA_TEACHER, InviteRole.EMPLOYEE, InviteRole.DEPUTY, InviteRole.DIRECTOR),
)
UNCLAIMED = "unclaimed"  # the reason that the schedule gives, put into words by the page of the invite
_HAS_PLACES = Q(max_uses__isnull=True) | Q(uses__lt=F("max_uses"))
_OPEN = Q(annulled_at__isnull=True, expired_at__isnull=True) & _HAS_PLACES


class InviteQuerySet(models.QuerySet["Invite"]):
    def visible_to(self, user: "User") -> Self:
        """The invites that the user may issue or annul, and those that he gave to his own children."""
        of_class = {"school": "school_id", "school_class": "school_class_id"}
        wards = Guardianship.objects.active().filter(guardian__user=user)
        return self.filter(
            Q(role=InviteRole.PUPIL) & rights_q(user, "invite_pupils", **of_class)
            | Q(role=InviteRole.PARENT) & rights_q(user, "invite_parents", **of_class)
            | Q(role__in=STAFF_ROLES) & rights_q(user, "invite_staff", school="school_id")
            | Q(role=InviteRole.ADMINISTRATOR) & rights_q(user, "appoint_administrators", school="school_id")
            | rights_q(user, "annul_invites", school="school_id")
            | Q(created_by=user, person__in=wards.values("pupil_id"))
        )

    def open(self) -> Self:
        """Neither annulled, nor marked as expired, nor used up: what the schedule looks at."""
        return self.filter(_OPEN)

    def in_state(self, state: str, now: dt.datetime | None = None) -> Self:
        """The invites whose `state` is this one."""
        now = now or timezone.now()
        alive = self.filter(annulled_at__isnull=True)
        past = Q(expired_at__isnull=False) | Q(expires_at__lte=now)
        return {
            InviteState.ANNULLED: lambda: self.filter(annulled_at__isnull=False),
            InviteState.USED_UP: lambda: alive.exclude(_HAS_PLACES),
            InviteState.EXPIRED: lambda: alive.filter(_HAS_PLACES).filter(past),
            InviteState.ACTIVE: lambda: alive.filter(_HAS_PLACES).exclude(past),
        }[InviteState(state)]()

    def lapsed(self, now: dt.datetime | None = None) -> Self:
        """Over by their term, or annulled because nobody had used them: what is made anew for who is still missing."""
        return self.in_state(InviteState.EXPIRED, now) | self.filter(annul_reason=UNCLAIMED)

    def unclaimed(self) -> Self:
        """Nobody has used them (2.1 «невостребованные»)."""
        return self.open().filter(uses=0)

    def with_names(self) -> Self:
        return self.select_related("school", "school_class", "person", "created_by", "chat")


class Invite(models.Model):
    """A link that brings people of one role into a class or the school, or one known person (`person`); with `chat`
    also into a chat whose people are chosen by hand.

    Its token is not here: it is derived from the id and the nonce (`invites.tokens`). `uses` counts the places taken:
    a request that waits holds one, a refused one gives it back.
    """

    school = models.ForeignKey(School, on_delete=models.CASCADE, related_name="invites")
    role = models.CharField(_("role"), max_length=20, choices=InviteRole.choices)
    school_class = models.ForeignKey(
        SchoolClass, on_delete=models.CASCADE, null=True, blank=True, related_name="invites", verbose_name=_("class")
    )
    person = models.ForeignKey(Person, on_delete=models.CASCADE, null=True, blank=True, related_name="invites")
    chat = models.ForeignKey(Chat, on_delete=models.CASCADE, null=True, blank=True, related_name="invites")
    nonce = models.CharField(max_length=32, editable=False)
    expires_at = models.DateTimeField(_("valid until"))
    max_uses = models.PositiveIntegerField(_("how many may join"), null=True, blank=True)
    uses = models.PositiveIntegerField(default=0, editable=False)
    needs_approval = models.BooleanField(_("each one is approved by hand"), default=False)
    order_number = models.CharField(_("number of the order"), max_length=40, blank=True)
    order_date = models.DateField(_("date of the order"), null=True, blank=True)
    note = models.CharField(_("note for yourself"), max_length=200, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    expired_at = models.DateTimeField(null=True, blank=True)
    annulled_at = models.DateTimeField(null=True, blank=True)
    annulled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    annul_reason = models.CharField(max_length=200, blank=True)

    objects = InviteQuerySet.as_manager()

    class Meta:
        verbose_name = _("invite")
        verbose_name_plural = _("invites")
        ordering = ["-created_at", "-pk"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(name="no_more_uses_than_places", condition=~Q(uses__gt=F("max_uses"))),
            models.CheckConstraint(
                name="an_invite_has_a_place", condition=Q(max_uses__isnull=True) | Q(max_uses__gte=1)
            ),
            models.CheckConstraint(
                name="a_personal_invite_has_one_use", condition=Q(person__isnull=True) | Q(max_uses=1)
            ),
            models.CheckConstraint(
                name="an_invite_to_a_chat_is_not_personal", condition=Q(chat__isnull=True) | Q(person__isnull=True)
            ),
            models.CheckConstraint(
                name="pupils_and_parents_are_invited_to_a_class",
                condition=~Q(role__in=CLASS_ROLES) | Q(school_class__isnull=False),
            ),
            models.CheckConstraint(
                name="the_head_and_administrators_are_invited_personally",
                condition=~Q(role__in=[InviteRole.ADMINISTRATOR, InviteRole.DIRECTOR]) | Q(person__isnull=False),
            ),
            models.CheckConstraint(
                name="an_administrator_is_invited_by_an_order",
                condition=~Q(role=InviteRole.ADMINISTRATOR) | (Q(order_date__isnull=False) & ~Q(order_number="")),
            ),
            models.CheckConstraint(name="invite_ends_after_it_begins", condition=Q(expires_at__gt=F("created_at"))),
        ]
        indexes = [
            models.Index(fields=["school", "-created_at"], name="invites_of_a_school"),
            models.Index(fields=["school", "school_class", "role"], name="invites_of_a_class"),
            models.Index(fields=["expires_at"], condition=_OPEN, name="open_invites_by_term"),
            models.Index(fields=["created_at"], condition=_OPEN & Q(uses=0), name="unclaimed_invites_by_age"),
        ]

    def __str__(self) -> str:
        whom = self.person.full_name if self.person_id and self.person else self.get_role_display()
        return f"{self.school_class} · {whom}" if self.school_class_id else str(whom)

    @property
    def state(self) -> InviteState:
        if self.annulled_at:
            return InviteState.ANNULLED
        if self.max_uses is not None and self.uses >= self.max_uses:
            return InviteState.USED_UP
        if self.expired_at or self.expires_at <= timezone.now():
            return InviteState.EXPIRED
        return InviteState.ACTIVE

    @property
    def is_personal(self) -> bool:
        return self.person_id is not None

    @property
    def places_left(self) -> int | None:
        """None where the number is not limited."""
        return None if self.max_uses is None else max(self.max_uses - self.uses, 0)


class InviteUse(models.Model):
    """One attempt to use an invite: what came of it. A GET is not an attempt."""

    class Outcome(models.TextChoices):
        JOINED = "joined", _("joined")
        REQUESTED = "requested", _("request made")
        REFUSED = "refused", _("refused")

    school = models.ForeignKey(School, on_delete=models.CASCADE, related_name="+")
    invite = models.ForeignKey(Invite, on_delete=models.CASCADE, related_name="log")
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    code = models.CharField(max_length=40, blank=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")
    address = models.GenericIPAddressField(null=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("use of an invite")
        default_permissions = ()
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["school", "invite", "-at"], name="uses_of_an_invite")]
        constraints = [
            models.CheckConstraint(
                name="a_refused_use_names_its_reason", condition=~Q(outcome="refused") | ~Q(code="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_outcome_display()}: {self.invite_id}"

    @property
    def reason(self) -> str:
        """Why it was refused, in words; empty for what has no text of its own here."""
        return str(TEXTS.get(self.code, ""))
