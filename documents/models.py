"""Orders, the regulation and the other local acts of a school, with their versions and who has read them (1.3, 2.2)."""

import datetime as dt
import uuid
from collections.abc import Iterable
from typing import Any, Self

from django.core.validators import FileExtensionValidator
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from school.models import Person, School
from school.querysets import rights_q
from school.text import fold, other_layout

SCANS = ["pdf", "jpg", "jpeg", "png"]


class DocumentKind(models.TextChoices):
    ORDER = "order", _("order")
    DIRECTIVE = "directive", _("directive")
    REGULATION = "regulation", _("regulation")
    ACT = "act", _("other local act")


class DocumentState(models.TextChoices):
    """Where the newest version stands. The version before it is in force until the new one is approved."""

    DRAFT = "draft", _("draft")
    AGREED = "agreed", _("agreed with the Governing Council")
    APPROVED = "approved", _("approved by the director")
    REPEALED = "repealed", _("repealed")


ORDERS = (DocumentKind.ORDER, DocumentKind.DIRECTIVE)  # the director's own words: signed, not approved by an order
NEEDS_COUNCIL = (DocumentKind.REGULATION,)  # agreed with the Governing Council before it is approved (1.3)


class DocumentQuerySet(models.QuerySet["Document"]):
    def visible_to(self, user: Any) -> Self:
        """Who keeps or approves the documents sees all; the staff what is in force; everybody what is for everybody."""
        keeps = rights_q(user, "manage_documents", school="school_id")
        keeps |= rights_q(user, "approve_documents", school="school_id")
        own = user.persons.present().values("school_id")
        readers = rights_q(user, "view_staff", school="school_id") | Q(for_everybody=True, school_id__in=own)
        return self.filter(keeps | _in_force(timezone.localdate()) & readers)

    def in_force(self, day: dt.date | None = None) -> Self:
        """Documents of which an approved version is in force on the day, today by default."""
        return self.filter(_in_force(day or timezone.localdate()))

    def search(self, text: str) -> Self:
        """Documents whose title or number holds every word, in any spelling and also in the wrong layout."""
        query = self
        for word in text.split():
            query = query.filter(Q(search_key__contains=fold(word)) | Q(search_key__contains=fold(other_layout(word))))
        return query

    def with_mine(self, user: Any) -> Self:
        """Adds `acknowledged_at`: when the user acknowledged the version in force."""
        mine = Acknowledgement.objects.filter(version=OuterRef("approved_version_id"), person__user=user)
        return self.annotate(acknowledged_at=Subquery(mine.values("at")[:1]))

    def awaiting(self, person: Person) -> Self:
        """The documents in force that ask for «ознакомлен» and have not got it from this person."""
        done = Acknowledgement.objects.filter(version=OuterRef("approved_version_id"), person=person)
        asking = self.in_force().filter(school=person.school_id, asks_acknowledgement=True)
        return asking.filter(~Exists(done))


def _in_force(day: dt.date) -> Q:
    begun = Q(approved_version__isnull=False, in_force_from__lte=day)
    return begun & (Q(in_force_until__isnull=True) | Q(in_force_until__gt=day))


class Document(models.Model):
    """A local act. In force over `[in_force_from, in_force_until)` in the wording of `approved_version`."""

    school = models.ForeignKey(School, on_delete=models.CASCADE, related_name="documents")
    kind = models.CharField(_("kind"), max_length=12, choices=DocumentKind.choices)
    number = models.CharField(_("number"), max_length=40)
    date = models.DateField(_("date"))
    title = models.CharField(_("title"), max_length=300)
    search_key = models.CharField(max_length=360, editable=False)
    state = models.CharField(_("state"), max_length=10, choices=DocumentState.choices, default=DocumentState.DRAFT)
    agreed_on = models.DateField(_("day of the agreement"), null=True, blank=True)
    agreed_protocol = models.CharField(_("number of the protocol"), max_length=40, blank=True)
    approved_version = models.OneToOneField(
        "DocumentVersion", on_delete=models.RESTRICT, null=True, blank=True, related_name="approves"
    )
    approved_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    approved_at = models.DateTimeField(null=True, blank=True)
    order_number = models.CharField(_("number of the order"), max_length=40, blank=True)
    order_date = models.DateField(_("date of the order"), null=True, blank=True)
    in_force_from = models.DateField(_("in force from"), null=True, blank=True)
    in_force_until = models.DateField(_("in force until"), null=True, blank=True)
    for_everybody = models.BooleanField(_("everybody of the school reads it"), default=False)
    asks_acknowledgement = models.BooleanField(_("the staff acknowledges it"), default=False)
    reminded_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        ordering = ["-date", "-pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["school", "kind", "number", "date"], name="one_document_by_number_and_day"),
            models.CheckConstraint(name="document_has_number_and_title", condition=~Q(number="") & ~Q(title="")),
            models.CheckConstraint(
                name="an_approved_wording_is_in_force_from_a_day",
                condition=Q(
                    approved_version__isnull=True,
                    approved_by__isnull=True,
                    approved_at__isnull=True,
                    in_force_from__isnull=True,
                    in_force_until__isnull=True,
                )
                | Q(
                    approved_version__isnull=False,
                    approved_by__isnull=False,
                    approved_at__isnull=False,
                    in_force_from__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="approved_or_repealed_has_an_approved_wording",
                condition=~Q(state__in=["approved", "repealed"]) | Q(approved_version__isnull=False),
            ),
            models.CheckConstraint(
                name="a_repealed_document_is_in_force_until_a_day",
                condition=~Q(state="repealed") | Q(in_force_until__isnull=False),
            ),
            models.CheckConstraint(
                name="document_is_in_force_forwards",
                condition=Q(in_force_until__isnull=True) | Q(in_force_until__gte=F("in_force_from")),
            ),
            models.CheckConstraint(
                name="only_a_regulation_is_agreed_with_the_council",
                condition=~Q(state="agreed") | Q(kind="regulation", agreed_on__isnull=False),
            ),
            models.CheckConstraint(
                name="a_regulation_is_agreed_before_it_is_approved",
                condition=~Q(kind="regulation", state="approved") | Q(agreed_on__isnull=False),
            ),
            models.CheckConstraint(
                name="only_a_regulation_is_for_everybody", condition=Q(for_everybody=False) | Q(kind="regulation")
            ),
        ]
        indexes = [models.Index(fields=["school", "-date"], name="documents_of_a_school")]

    def __str__(self) -> str:
        return f"{self.name}: {self.title}"

    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        self.search_key = fold(f"{self.title} {self.number}")
        super().save(*args, update_fields=update_fields and {*update_fields, "search_key"}, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("documents:detail", args=[self.school_id, self.pk])

    @property
    def name(self) -> str:
        """«приказ № 87-О от 28.08.2025»"""
        words = {"kind": self.get_kind_display(), "number": self.number, "date": self.date.strftime("%d.%m.%Y")}
        return str(_("%(kind)s № %(number)s of %(date)s")) % words

    @property
    def is_in_force(self) -> bool:
        today = timezone.localdate()
        begun = self.in_force_from is not None and self.in_force_from <= today
        return begun and (self.in_force_until is None or self.in_force_until > today)

    @property
    def needs_council(self) -> bool:
        return self.kind in NEEDS_COUNCIL

    @property
    def needs_order(self) -> bool:
        """Is it approved by an order, being none itself (1.3)?"""
        return self.kind not in ORDERS


def path_of(version: "DocumentVersion", name: str) -> str:
    """A name that says nothing and cannot be guessed: files are given out by a checked view only."""
    return f"documents/{version.school_id}/{uuid.uuid4().hex}"


class DocumentVersion(models.Model):
    """One wording of a document: a scan, a text, or both; never changed once it is here."""

    school = models.ForeignKey(School, on_delete=models.CASCADE, related_name="+")
    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField()
    file = models.FileField(
        _("file"), upload_to=path_of, blank=True, validators=[FileExtensionValidator(SCANS)], max_length=120
    )
    text = models.TextField(_("text"), blank=True)
    note = models.CharField(_("what is changed"), max_length=300, blank=True)
    uploaded_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("version of a document")
        ordering = ["-number"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["document", "number"], name="versions_of_a_document_are_numbered"),
            models.CheckConstraint(name="version_says_something", condition=~Q(file="") | ~Q(text="")),
        ]

    def __str__(self) -> str:
        return f"{self.document_id}, {self.number}"


class Acknowledgement(models.Model):
    """«Ознакомлен»: somebody of the staff has read this version."""

    school = models.ForeignKey(School, on_delete=models.CASCADE, related_name="+")
    version = models.ForeignKey(DocumentVersion, on_delete=models.CASCADE, related_name="acknowledgements")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["version", "person"], name="one_acknowledgement_of_a_version_by_person")
        ]

    def __str__(self) -> str:
        return f"{self.version_id}: {self.person_id}"
