"""Why an invite cannot be used: one code and one text for each reason, the same for the page, the POST and the API."""

from django.utils.translation import gettext_lazy as _

from school.errors import Refusal

TEXTS = {
    "unknown": _("There is no such invite. Check that the link was copied whole, or ask for a new one."),
    "expired": _("The term of this invite is over. Ask whoever sent it for a new one."),
    "annulled": _("This invite was annulled. Ask whoever sent it for a new one."),
    "used_up": _("All the places of this invite are taken. Ask whoever sent it for a new one."),
    "wrong_role": _("This invite is not for you: it is for another role."),
    "another_person": _("This invite is for another person."),
    "wrong_class": _("You are a pupil of another class. The administrator moves pupils from class to class."),
    "another_school": _("You study at another school. Its administrator has to let you go first."),
    "already_member": _("You have joined already: there is nothing more to do."),
    "waiting_for_approval": _("Your request is waiting for approval. You will be let in as soon as it is approved."),
    "under_age": _(
        "Until the age of 14 the account is created through a parent: he can do it in “My children”, "
        "or the homeroom teacher will hand out a personal slip."
    ),
    "too_many_attempts": _("Too many attempts. Try again tomorrow, or ask the homeroom teacher."),
}


_STATUS = {
    "unknown": 404,
    "too_many_attempts": 429,
    **dict.fromkeys(("expired", "annulled", "used_up"), 410),
    **dict.fromkeys(("wrong_role", "another_person", "wrong_class", "another_school", "under_age"), 403),
}


class InviteRefused(Refusal):
    """The invite is not for this person, or not now; `code` is a key of `TEXTS`."""

    def __init__(self, code: str, *, field: str = "") -> None:
        super().__init__(TEXTS[code], code=code, field=field)
        self.status = _STATUS.get(code, self.status)
