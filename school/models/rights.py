"""Where rights live: role groups, guardian's permissions with direct foreign keys, the school's own changes."""

from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase

from ..regulation import Role
from .organisation import School
from .structure import SchoolClass, StudyGroup


class RoleGroup(models.Model):
    """The people of one role in one scope, over a group of `auth`: «school 3 · class 12 · homeroom».

    The scope is the study group, else the class, else the school.
    """

    group = models.OneToOneField(Group, on_delete=models.CASCADE, related_name="role_group")
    school = models.ForeignKey(School, on_delete=models.CASCADE, related_name="role_groups")
    school_class = models.ForeignKey(SchoolClass, on_delete=models.CASCADE, null=True, related_name="role_groups")
    study_group = models.ForeignKey(StudyGroup, on_delete=models.CASCADE, null=True, related_name="role_groups")
    role = models.CharField(max_length=30, choices=Role.choices)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["school", "role"],
                condition=Q(school_class__isnull=True, study_group__isnull=True),
                name="one_role_group_of_a_school",
            ),
            models.UniqueConstraint(
                fields=["school_class", "role"],
                condition=Q(school_class__isnull=False, study_group__isnull=True),
                name="one_role_group_of_a_class",
            ),
            models.UniqueConstraint(
                fields=["study_group", "role"],
                condition=Q(study_group__isnull=False),
                name="one_role_group_of_a_study_group",
            ),
            models.CheckConstraint(
                name="a_study_group_scope_names_its_class",
                condition=Q(study_group__isnull=True) | Q(school_class__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.group.name

    @property
    def scope(self) -> School | SchoolClass | StudyGroup:
        return self.study_group or self.school_class or self.school


class SchoolGroupPermission(GroupObjectPermissionBase):
    content_object = models.ForeignKey(School, on_delete=models.CASCADE, related_name="group_permissions")

    class Meta(GroupObjectPermissionBase.Meta):
        default_permissions = ()


class ClassGroupPermission(GroupObjectPermissionBase):
    content_object = models.ForeignKey(SchoolClass, on_delete=models.CASCADE, related_name="group_permissions")

    class Meta(GroupObjectPermissionBase.Meta):
        default_permissions = ()


class StudyGroupGroupPermission(GroupObjectPermissionBase):
    content_object = models.ForeignKey(StudyGroup, on_delete=models.CASCADE, related_name="group_permissions")

    class Meta(GroupObjectPermissionBase.Meta):
        default_permissions = ()


class TemporaryPermission(UserObjectPermissionBase):
    """A right given to one person by hand, until a moment (a substitute for a sick homeroom teacher)."""

    school = models.ForeignKey(School, on_delete=models.CASCADE, related_name="+")
    expires_at = models.DateTimeField()
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300)
    granted_at = models.DateTimeField(auto_now_add=True)
    content_object: Any  # the scope: each concrete model has its own key

    class Meta(UserObjectPermissionBase.Meta):
        abstract = True
        default_permissions = ()


class SchoolUserPermission(TemporaryPermission):
    content_object = models.ForeignKey(School, on_delete=models.CASCADE, related_name="user_permissions")

    class Meta(TemporaryPermission.Meta):
        abstract = False
        indexes = [models.Index(fields=["expires_at"], name="school_rights_that_end")]


class ClassUserPermission(TemporaryPermission):
    content_object = models.ForeignKey(SchoolClass, on_delete=models.CASCADE, related_name="user_permissions")

    class Meta(TemporaryPermission.Meta):
        abstract = False
        indexes = [models.Index(fields=["expires_at"], name="class_rights_that_end")]


class StudyGroupUserPermission(TemporaryPermission):
    content_object = models.ForeignKey(StudyGroup, on_delete=models.CASCADE, related_name="user_permissions")

    class Meta(TemporaryPermission.Meta):
        abstract = False
        indexes = [models.Index(fields=["expires_at"], name="group_rights_that_end")]


class RightOverride(models.Model):
    """The school's own change of the regulation's table: a role gets a right, or loses it."""

    school = models.ForeignKey(School, on_delete=models.CASCADE, related_name="right_overrides")
    role = models.CharField(max_length=30, choices=Role.choices)
    codename = models.CharField(max_length=100)
    allowed = models.BooleanField(_("allowed"))
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["school", "role", "codename"], name="one_override_of_a_role_and_right")
        ]

    def __str__(self) -> str:
        return f"{self.role} {'+' if self.allowed else '−'}{self.codename}"
