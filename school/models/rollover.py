"""The plan of a new school year (domain, «Movement»): what becomes of each class, and of the pupils who go another way."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ..text import fold_letter
from .acts import Act
from .organisation import AcademicYear, School
from .pending import PendingAct
from .people import Person
from .structure import SchoolClass

NEW_YEAR = "new_year"  # the kind of act that a second administrator approves (`school.acts`)
_PARALLELS = [MinValueValidator(1), MaxValueValidator(12)]


class RolloverQuerySet(models.QuerySet["Rollover"]):
    def visible_to(self, user: Any) -> "RolloverQuerySet":
        """The plans of the schools whose classes and whose movement the user keeps: both, since a year changes both."""
        from ..querysets import rights_q

        of_school = {"school": "school_id"}
        return self.filter(rights_q(user, "manage_structure", **of_school)).filter(
            rights_q(user, "manage_people", **of_school)
        )

    def open(self) -> "RolloverQuerySet":
        """Neither applied nor undone: a school has one at most."""
        return self.filter(state__in=Rollover.OPEN)

    def with_waiting(self) -> "RolloverQuerySet":
        """`waits_until`: when the plan begins by itself, should nobody approve or cancel it; None for one that does not wait.

        For open plans: a school has one, so what waits in the school is that one's.
        """
        waiting = PendingAct.objects.waiting().filter(school=OuterRef("school"), kind=NEW_YEAR)
        return self.annotate(waits_until=Subquery(waiting.values("due_at")[:1]))


class Rollover(models.Model):
    """A plan that is edited by hand, applied in one transaction and undone as its `act`.

    The row is its own schedule: one that is «applying» and that no worker holds is carried out by the next sweep.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("plan")
        APPLYING = "applying", _("being carried out")
        FAILED = "failed", _("could not be carried out")
        APPLIED = "applied", _("carried out")
        UNDONE = "undone", _("undone")

    class Chats(models.TextChoices):
        """What becomes of the chats of the classes."""

        ARCHIVE = "archive", _("into the archive: their members can read them")
        CARRY_ON = "carry_on", _("go along with the class, with everything that was said")

    OPEN = (State.DRAFT, State.APPLYING, State.FAILED)

    school = models.ForeignKey(School, on_delete=models.CASCADE, related_name="rollovers")
    from_year = models.ForeignKey(AcademicYear, on_delete=models.CASCADE, related_name="+")
    starts_on = models.DateField(_("first day of the new year"))
    ends_on = models.DateField(_("last day of the new year"))
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    reason = models.CharField(_("why it could not be carried out"), max_length=300, blank=True)
    chats = models.CharField(_("chats of the classes"), max_length=10, choices=Chats.choices, default=Chats.ARCHIVE)
    carries_teaching = models.BooleanField(
        _("subjects, their parts and teachers go along with the class"), default=True
    )
    first_classes = models.CharField(_("classes that begin"), max_length=300, blank=True)
    order_number = models.CharField(_("number of the order"), max_length=40, blank=True)
    order_date = models.DateField(_("date of the order"), null=True, blank=True)
    act = models.OneToOneField(Act, on_delete=models.CASCADE, null=True, blank=True, related_name="rollover")
    skipped = models.JSONField(default=list, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    applied_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    started_at = models.DateTimeField(null=True, blank=True)

    waits_until: dt.datetime | None  # see `with_waiting`
    rows: "list[RolloverClass] | None" = None  # its lines, where they were read along with it

    objects = RolloverQuerySet.as_manager()

    class Meta:
        verbose_name = _("plan of the new school year")
        ordering = ["-made_at", "-pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["school"],
                condition=Q(state__in=["draft", "applying", "failed"]),
                name="one_open_plan_of_a_new_year",
            ),
            models.CheckConstraint(name="a_planned_year_ends_after_it_starts", condition=Q(ends_on__gt=F("starts_on"))),
            models.CheckConstraint(
                name="an_applied_plan_has_its_act", condition=~Q(state__in=["applied", "undone"]) | Q(act__isnull=False)
            ),
            models.CheckConstraint(
                name="a_started_plan_knows_by_whom",
                condition=~Q(state__in=["applying", "applied"]) | Q(applied_by__isnull=False, started_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.from_year} → {self.new_year}"

    @property
    def new_year(self) -> str:
        return str(AcademicYear(starts_on=self.starts_on, ends_on=self.ends_on))

    @property
    def is_editable(self) -> bool:
        return self.state in (self.State.DRAFT, self.State.FAILED)

    @property
    def undo_until(self) -> dt.datetime | None:
        """Until when the applied year can be taken back; None where it cannot."""
        return self.act.undo_until if self.state == self.State.APPLIED and self.act and self.act.can_be_undone else None


class RolloverClass(models.Model):
    """What becomes of one class: the class of the new year into which it goes, or it graduates."""

    rollover = models.ForeignKey(Rollover, on_delete=models.CASCADE, related_name="classes")
    school_class = models.ForeignKey(SchoolClass, on_delete=models.CASCADE, related_name="+")
    graduates = models.BooleanField(_("graduates"), default=False)
    parallel = models.PositiveSmallIntegerField(_("parallel"), null=True, blank=True, validators=_PARALLELS)
    letter = models.CharField(_("letter"), max_length=15, blank=True)
    letter_key = models.CharField(max_length=15, blank=True, editable=False)
    keeps_homeroom = models.BooleanField(_("the homeroom teacher carries on"), default=True)
    homeroom = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["rollover", "school_class"], name="one_line_of_a_plan_for_a_class"),
            models.CheckConstraint(
                name="a_class_graduates_or_goes_on",
                condition=Q(graduates=True, parallel__isnull=True, letter="")
                | (Q(graduates=False, parallel__gte=1, parallel__lte=12) & ~Q(letter_key="")),
            ),
            models.CheckConstraint(
                name="a_new_homeroom_teacher_is_named_where_the_old_one_goes",
                condition=Q(keeps_homeroom=False) | Q(homeroom__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.school_class} → {self.parallel or ''}{self.letter}"

    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        self.letter_key = fold_letter(self.letter)
        super().save(*args, update_fields=update_fields and {*update_fields, "letter_key"}, **kwargs)


class RolloverPupil(models.Model):
    """A pupil who does not simply go along with the class."""

    class Fate(models.TextChoices):
        CONDITIONAL = "conditional", _("goes along conditionally (условный перевод)")
        REPEATS = "repeats", _("repeats the year")
        OTHER_CLASS = "other_class", _("goes into another class")
        LEAVES = "leaves", _("leaves the school")
        GRADUATES = "graduates", _("graduates")

    INTO_A_CLASS = (Fate.REPEATS, Fate.OTHER_CLASS)

    rollover = models.ForeignKey(Rollover, on_delete=models.CASCADE, related_name="pupils")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    fate = models.CharField(max_length=12, choices=Fate.choices)
    parallel = models.PositiveSmallIntegerField(null=True, blank=True, validators=_PARALLELS)
    letter = models.CharField(max_length=15, blank=True)
    place = models.CharField(_("where to"), max_length=200, blank=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["rollover", "person"], name="one_line_of_a_plan_for_a_pupil"),
            models.CheckConstraint(
                name="who_goes_into_another_class_names_it",
                condition=Q(fate__in=["repeats", "other_class"], parallel__isnull=False)
                | Q(~Q(fate__in=["repeats", "other_class"]), parallel__isnull=True, letter=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.get_fate_display()}"
