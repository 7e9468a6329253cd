"""Filters above the long lists: a GET form that never refuses, an unknown value counts as none."""

from typing import Any

from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User

from ..models import Enrolment, Guardianship, Homeroom, Person, School, SchoolClass, StaffPosition
from ..queries import turning, unplaced, waiting_teachers, without_adult
from ..services.roster import ADMINISTRATOR_KINDS

ROLES = {
    "pupil": _("Pupils"),
    "parent": _("Parents"),
    "staff": _("Staff"),
    "homeroom": _("Homeroom teachers"),
    "administrator": _("Administrators"),
    "none": _("Without a role"),
}
STATES = {
    "joined": _("Joined"),
    "absent": _("Not joined yet"),
    "pending": _("Teachers to confirm"),
    "alone": _("Pupils with no adult linked"),
    "unplaced": _("Pupils without a class"),
    "turns_14": _("Pupils who turn 14 these days"),
    "turns_18": _("Pupils who turn 18 these days"),
    "left": _("Left the school"),
}
SORTS = {"name": _("By name"), "-joined": _("Joined last"), "-added": _("Added last")}
AGES = {"turns_14": 14, "turns_18": 18}
_BY_NAME = ["last_name", "first_name", "patronymic", "pk"]
_ORDERS = {
    "-joined": ["-joined_at", "last_name", "first_name", "pk"],
    "-added": ["-created_at", "-pk"],
}


def _any(choices: dict[str, Any], word: Any) -> list[tuple[str, Any]]:
    return [("", word), *choices.items()]


class PeopleFilter(forms.Form):
    """Who is to be seen: by name, role, class, state."""

    q = forms.CharField(
        label=_("Name or phone"), max_length=100, required=False, widget=forms.TextInput({"type": "search"})
    )
    role = forms.ChoiceField(label=_("Role"), choices=_any(ROLES, _("All")), required=False)
    school_class = forms.ChoiceField(label=_("Class"), required=False)
    state = forms.ChoiceField(label=_("State"), choices=_any(STATES, _("Any")), required=False)
    sort = forms.ChoiceField(label=_("Order"), choices=SORTS.items(), required=False)

    def __init__(self, *args: Any, classes: dict[int, SchoolClass], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = {str(pk): str(school_class) for pk, school_class in classes.items()}
        self.fields["school_class"].choices = _any(choices, _("All"))  # type: ignore[attr-defined]
        self.is_valid()

    def value(self, name: str) -> str:
        return str(self.cleaned_data.get(name) or "")

    def people(self, user: User, school: School) -> QuerySet[Person]:
        """The people of the school whom the user may see and the filter leaves, in its order."""
        gone = self.value("state") == "left"
        rows: Any = Person.objects.visible_to(user).filter(school=school, removed_at__isnull=not gone)
        if text := self.value("q"):
            rows = rows.search(text, asked_by=user)
        if self.value("state") in AGES:
            rows = rows.contacts_visible_to(user)  # a birth date is not for everybody who sees the name
        for condition in (self._role(), self._class(), self._state(school)):
            rows = rows.filter(condition)
        ordered: QuerySet[Person] = rows.order_by(*_ORDERS.get(self.value("sort"), _BY_NAME))
        return ordered

    def _role(self) -> Q:
        active = {
            "pupil": Enrolment.objects.active().filter(person=OuterRef("pk")),
            "parent": Guardianship.objects.active().filter(guardian=OuterRef("pk")),
            "staff": StaffPosition.objects.active().filter(person=OuterRef("pk")),
            "homeroom": Homeroom.objects.active().filter(person=OuterRef("pk")),
        }
        role = self.value("role")
        if role in active:
            return Q(Exists(active[role]))
        if role == "administrator":
            posts = StaffPosition.objects.active().filter(kind__in=ADMINISTRATOR_KINDS)
            return Q(Exists(posts.filter(person=OuterRef("pk"))))
        if role == "none":
            return ~Q(Exists(active["pupil"])) & ~Q(Exists(active["parent"])) & ~Q(Exists(active["staff"]))
        return Q()

    def _class(self) -> Q:
        """The pupils of the class, their parents, its homeroom teacher."""
        if not (chosen := self.value("school_class")):
            return Q()
        pk = int(chosen)
        pupils = Enrolment.objects.active().filter(school_class=pk).values("person_id")
        parents = Guardianship.objects.active().filter(pupil__in=pupils).values("guardian_id")
        lead = Homeroom.objects.active().filter(school_class=pk).values("person_id")
        return Q(pk__in=pupils) | Q(pk__in=parents) | Q(pk__in=lead)

    def _state(self, school: School) -> Q:
        conditions = {
            "joined": Q(user__isnull=False),
            "absent": Q(user__isnull=True),
            "pending": Q(pk__in=waiting_teachers(school).order_by().values("pk")),
            "alone": without_adult(),
            "unplaced": unplaced(school),
            **{state: turning(age) for state, age in AGES.items()},
        }
        return conditions.get(self.value("state"), Q())
