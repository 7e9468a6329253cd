"""Refusals: what a person asked for cannot be done, and why, in his language.

A service raises one before anything is written. Views show `str(error)`, the API answers with `code` in Problem Details.
"""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Refusal(Exception):
    """The act is understood, permitted and impossible: `code` is for programs, the message for people.

    `field` names the input that is to be corrected, where there is one.
    """

    code = "refused"
    status = 409

    def __init__(self, message: str | Promise, *, code: str = "", field: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        if code:
            self.code = code

    def __str__(self) -> str:
        return str(self.message)


def require_same_school(*objects: Any) -> None:
    """Refuse to tie objects of two schools together; views never get that far, other callers might."""
    schools = {obj.pk if obj._meta.model_name == "school" else obj.school_id for obj in objects if obj is not None}
    if len(schools) > 1:
        raise Refusal(_("This belongs to another school."), code="another_school")
