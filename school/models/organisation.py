"""The school itself, its years and its request to be registered."""

import datetime as dt

from django.core.validators import FileExtensionValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from ..querysets import SchoolQuerySet
from ..regulation import SCHOOL_PERMISSIONS


class School(models.Model):
    """A school and its settings. The words of the regulation are the defaults of what a school may rename (1.5)."""

    name = models.CharField(_("full name"), max_length=300)
    short_name = models.CharField(_("short name"), max_length=80)
    city = models.CharField(_("city"), max_length=100)
    address = models.CharField(_("address"), max_length=300, blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    site = models.URLField(_("site"), blank=True)
    diary_url = models.URLField(_("electronic diary"), blank=True)
    platform_name = models.CharField(_("platform"), max_length=60, default="Сферум")
    messenger_name = models.CharField(_("messenger"), max_length=60, default="VK Мессенджер")
    support_email = models.EmailField(_("support e-mail"), default="info@sferum.ru")
    requires_verification = models.BooleanField(_("teachers' status is to be confirmed"), default=True)
    unclaimed_days = models.PositiveSmallIntegerField(_("days until an unclaimed invite is annulled"), default=30)
    requires_second_factor = models.BooleanField(_("staff must have a second factor"), default=False)
    is_demo = models.BooleanField(_("made-up people"), default=False, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = SchoolQuerySet.as_manager()

    class Meta:
        verbose_name = _("school")
        verbose_name_plural = _("schools")
        default_permissions = ("view", "change")
        permissions = SCHOOL_PERMISSIONS
        constraints = [
            models.CheckConstraint(
                name="unclaimed_days_between_1_and_365", condition=Q(unclaimed_days__gte=1, unclaimed_days__lte=365)
            )
        ]

    def __str__(self) -> str:
        return self.short_name

    def get_absolute_url(self) -> str:
        return reverse("school:home", args=[self.pk])

    @property
    def current_year(self) -> "AcademicYear":
        return self.years.get(is_current=True)


class AcademicYear(models.Model):
    """A school year, 1 September to 31 August; exactly one is current."""

    school = models.ForeignKey(School, on_delete=models.CASCADE, related_name="years")
    starts_on = models.DateField()
    ends_on = models.DateField()
    is_current = models.BooleanField(default=True)

    class Meta:
        default_permissions = ()
        ordering = ["-starts_on"]
        constraints = [
            models.UniqueConstraint(fields=["school", "starts_on"], name="one_year_of_a_school_by_start"),
            models.UniqueConstraint(
                fields=["school"], condition=Q(is_current=True), name="one_current_year_of_a_school"
            ),
            models.CheckConstraint(name="year_ends_after_it_starts", condition=Q(ends_on__gt=F("starts_on"))),
        ]

    def __str__(self) -> str:
        return f"{self.starts_on.year}/{self.ends_on.year % 100:02d}"

    @staticmethod
    def dates_around(day: dt.date) -> tuple[dt.date, dt.date]:
        """The first and the last day of the school year that holds the day; from June on, of the next one."""
        first = day.year if day.month >= 6 else day.year - 1
        return dt.date(first, 9, 1), dt.date(first + 1, 8, 31)


class Subject(models.Model):
    """A subject of the school's curriculum."""

    school = models.ForeignKey(School, on_delete=models.CASCADE, related_name="subjects")
    name = models.CharField(_("subject"), max_length=100)

    class Meta:
        default_permissions = ()
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["school", "name"], name="one_subject_of_a_school_by_name")]

    def __str__(self) -> str:
        return self.name


class RegistrationRequest(models.Model):
    """A school's request to the operator of the installation, with the order that appoints its administrator (2.1)."""

    class Status(models.TextChoices):
        WAITING = "waiting", _("waiting")
        APPROVED = "approved", _("approved")
        REJECTED = "rejected", _("rejected")

    school_name = models.CharField(_("full name of the school"), max_length=300)
    short_name = models.CharField(_("short name"), max_length=80)
    city = models.CharField(_("city"), max_length=100)
    last_name = models.CharField(_("last name"), max_length=100)
    first_name = models.CharField(_("first name"), max_length=100)
    patronymic = models.CharField(_("patronymic"), max_length=100, blank=True)
    email = models.EmailField(_("e-mail"))
    phone = models.CharField(_("mobile phone"), max_length=16)
    order_number = models.CharField(_("number of the order"), max_length=40)
    order_date = models.DateField(_("date of the order"))
    order_file = models.FileField(
        _("the order"),
        upload_to="registration/%Y/",
        validators=[FileExtensionValidator(["pdf", "jpg", "jpeg", "png"])],
    )
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.WAITING)
    reason = models.CharField(_("reason of the refusal"), max_length=300, blank=True)
    school = models.OneToOneField(School, on_delete=models.SET_NULL, null=True, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    decided_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("registration request")
        verbose_name_plural = _("registration requests")
        ordering = ["status", "created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["phone"], condition=Q(status="waiting"), name="one_waiting_registration_by_phone"
            )
        ]

    def __str__(self) -> str:
        return f"{self.short_name}, {self.city}"
