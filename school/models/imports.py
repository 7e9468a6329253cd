"""Imports of lists: the uploaded list on its way, the lines of its plan, and what imports have written about people."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.core.files.storage import FileSystemStorage, Storage
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ..importing.fields import ListKind
from .acts import Act
from .organisation import School
from .people import Person

KEPT = dt.timedelta(days=1)  # a list that nobody applied


def private_storage() -> Storage:
    """Nobody but the portal reads these files, and no address leads to them."""
    return FileSystemStorage(file_permissions_mode=0o600, directory_permissions_mode=0o700)


class ListImportQuerySet(models.QuerySet["ListImport"]):
    def visible_to(self, user: Any) -> "ListImportQuerySet":
        """The imports of the schools whose movement the user keeps (2.1)."""
        from ..querysets import rights_q

        return self.filter(rights_q(user, "manage_people", school="school_id"))

    def unfinished(self) -> "ListImportQuerySet":
        return self.exclude(state=ListImport.State.APPLIED)

    def at_work(self) -> "ListImportQuerySet":
        """Those that a worker has to do with."""
        return self.filter(state__in=(ListImport.State.PLANNING, ListImport.State.APPLYING))


class ListImport(models.Model):
    """One list from its upload to its act. What was read is in `file` until it is applied, cancelled or a day old."""

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("columns to be checked")
        PLANNING = "planning", _("being checked")
        PLANNED = "planned", _("checked")
        APPLYING = "applying", _("being carried out")
        APPLIED = "applied", _("carried out")
        FAILED = "failed", _("not carried out")

    school = models.ForeignKey(School, on_delete=models.CASCADE, related_name="imports")
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=10, choices=ListKind.choices, default=ListKind.PUPILS)
    state = models.CharField(max_length=10, choices=State.choices, default=State.UPLOADED)
    file = models.FileField(upload_to="imports/", storage=private_storage, blank=True)
    columns = models.JSONField(default=list)  # pairs of a heading and a field: their order tells equal headings apart
    class_name = models.CharField(max_length=20, blank=True)
    header_at = models.PositiveIntegerField(default=0)
    create_missing = models.BooleanField(default=False)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    beat_at = models.DateTimeField(null=True, blank=True)
    counts = models.JSONField(default=dict)
    notes = models.JSONField(default=list)
    digest = models.CharField(max_length=64, blank=True)
    message = models.CharField(max_length=500, blank=True)
    class_ids = models.JSONField(default=list)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    address = models.GenericIPAddressField(null=True)
    request_id = models.CharField(max_length=64, blank=True)
    act = models.OneToOneField(
        Act, on_delete=models.SET_NULL, null=True, blank=True, editable=False, related_name="list_import"
    )

    objects = ListImportQuerySet.as_manager()

    class Meta:
        verbose_name = _("import of a list")
        ordering = ["-created_at", "-pk"]
        default_permissions = ()
        indexes = [
            models.Index(fields=["school", "-created_at"], name="imports_of_a_school"),
            models.Index(
                fields=["beat_at"], condition=Q(state__in=["planning", "applying"]), name="imports_that_a_worker_has"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_at_work(self) -> bool:
        return self.state in (self.State.PLANNING, self.State.APPLYING)

    @property
    def counted(self) -> list[tuple[str, int]]:
        """What came of the lines, in words: («new», 25) …"""
        return [(str(o.label), self.counts[o]) for o in ImportLine.Outcome if self.counts.get(o)]

    @property
    def kept_until(self) -> dt.datetime:
        return self.created_at + KEPT


class ImportLine(models.Model):
    """One line of a plan: what would become of somebody in the list, or why his rows are not taken."""

    class Outcome(models.TextChoices):
        CREATE = "create", pgettext_lazy("people of a list", "new")
        UPDATE = "update", _("to be changed")
        MOVE = "move", _("to another class")
        SKIP = "skip", _("no change")
        ERROR = "error", _("errors")
        MISSING = "missing", _("not in the list")

    class What(models.TextChoices):
        PUPIL = "pupil", _("pupil")
        PARENT = "parent", _("parent")
        STAFF = "staff", _("member of the staff")
        CLASS = "class", _("class")

    list_import = models.ForeignKey(ListImport, on_delete=models.CASCADE, related_name="lines")
    number = models.PositiveIntegerField()
    outcome = models.CharField(max_length=8, choices=Outcome.choices)
    what = models.CharField(max_length=8, choices=What.choices)
    rows = models.CharField(max_length=200, blank=True)
    who = models.CharField(max_length=320)
    place = models.CharField(max_length=60, blank=True)
    reason = models.CharField(max_length=1000, blank=True)
    cells = models.JSONField(default=list)  # of an error: the rows as they stand in the list

    class Meta:
        ordering = ["number"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["list_import", "outcome", "number"], name="one_line_of_an_import_by_number")
        ]

    def __str__(self) -> str:
        return f"{self.get_outcome_display()}: {self.who}"


class ImportedValues(models.Model):
    """What an import wrote about a person, by field: what people corrected afterwards is known by the difference.

    Only rows of acts that stand count; a later act's value replaces an earlier one's.
    """

    act = models.ForeignKey(Act, on_delete=models.CASCADE, related_name="imported_values")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="imported_values")
    written = models.JSONField()

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["act", "person"], name="one_row_of_an_import_by_person")]

    def __str__(self) -> str:
        return f"{self.person_id}: {', '.join(self.written)}"


class RememberedColumns(models.Model):
    """How the school read the columns of lists with these headings the last time."""

    school = models.ForeignKey(School, on_delete=models.CASCADE, related_name="+")
    headings = models.CharField(max_length=64)  # the digest of the set
    kind = models.CharField(max_length=10, choices=ListKind.choices)
    columns = models.JSONField()
    used_at = models.DateTimeField(default=timezone.now)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["school", "headings"], name="one_reading_of_a_school_by_headings")
        ]

    def __str__(self) -> str:
        return self.headings
