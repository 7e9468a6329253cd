"""A role changed in place."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from ..models import Guardianship, Person, School, SchoolClass
from ..services.role_change import NewRole, RoleTarget
from .fields import PersonField


class RoleForm(forms.Form):
    """What the person becomes; a pupil needs a class, a parent a child."""

    role = forms.ChoiceField(label=_("New role"), choices=NewRole.choices)
    school_class = forms.ModelChoiceField(
        label=_("Class"),
        queryset=SchoolClass.objects.none(),
        required=False,
        help_text=_("For a pupil."),
    )
    child = PersonField(label=_("Child"), required=False, help_text=_("For a parent: begin to write the child's name."))
    kind = forms.ChoiceField(
        label=_("Kinship"),
        choices=[("", "—"), *Guardianship.Kind.choices],
        required=False,
        help_text=_("For a parent."),
    )

    def __init__(self, *args: Any, school: School, pupils: QuerySet[Person], url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["school_class"].queryset = SchoolClass.objects.taught().filter(school=school)  # type: ignore[attr-defined]
        self.fields["child"].offer(pupils, url)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("role") == NewRole.PARENT and cleaned.get("child") and not cleaned.get("kind"):
            raise ValidationError({"kind": _("Say who the parent is to the child.")})
        return cleaned

    @property
    def target(self) -> RoleTarget:
        data = self.cleaned_data
        kind = data["kind"] or Guardianship.Kind.GUARDIAN
        return RoleTarget(NewRole(data["role"]), data["school_class"], data["child"], kind)
