"""Whom a school asks for a second step at sign-in (`settings.SECOND_FACTOR_REQUIRED`)."""

from accounts.models import User

from .models import StaffPosition


def is_demanded(user: User) -> bool:
    """Does a school where the user holds a position demand a second factor of its staff?"""
    return StaffPosition.objects.active().filter(person__user=user, school__requires_second_factor=True).exists()
