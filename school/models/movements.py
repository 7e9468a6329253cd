"""The journal of movement (движение): who came, moved, left, by which order (2.1)."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .acts import Act
from .organisation import School
from .people import Person
from .structure import SchoolClass


class MovementQuerySet(models.QuerySet["Movement"]):
    def visible_to(self, user: Any) -> "MovementQuerySet":
        """The journals of the schools whose movement the user keeps."""
        from ..querysets import rights_q

        return self.filter(rights_q(user, "manage_people", school="school_id"))

    def standing(self) -> "MovementQuerySet":
        """Without what was undone."""
        return self.filter(act__undone_at__isnull=True)


class Movement(models.Model):
    """One line of the journal; several of one act share it and are undone together. A line is never changed."""

    class Kind(models.TextChoices):
        ENROLLED = "enrolled", _("enrolled (зачисление)")
        ARRIVED = "arrived", _("arrived (прибытие)")
        TRANSFERRED = "transferred", _("moved to another class (перевод)")
        PROMOTED = "promoted", _("promoted to the next year (перевод)")
        CONDITIONAL = "conditional", _("promoted conditionally (условный перевод)")
        REPEATS = "repeats", _("repeats the year (повторное обучение)")
        LEFT = "left", _("left (выбытие)")
        GRADUATED = "graduated", _("graduated (выпуск)")
        HIRED = "hired", _("hired")
        DISMISSED = "dismissed", _("dismissed")

    school = models.ForeignKey(School, on_delete=models.CASCADE, related_name="movements")
    act = models.ForeignKey(Act, on_delete=models.CASCADE, related_name="movements")
    kind = models.CharField(_("movement"), max_length=12, choices=Kind.choices)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="movements")
    from_class = models.ForeignKey(SchoolClass, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    to_class = models.ForeignKey(SchoolClass, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    happened_on = models.DateField(_("date"))
    order_number = models.CharField(_("number of the order"), max_length=40, blank=True)
    order_date = models.DateField(_("date of the order"), null=True, blank=True)
    place = models.CharField(_("from where or to where"), max_length=200, blank=True)

    objects = MovementQuerySet.as_manager()

    class Meta:
        verbose_name = _("line of the journal of movement")
        ordering = ["-happened_on", "-pk"]
        default_permissions = ()
        indexes = [
            models.Index(fields=["school", "-happened_on"], name="movement_of_a_school"),
            models.Index(fields=["school", "person"], name="movement_of_a_person"),
        ]
        constraints = [
            models.CheckConstraint(
                name="a_move_between_classes_names_both",
                condition=~Q(kind__in=["transferred", "promoted", "conditional", "repeats"])
                | Q(from_class__isnull=False, to_class__isnull=False),
            ),
            models.CheckConstraint(
                name="who_comes_has_a_class_and_who_leaves_had_one",
                condition=(~Q(kind__in=["enrolled", "arrived"]) | Q(to_class__isnull=False))
                & (~Q(kind__in=["left", "graduated"]) | Q(from_class__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.get_kind_display()}"
