"""Forms about the staff: positions, homeroom, subjects, administrators, the status «учитель»."""

from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.phones import PhoneField

from ..models import Person, School, SchoolClass, StaffPosition, StudyGroup
from ..services.roster import ADMINISTRATOR_KINDS, TEACHING_KINDS
from .fields import OrderForm
from .people import NamesForm

EMPLOYED = [choice for choice in StaffPosition.Kind.choices if choice[0] not in ADMINISTRATOR_KINDS]


def teachers_of(school: School) -> QuerySet[Person]:
    """Who may take a class or a subject."""
    teaching = StaffPosition.objects.active().filter(school=school, kind__in=TEACHING_KINDS)
    return Person.objects.present().filter(pk__in=teaching.values("person_id"))


class PositionForm(OrderForm):
    field_order = ["kind", "title", "order_number", "order_date"]
    kind = forms.ChoiceField(label=_("Position"), choices=EMPLOYED)
    title = forms.CharField(
        label=_("Title"), max_length=120, required=False, help_text=_("As in the staff list: teacher of mathematics.")
    )


class StaffForm(NamesForm):
    """A new member of the staff."""

    kind = forms.ChoiceField(label=_("Position"), choices=EMPLOYED, initial=StaffPosition.Kind.TEACHER)
    title = forms.CharField(label=_("Title"), max_length=120, required=False)
    phone = PhoneField(label=_("Mobile phone"), required=False)
    email = forms.EmailField(label=_("E-mail"), required=False)


class HomeroomForm(OrderForm):
    """Who leads the class; `replace` is asked for where somebody does already."""

    field_order = ["person", "replace", "order_number", "order_date"]
    person = forms.ModelChoiceField(label=_("Homeroom teacher"), queryset=Person.objects.none())
    replace = forms.BooleanField(required=False)

    def __init__(self, *args: Any, school: School, current: Person | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        teachers = teachers_of(school)
        self.fields["person"].queryset = teachers.exclude(pk=current.pk) if current else teachers  # type: ignore[attr-defined]
        if current is None:
            del self.fields["replace"]
            return
        self.fields["replace"].label = _("Replace %(name)s") % {"name": current.full_name}
        self.fields["replace"].help_text = _("The chats of the class go over to the new homeroom teacher.")


class StudyGroupForm(forms.Form):
    """A subject in a class, or in a part of it, with its teacher."""

    subject = forms.CharField(label=_("Subject"), max_length=100)
    part = forms.CharField(
        label=_("Part of the class"),
        max_length=60,
        required=False,
        help_text=_("Leave it empty for the whole class; “group 1” where the class is divided."),
    )
    teacher = forms.ModelChoiceField(label=_("Teacher"), queryset=Person.objects.none(), required=False)

    def __init__(self, *args: Any, school: School, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["teacher"].queryset = teachers_of(school)  # type: ignore[attr-defined]
        self.fields["subject"].widget.attrs["list"] = "subjects"


class TeacherForm(forms.Form):
    """One more teacher of a study group."""

    person = forms.ModelChoiceField(label=_("Teacher"), queryset=Person.objects.none())

    def __init__(self, *args: Any, group: StudyGroup, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        taken = group.teachings.active().values("person_id")
        self.fields["person"].queryset = teachers_of(group.school).exclude(pk__in=taken)  # type: ignore[attr-defined]


class MembersForm(forms.Form):
    """Which pupils of the class a part consists of."""

    pupils = forms.ModelMultipleChoiceField(
        label=_("Pupils"), queryset=Person.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, school_class: SchoolClass, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        enrolled = school_class.enrolments.active().values("person_id")
        self.fields["pupils"].queryset = Person.objects.filter(pk__in=enrolled)  # type: ignore[attr-defined]


class AppointForm(OrderForm):
    """By which order a teacher becomes an administrator (2.1)."""

    order_needed = True
    field_order = ["person", "order_number", "order_date", "main"]
    person = forms.ModelChoiceField(
        label=_("Teacher"),
        queryset=Person.objects.none(),
        help_text=_("A confirmed teacher of the school who has joined."),
    )
    main = forms.BooleanField(
        label=_("Hand over the role of the main administrator"),
        required=False,
        help_text=_("The present main administrator stays as an additional one."),
    )

    def __init__(self, *args: Any, school: School, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        active = StaffPosition.objects.active().filter(school=school)
        main = active.filter(kind=StaffPosition.Kind.ADMINISTRATOR).values("person_id")
        eligible = teachers_of(school).filter(Q(user__isnull=False), verification=Person.Verification.VERIFIED)
        self.fields["person"].queryset = eligible.exclude(pk__in=main)  # type: ignore[attr-defined]


class NamedOrderForm(OrderForm):
    """An act that is not done without an order: a dismissal, the order of a right that has none."""

    order_needed = True
