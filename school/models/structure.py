"""The school's structure: classes, «Учительская» and study groups (2.1)."""

from collections.abc import Iterable
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from ..querysets import SchoolClassQuerySet, StudyGroupQuerySet
from ..regulation import CLASS_PERMISSIONS, GROUP_PERMISSIONS
from ..text import fold_letter
from .organisation import AcademicYear, School, Subject


class SchoolClass(models.Model):
    """A class of a year (parallel + литера), or «Учительская», which belongs to no year."""

    class Kind(models.TextChoices):
        CLASS = "class", _("class")
        STAFF_ROOM = "staff_room", _("staff room")

    school = models.ForeignKey(School, on_delete=models.CASCADE, related_name="classes")
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.CLASS)
    year = models.ForeignKey(AcademicYear, on_delete=models.PROTECT, null=True, related_name="classes")
    parallel = models.PositiveSmallIntegerField(
        _("parallel"), null=True, validators=[MinValueValidator(1), MaxValueValidator(12)]
    )
    letter = models.CharField(_("letter"), max_length=15, blank=True)
    letter_key = models.CharField(max_length=15, blank=True, editable=False)
    successor = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="predecessors")
    archived_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = SchoolClassQuerySet.as_manager()

    class Meta:
        verbose_name = _("class")
        verbose_name_plural = _("classes")
        ordering = ["parallel", "letter_key"]
        default_permissions = ()
        permissions = CLASS_PERMISSIONS
        constraints = [
            models.UniqueConstraint(
                fields=["school", "year", "parallel", "letter_key"], name="one_class_of_a_year_by_name"
            ),
            models.UniqueConstraint(
                fields=["school"], condition=Q(kind="staff_room"), name="one_staff_room_of_a_school"
            ),
            models.CheckConstraint(
                name="class_has_a_year_a_parallel_and_a_letter",
                condition=Q(kind="staff_room", year__isnull=True, parallel__isnull=True, letter="")
                | (Q(kind="class", year__isnull=False, parallel__gte=1, parallel__lte=12) & ~Q(letter_key="")),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        self.letter_key = fold_letter(self.letter)
        super().save(*args, update_fields=update_fields and {*update_fields, "letter_key"}, **kwargs)

    def get_absolute_url(self) -> str:
        if self.kind == self.Kind.STAFF_ROOM:
            return reverse("school:staff", args=[self.school_id])
        return reverse("school:class", args=[self.school_id, self.pk])

    @property
    def name(self) -> str:
        """«7Б», «10 Физмат» or «Учительская»."""
        if self.kind == self.Kind.STAFF_ROOM:
            return str(_("Staff room"))
        return f"{self.parallel}{self.letter}" if len(self.letter) <= 2 else f"{self.parallel} {self.letter}"


class StudyGroup(models.Model):
    """A subject in a class: the whole class, or the part of it that has a name («1-я группа»)."""

    school = models.ForeignKey(School, on_delete=models.CASCADE, related_name="study_groups")
    school_class = models.ForeignKey(SchoolClass, on_delete=models.CASCADE, related_name="study_groups")
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="study_groups")
    part = models.CharField(_("part of the class"), max_length=60, blank=True)

    objects = StudyGroupQuerySet.as_manager()

    class Meta:
        verbose_name = _("study group")
        verbose_name_plural = _("study groups")
        ordering = ["subject__name", "part"]
        default_permissions = ()
        permissions = GROUP_PERMISSIONS
        constraints = [
            models.UniqueConstraint(
                fields=["school_class", "subject", "part"], name="one_study_group_by_subject_and_part"
            )
        ]

    def __str__(self) -> str:
        return f"{self.subject}, {self.part}" if self.part else str(self.subject)

    @property
    def takes_whole_class(self) -> bool:
        return not self.part
