"""Facts about people, with dates: roles are their projection (`school/roles.py`).

A fact is active until it is ended: `[starts_on, ends_on)`. On PostgreSQL an exclusion constraint forbids overlaps.
"""

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from ..querysets import FactQuerySet, GuardianshipQuerySet
from .organisation import School
from .people import Person
from .structure import SchoolClass, StudyGroup

ACTIVE = Q(ends_on__isnull=True)


class Fact(models.Model):
    """Something that is true of a person from a day on, until a day, by an order if there is one."""

    school = models.ForeignKey(School, on_delete=models.CASCADE, related_name="+")
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True, blank=True)
    order_number = models.CharField(_("number of the order"), max_length=40, blank=True)
    order_date = models.DateField(_("date of the order"), null=True, blank=True)

    person: Any  # whom it is about: a key of every fact but Guardianship, which has two
    objects: ClassVar[Any] = FactQuerySet.as_manager()

    class Meta:
        abstract = True
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.person}: {self.words}"

    @property
    def words(self) -> str:
        """What is true of the person: «классное руководство, 7А»."""
        return str(self._meta.verbose_name)


def _not_before_start(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(name=name, condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")))


class Enrolment(Fact):
    """A pupil is in a class."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="enrolments")
    school_class = models.ForeignKey(SchoolClass, on_delete=models.PROTECT, related_name="enrolments")

    class Meta(Fact.Meta):
        verbose_name = _("enrolment")
        constraints = [
            models.UniqueConstraint(fields=["person"], condition=ACTIVE, name="one_active_enrolment_of_a_pupil"),
            _not_before_start("enrolment_ends_after_start"),
        ]

    @property
    def words(self) -> str:
        return f"{self._meta.verbose_name}, {self.school_class}"


class GroupMembership(Fact):
    """A pupil belongs to the part of a class that a study group takes."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="group_memberships")
    study_group = models.ForeignKey(StudyGroup, on_delete=models.CASCADE, related_name="memberships")

    class Meta(Fact.Meta):
        verbose_name = _("membership of a study group")
        constraints = [
            models.UniqueConstraint(
                fields=["person", "study_group"], condition=ACTIVE, name="one_active_membership_of_a_group"
            ),
            _not_before_start("membership_ends_after_start"),
        ]

    @property
    def words(self) -> str:
        return f"{self._meta.verbose_name}, {self.study_group}"


class Guardianship(Fact):
    """A parent (законный представитель) of a pupil."""

    class Kind(models.TextChoices):
        MOTHER = "mother", _("mother")
        FATHER = "father", _("father")
        GUARDIAN = "guardian", _("guardian (опекун)")
        TRUSTEE = "trustee", _("trustee (попечитель)")

    guardian = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="wards")
    pupil = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="guardians")
    kind = models.CharField(_("kinship"), max_length=10, choices=Kind.choices)

    objects: ClassVar[Any] = GuardianshipQuerySet.as_manager()

    class Meta(Fact.Meta):
        verbose_name = _("guardianship")
        constraints = [
            models.UniqueConstraint(
                fields=["guardian", "pupil"], condition=ACTIVE, name="one_active_guardianship_of_a_pair"
            ),
            models.CheckConstraint(name="nobody_is_his_own_parent", condition=~Q(guardian=F("pupil"))),
            _not_before_start("guardianship_ends_after_start"),
        ]

    def __str__(self) -> str:
        return f"{self.guardian}: {self.words}"

    @property
    def words(self) -> str:
        return f"{self.get_kind_display()}, {self.pupil}"


class StaffPosition(Fact):
    """A post in the school, also that of its administrators (by приказ, 2.1)."""

    class Kind(models.TextChoices):
        DIRECTOR = "director", _("director")
        DEPUTY = "deputy", _("deputy director")
        TEACHER = "teacher", _("teacher")
        EXTRA_TEACHER = "extra_teacher", _("additional-education teacher")
        EMPLOYEE = "employee", _("employee")
        ADMINISTRATOR = "administrator", _("administrator")
        ADDITIONAL_ADMINISTRATOR = "additional_administrator", _("additional administrator")

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="positions")
    kind = models.CharField(_("position"), max_length=30, choices=Kind.choices)
    title = models.CharField(_("title"), max_length=120, blank=True)

    class Meta(Fact.Meta):
        verbose_name = _("position")
        constraints = [
            models.UniqueConstraint(fields=["person", "kind"], condition=ACTIVE, name="one_active_position_of_a_kind"),
            models.UniqueConstraint(
                fields=["school"], condition=ACTIVE & Q(kind="director"), name="one_active_director_of_a_school"
            ),
            _not_before_start("position_ends_after_start"),
        ]

    @property
    def words(self) -> str:
        """«учитель математики», «заместитель директора, по УВР»: the kind, unless the title says it itself."""
        kind = str(self.get_kind_display())
        if not self.title or self.title.lower().startswith(kind.split()[0].lower()):
            return self.title or kind
        return f"{kind}, {self.title}"


class Homeroom(Fact):
    """A teacher is the homeroom teacher of a class (2.3)."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="homerooms")
    school_class = models.ForeignKey(SchoolClass, on_delete=models.CASCADE, related_name="homerooms")

    class Meta(Fact.Meta):
        verbose_name = _("homeroom")
        constraints = [
            models.UniqueConstraint(
                fields=["school_class"], condition=ACTIVE, name="one_active_homeroom_teacher_of_a_class"
            ),
            _not_before_start("homeroom_ends_after_start"),
        ]

    @property
    def words(self) -> str:
        return f"{self._meta.verbose_name}, {self.school_class}"


class Teaching(Fact):
    """A teacher takes a study group: a subject in a class or in a part of it (2.4)."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="teachings")
    study_group = models.ForeignKey(StudyGroup, on_delete=models.CASCADE, related_name="teachings")

    class Meta(Fact.Meta):
        verbose_name = _("teaching")
        constraints = [
            models.UniqueConstraint(
                fields=["person", "study_group"], condition=ACTIVE, name="one_active_teaching_of_a_group"
            ),
            _not_before_start("teaching_ends_after_start"),
        ]

    @property
    def words(self) -> str:
        return f"{self._meta.verbose_name}, {self.study_group}"


class Activist(Fact):
    """A member of the parents' committee or of the pupils' council (родительский, ученический актив)."""

    class Kind(models.TextChoices):
        PARENTS = "parents", _("parents' activist")
        PUPILS = "pupils", _("pupils' activist")

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="activisms")
    kind = models.CharField(max_length=10, choices=Kind.choices)

    class Meta(Fact.Meta):
        verbose_name = _("activist")
        constraints = [
            models.UniqueConstraint(fields=["person", "kind"], condition=ACTIVE, name="one_active_activism_of_a_kind"),
            _not_before_start("activism_ends_after_start"),
        ]

    @property
    def words(self) -> str:
        return str(self.get_kind_display())
