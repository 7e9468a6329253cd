"""Forms of the requests' desk."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from school.models import Person

from ..matching import child_of, person_meant, pupils_of, staff_to_be
from ..models import InviteRole, JoinRequest

NEW = "new"


class ApproveForm(forms.Form):
    """Whose parent, or which record of the lists: what the names alone do not tell."""

    child = forms.TypedChoiceField(label=_("Whose parent"), coerce=int, empty_value=None, required=False)
    person = forms.ChoiceField(label=_("Who is this in the lists"), required=False)

    def __init__(self, *args: Any, request: JoinRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request
        self.pupils = {pupil.pk: pupil for pupil in pupils_of(request.school_class)} if request.school_class else {}
        self.records: dict[int, Person] = {}
        if request.invite.is_personal:
            del self.fields["child"], self.fields["person"]
        elif request.role == InviteRole.PARENT:
            del self.fields["person"]
            self._ask_child()
        else:
            del self.fields["child"]
            self._ask_person()

    def _ask_child(self) -> None:
        meant = child_of(self.request)
        choices = [("", _("Choose the child")), *((str(pk), pupil.full_name) for pk, pupil in self.pupils.items())]
        self.fields["child"].choices = choices  # type: ignore[attr-defined]
        self.fields["child"].initial = meant.pk if meant else None

    def _ask_person(self) -> None:
        pupil = self.request.role == InviteRole.PUPIL
        free = [p for p in self.pupils.values() if p.user_id is None] if pupil else staff_to_be(self.request)
        self.records = {person.pk: person for person in free}
        new = _("Not in the lists: enrol a new pupil") if pupil else _("Not in the lists: add a new person")
        choices = [(NEW, new), *((str(pk), person.full_name) for pk, person in self.records.items())]
        self.fields["person"].choices = choices  # type: ignore[attr-defined]
        meant = person_meant(self.request)
        self.fields["person"].initial = str(meant.pk) if meant else NEW

    @property
    def choice(self) -> dict[str, Any]:
        """What `approve_request` takes."""
        person = self.cleaned_data.get("person") or ""
        return {
            "child": self.pupils.get(self.cleaned_data.get("child") or 0),
            "person": self.records.get(int(person)) if person.isdecimal() else None,
            "as_new": person == NEW,
        }


class ReasonForm(forms.Form):
    """Why the request is rejected."""

    reason = forms.CharField(label=_("Reason"), max_length=300, help_text=_("The applicant will read it."))
