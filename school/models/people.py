"""The record that a school keeps about a human, with or without a login."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.phones import display_phone

from ..indexes import PiecesIndex
from ..querysets import PersonQuerySet
from ..spelling import search_words
from ..text import fold, is_name
from .organisation import School


class Person(models.Model):
    """A pupil, a parent or a member of the staff as the school's lists know him; `user` appears when he joins.

    That a person exists before anybody signs in is what makes «по списку / приглашены / вступили» countable.
    """

    class Verification(models.TextChoices):
        """The status «учитель» (2.1, 2.2): it matters for the staff only."""

        UNVERIFIED = "unverified", _("not confirmed")
        PENDING = "pending", _("being checked")
        VERIFIED = "verified", _("confirmed")
        REJECTED = "rejected", _("refused")

    school = models.ForeignKey(School, on_delete=models.CASCADE, related_name="people")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="persons"
    )
    last_name = models.CharField(_("last name"), max_length=100)
    first_name = models.CharField(_("first name"), max_length=100)
    patronymic = models.CharField(_("patronymic"), max_length=100, blank=True)
    search_key = models.CharField(max_length=320, editable=False)  # equal for two spellings of one name
    search_words = models.TextField(editable=False, blank=True)  # the words by which the name is found
    birth_date = models.DateField(_("date of birth"), null=True, blank=True)
    phone = models.CharField(_("phone"), max_length=16, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    file_number = models.CharField(_("personal file number"), max_length=40, blank=True)
    verification = models.CharField(max_length=10, choices=Verification.choices, default=Verification.UNVERIFIED)
    verification_asked_at = models.DateTimeField(null=True, blank=True)
    verification_reason = models.CharField(max_length=300, blank=True)
    joined_at = models.DateTimeField(null=True, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = PersonQuerySet.as_manager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["last_name", "first_name", "patronymic", "pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["school", "user"], name="one_person_of_a_school_by_user"),
            models.CheckConstraint(
                name="who_has_a_login_has_joined", condition=Q(user__isnull=True) | Q(joined_at__isnull=False)
            ),
        ]
        indexes = [
            models.Index(fields=["school", "last_name", "first_name"], name="people_of_a_school_by_name"),
            models.Index(fields=["school", "verification"], name="people_by_verification"),
            PiecesIndex(fields=["school", "search_words"], name="people_by_search_words"),
            PiecesIndex(fields=["school", "phone"], name="people_by_phone"),
        ]

    def __str__(self) -> str:
        return self.full_name

    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        self.set_search_keys()
        keys = {"search_key", "search_words"}
        super().save(*args, update_fields=update_fields and {*update_fields, *keys}, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("school:person", args=[self.school_id, self.pk])

    def clean(self) -> None:
        names = {name: getattr(self, name) for name in ("last_name", "first_name", "patronymic")}
        if bad := [name for name, text in names.items() if not is_name(text)]:
            raise ValidationError(dict.fromkeys(bad, _("A name is written with letters, without pictures and signs.")))

    def set_search_keys(self) -> None:
        """What follows from the name; `save` and `bulk_create` call it, a `bulk_update` of names has to."""
        self.search_key, self.search_words = fold(self.full_name), search_words(self.full_name)

    @property
    def full_name(self) -> str:
        return " ".join(part for part in (self.last_name, self.first_name, self.patronymic) if part)

    @property
    def short_name(self) -> str:
        """«Иванова М. П.»"""
        initials = " ".join(f"{part[0]}." for part in (self.first_name, self.patronymic) if part)
        return f"{self.last_name} {initials}".strip()

    @property
    def phone_shown(self) -> str:
        return display_phone(self.phone)

    @property
    def is_verified(self) -> bool:
        return self.verification == self.Verification.VERIFIED
