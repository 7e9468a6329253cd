"""Forms of the desk: a new link, an additional administrator, filters, annulment."""

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from chats.models import Chat
from school.forms.fields import OrderForm, PersonField
from school.models import Person, School, SchoolClass, StaffPosition
from school.rights import holds_any, may

from ..models import CLASS_ROLES, InviteRole, InviteState
from ..models.invites import InviteQuerySet
from ..ranks import RIGHT_OF_ROLE, roles_below
from ..services.issuing import MOST_PLACES

TERMS = [
    (1, _("1 day")),
    (3, _("3 days")),
    (7, _("7 days")),
    (14, _("14 days")),
    (30, _("30 days")),
    (90, _("90 days")),
]
_LINKS = (*CLASS_ROLES, InviteRole.TEACHER, InviteRole.EXTRA_TEACHER, InviteRole.EMPLOYEE, InviteRole.DEPUTY)
BOTH = "both"
_ANY = [("", _("All"))]


def classes_for(user: User, school: School) -> dict[int, SchoolClass]:
    """The classes to which the user may invite somebody."""
    taught = SchoolClass.objects.taught().filter(school=school)
    both = taught.allowing(user, "invite_parents") | taught.allowing(user, "invite_pupils")
    return {school_class.pk: school_class for school_class in both}


class InviteForm(forms.Form):
    """A link for all of one role. The term and the approval are those of the role until somebody says otherwise."""

    role = forms.ChoiceField(label=_("For whom"), widget=forms.RadioSelect)
    school_class = forms.TypedChoiceField(
        label=_("Class"), coerce=int, empty_value=None, required=False, help_text=_("For pupils and parents.")
    )
    days = forms.TypedChoiceField(
        label=_("Valid for"),
        coerce=int,
        empty_value=None,
        required=False,
        choices=[("", _("As usual")), *TERMS],
        help_text=_("As usual is 14 days for pupils and parents, 7 for the staff."),
    )
    max_uses = forms.IntegerField(
        label=_("How many may join"),
        min_value=1,
        max_value=MOST_PLACES,
        required=False,
        help_text=_("Leave it empty if the number is not limited."),
    )
    approval = forms.ChoiceField(
        label=_("Approval"),
        required=False,
        choices=[
            ("", _("As usual")),
            ("yes", _("Each one is approved by hand")),
            ("no", _("Whoever is recognised joins at once")),
        ],
        help_text=_("As usual the staff are approved, and parents and pupils whose name is not found in the class."),
    )
    note = forms.CharField(label=_("Note for yourself"), max_length=200, required=False)

    def __init__(self, *args: Any, user: User, school: School, chat: Chat | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.school, self.chat = school, chat
        self.classes = classes_for(user, school)
        allowed = roles_below(user, school)
        roles = [role for role in _LINKS if role in allowed and holds_any(user, [RIGHT_OF_ROLE[role]], school)]
        self._choices("role", [(role.value, role.label) for role in roles])
        self._choices("school_class", [("", "—"), *((str(pk), str(c)) for pk, c in self.classes.items())])
        if len(self.classes) == 1:
            self.fields["school_class"].initial = next(iter(self.classes))

    def _choices(self, name: str, choices: list[tuple[str, Any]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    @property
    def terms(self) -> dict[str, Any]:
        """What `create_invite` takes."""
        data = self.cleaned_data
        days = data.get("days")
        return {
            "role": data["role"],
            "school_class": self.classes.get(data.get("school_class") or 0),
            "expires_at": timezone.now() + dt.timedelta(days=days) if days else None,
            "max_uses": data.get("max_uses"),
            "needs_approval": {"yes": True, "no": False}.get(data.get("approval") or ""),
            "note": data.get("note") or "",
            "chat": self.chat,
        }


class AdministratorForm(OrderForm):
    """Who of the confirmed teachers becomes an additional administrator by joining, and by what order."""

    person = PersonField(label=_("Teacher"), help_text=_("A confirmed teacher of the lists who has not joined yet."))
    order_needed = True
    field_order = ["person", "order_number", "order_date"]

    def __init__(self, *args: Any, school: School, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        teachers = StaffPosition.objects.active().filter(school=school).exclude(kind=StaffPosition.Kind.EMPLOYEE)
        absent = Person.objects.present().filter(school=school, user__isnull=True, pk__in=teachers.values("person_id"))
        self.fields["person"].people = absent  # type: ignore[attr-defined]


class PrintForm(forms.Form):
    """Whose slips are printed for the whole school, and whether those given out before go on working."""

    role = forms.TypedChoiceField(
        label=_("For whom"), widget=forms.RadioSelect, coerce=lambda value: "" if value == BOTH else value
    )
    reissue = forms.BooleanField(
        label=_("Annul the slips given out before"),
        required=False,
        help_text=_(
            "Tick it when slips were lost or fell into wrong hands. Otherwise those that are good are reprinted."
        ),
    )

    def __init__(self, *args: Any, user: User, school: School, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = {InviteRole.PARENT: _("Parents"), InviteRole.PUPIL: _("Pupils")}
        choices = [(role.value, word) for role, word in words.items() if may(user, RIGHT_OF_ROLE[role], school)]
        both = [(BOTH, _("Parents and pupils"))] if len(choices) > 1 else []
        self.fields["role"].choices = [*both, *choices]  # type: ignore[attr-defined]
        self.fields["role"].initial = next(iter(dict([*both, *choices])), "")


class InviteFilter(forms.Form):
    """Which invites are shown; an unknown value counts as none."""

    state = forms.ChoiceField(label=_("State"), required=False, choices=[*_ANY, *InviteState.choices])
    role = forms.ChoiceField(label=_("Role"), required=False, choices=[*_ANY, *InviteRole.choices])
    school_class = forms.ChoiceField(label=_("Class"), required=False)
    kind = forms.ChoiceField(
        label=_("Kind"), required=False, choices=[*_ANY, ("link", _("Links")), ("slip", _("Personal"))]
    )

    def __init__(self, *args: Any, classes: dict[int, SchoolClass], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [*_ANY, *((str(pk), str(school_class)) for pk, school_class in classes.items())]
        self.fields["school_class"].choices = choices  # type: ignore[attr-defined]
        self.is_valid()

    def chosen(self, invites: InviteQuerySet) -> InviteQuerySet:
        """The invites that the filter leaves."""
        values = self.cleaned_data
        if values.get("state"):
            invites = invites.in_state(values["state"])
        if values.get("role"):
            invites = invites.filter(role=values["role"])
        if values.get("school_class"):
            invites = invites.filter(school_class=values["school_class"])
        if values.get("kind"):
            invites = invites.filter(person__isnull=values["kind"] == "link")
        return invites


def may_create(user: User, school: School) -> bool:
    """Has he any link to make here?"""
    return holds_any(user, ["invite_pupils", "invite_parents", "invite_staff"], school)


def may_appoint(user: User, school: School) -> bool:
    return may(user, "appoint_administrators", school)


def may_print(user: User, school: School) -> bool:
    """Has he slips to print for all classes?"""
    return any(may(user, RIGHT_OF_ROLE[role], school) for role in CLASS_ROLES)
