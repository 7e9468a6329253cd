"""What a person says about himself when he uses an invite."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.names import clean_name
from school.errors import Refusal
from school.models import Guardianship, Person

from .models import Invite, InviteRole

ADULT_ACCOUNT_AGE = 14
_OLDEST = 120
_NAME_LENGTH = 100
_OWN_NAMES = ("last_name", "first_name", "patronymic")


@dataclass(frozen=True)
class Answers:
    """Names as written; `kind` is the kinship of a parent, `title` the post of a member of the staff."""

    last_name: str = ""
    first_name: str = ""
    patronymic: str = ""
    birth_date: dt.date | None = None
    kind: str = ""
    child_last_name: str = ""
    child_first_name: str = ""
    title: str = ""


def fields_for(invite: Invite, own: Person | None = None, *, inside: bool = False) -> list[str]:
    """What is asked of whoever uses the invite: no more than is needed.

    `own`: who he is in the school already; `inside`: he has the role, and the link leads him to a chat only.
    """
    if invite.is_personal or inside:
        return []
    names = [] if own else list(_OWN_NAMES)
    return names + {
        InviteRole.PARENT: ["kind", "child_last_name", "child_first_name"],
        InviteRole.PUPIL: ["birth_date"],
    }.get(InviteRole(invite.role), ["title"])


def cleaned(answers: Answers, invite: Invite, own: Person | None = None) -> Answers:
    """The answers that the invite asks for, in the form in which they are kept. Raises `Refusal` naming the field."""
    wanted = fields_for(invite, own)
    known = {name: getattr(own, name) for name in _OWN_NAMES} if own else {}
    names = [field for field in wanted if field.endswith("_name") or field == "patronymic"]
    values: dict[str, Any] = known | {field: _name(getattr(answers, field), field) for field in names}
    if "kind" in wanted and answers.kind not in Guardianship.Kind.values:
        raise Refusal(_("Say who you are to the child."), code="no_kinship", field="kind")
    if "birth_date" in wanted:
        _require_date(answers.birth_date)
    return Answers(
        **values,
        kind=answers.kind if "kind" in wanted else "",
        birth_date=answers.birth_date if "birth_date" in wanted else None,
        title=" ".join(answers.title.split())[:120] if "title" in wanted else "",
    )


def _name(text: str, field: str) -> str:
    if field == "patronymic" and not text.strip():
        return ""
    try:
        name = clean_name(text)
    except ValidationError as error:
        raise Refusal(error.messages[0], code="bad_name", field=field) from error
    if len(name) > _NAME_LENGTH:
        raise Refusal(_("The name is too long."), code="bad_name", field=field)
    return name


def _require_date(day: dt.date | None) -> None:
    if day is None or not 0 <= age(day) <= _OLDEST:
        raise Refusal(_("Write the date of birth."), code="no_birth_date", field="birth_date")


def age(born: dt.date, today: dt.date | None = None) -> int:
    """Full years; negative for a day to come."""
    today = today or timezone.localdate()
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))
