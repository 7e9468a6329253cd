"""A login: who may come in. What a school knows about the human is `school.Person`."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from guardian.mixins import GuardianUserMixin


class UserManager(BaseUserManager["User"]):
    def create_user(self, *, password: str | None = None, **fields: Any) -> "User":
        """A login with at least one name to sign in by; without a password it signs in by a code."""
        user = self.model(**fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, login: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(login=login, password=password, is_staff=True, is_superuser=True, **fields)

    def unproved(self) -> models.QuerySet["User"]:
        """Logins made by typing a phone into a form, and nothing more: nobody has shown yet that the phone is his."""
        blank = {"phone_verified": False, "last_login": None, "login": None, "email": None, "name": ""}
        return self.filter(**blank, password__startswith=UNUSABLE_PASSWORD_PREFIX)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(login=username)


class User(GuardianUserMixin, AbstractBaseUser, PermissionsMixin):
    """A login by phone (E.164), by e-mail or, for a pupil who has neither, by a login name.

    `is_superuser` makes an operator of the installation: Django's admin, and nothing inside a school.
    """

    phone = models.CharField(_("phone"), max_length=16, unique=True, null=True, blank=True)
    phone_verified = models.BooleanField(default=False)
    email = models.EmailField(_("e-mail"), unique=True, null=True, blank=True)
    login = models.CharField(_("login"), max_length=40, unique=True, null=True, blank=True)
    name = models.CharField(_("name"), max_length=200, blank=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(_("operator"), default=False)
    date_joined = models.DateTimeField(auto_now_add=True)
    last_seen_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "login"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = [
            models.CheckConstraint(
                name="user_has_a_name_to_sign_in_by",
                condition=Q(phone__isnull=False) | Q(email__isnull=False) | Q(login__isnull=False),
            ),
            models.CheckConstraint(
                name="user_phone_is_e164", condition=Q(phone__isnull=True) | Q(phone__startswith="+")
            ),
        ]

    def save(self, *args: Any, **kwargs: Any) -> None:
        # allauth writes "" for "no address"; two empty strings would break the unique key, two NULLs do not.
        self.phone, self.email, self.login = self.phone or None, self.email or None, self.login or None
        super().save(*args, **kwargs)

    def __str__(self) -> str:
        return self.name or self.login or self.phone or self.email or f"#{self.pk}"

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """An operator's superuser flag opens Django's admin only; inside a school only the regulation counts."""
        if obj is not None:
            from django.contrib.auth.models import _user_has_perm  # type: ignore[attr-defined]

            return self.is_active and _user_has_perm(self, perm, obj)
        return super().has_perm(perm)
