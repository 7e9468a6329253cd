"""Forms of the plan of a new school year: its terms, the table of classes, the pupils of a class."""

import re
from collections.abc import Iterator
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..models import Person, Rollover, RolloverPupil, SchoolClass
from ..rollover_plan import ClassName, Line, Plan
from ..rollover_reading import teachers_of
from ..services.rollover import ClassEdit, Decision
from ..text import fold
from .fields import DayField, OrderForm

Fate = RolloverPupil.Fate
_NUMBER = re.compile(r"№\s*(\d{1,18})\s*$")


class RolloverForm(OrderForm):
    """The terms of the new year, and what goes along with the classes."""

    field_order = [
        *("first_classes", "chats", "carries_teaching", "order_number", "order_date", "starts_on", "ends_on"),
    ]
    first_classes = forms.CharField(
        label=gettext_lazy("Classes that begin"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("They come out of no class of this year: 1А, 1Б, 10 Физмат."),
    )
    chats = forms.ChoiceField(
        label=gettext_lazy("Chats of the classes"), choices=Rollover.Chats.choices, widget=forms.RadioSelect
    )
    carries_teaching = forms.BooleanField(
        label=gettext_lazy("Subjects, their parts and teachers go along with the class"), required=False
    )
    starts_on = DayField(label=gettext_lazy("First day of the new year"))
    ends_on = DayField(label=gettext_lazy("Last day of the new year"))

    @staticmethod
    def values_of(plan: Rollover) -> dict[str, Any]:
        return {name: getattr(plan, name) for name in RolloverForm.base_fields}


class LeadInput(forms.TextInput):
    """A name out of the list of teachers that the page has once."""

    input_type = "search"


class ClassesForm(forms.Form):
    """The table: into which class each goes, whether it graduates, who leads it."""

    def __init__(self, *args: Any, plan: Plan, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.plan = plan
        self.people = {person.pk: person for person in teachers_of(plan.rollover.school)}
        self.teachers = _named(self.people.values())
        names = {person.pk: name for name, person in self.teachers.items()}
        for line in plan.lines:
            pk, lead = line.old.pk, line.homeroom
            self._add(f"class-{pk}", forms.CharField(max_length=20, required=False), str(line.to or ""), line)
            self._add(f"graduates-{pk}", forms.BooleanField(required=False), line.row.graduates, line)
            widget = LeadInput({"list": "teachers", "autocomplete": "off"})
            field = forms.CharField(max_length=340, required=False, widget=widget)
            self._add(f"lead-{pk}", field, names.get(lead.pk, "") if lead else "", line)

    def _add(self, name: str, field: forms.Field, initial: Any, line: Line) -> None:
        words = {
            "class": _("New name of %(class)s"),
            "graduates": _("%(class)s graduates"),
            "lead": _("Homeroom teacher of what %(class)s becomes"),
        }
        field.label = words[name.partition("-")[0]] % {"class": line.old}
        field.initial = initial
        field.widget.attrs["aria-label"] = field.label
        self.fields[name] = field

    @property
    def rows(self) -> Iterator[dict[str, Any]]:
        """For the template: the line and its three fields."""
        for line in self.plan.lines:
            names = ("class", "graduates", "lead")
            yield {"line": line, **{name: self[f"{name}-{line.old.pk}"] for name in names}}

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        for line in self.plan.lines:
            pk = line.old.pk
            if not cleaned.get(f"graduates-{pk}") and not (cleaned.get(f"class-{pk}") or "").strip():
                self.add_error(f"class-{pk}", _("Write the new name, or say that the class graduates."))
            try:
                cleaned[f"lead-{pk}"] = self._teacher(cleaned.get(f"lead-{pk}") or "")
            except ValidationError as error:
                self.add_error(f"lead-{pk}", error)
        return cleaned

    def _teacher(self, text: str) -> Person | None:
        if not text.strip():
            return None
        if numbered := _NUMBER.search(text):
            found = [self.people[pk]] if (pk := int(numbered.group(1))) in self.people else []
        else:
            found = [person for person in self.people.values() if fold(person.full_name) == fold(text)]
        if len(found) == 1:
            return found[0]
        message = _("There are several of this name: choose one of the list.") if found else _("No such teacher.")
        raise ValidationError(message)

    @property
    def edits(self) -> dict[SchoolClass, ClassEdit]:
        return {line.old: self._edit(line) for line in self.plan.lines}

    def _edit(self, line: Line) -> ClassEdit:
        pk = line.old.pk
        if self.cleaned_data[f"graduates-{pk}"]:
            return ClassEdit("")
        lead = self.cleaned_data[f"lead-{pk}"]
        return ClassEdit(self.cleaned_data[f"class-{pk}"], homeroom=lead, keeps_homeroom=lead == line.homeroom_now)


def _named(people: Any) -> dict[str, Person]:
    """Names that tell the people apart: namesakes have their number."""
    people = list(people)
    names = [person.full_name for person in people]
    return {p.full_name if names.count(p.full_name) == 1 else f"{p.full_name} · № {p.pk}": p for p in people}


class PupilsForm(forms.Form):
    """What becomes of each pupil of a class."""

    def __init__(self, *args: Any, plan: Plan, line: Line, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {person.pk: person for person in line.people}
        choices = _fates(plan, line)
        for pk, person in self.people.items():
            row = plan.decisions.get(pk)
            value = _value(row) if row else ""
            fate = forms.ChoiceField(choices=_with(choices, value), required=False, initial=value)
            fate.widget.attrs["aria-label"] = _("%(name)s: what happens") % {"name": person.full_name}
            place = forms.CharField(max_length=200, required=False, initial=row.place if row else "")
            place.widget.attrs["aria-label"] = _("%(name)s: where to") % {"name": person.full_name}
            self.fields |= {f"fate-{pk}": fate, f"place-{pk}": place}

    @property
    def rows(self) -> Iterator[dict[str, Any]]:
        for pk, person in self.people.items():
            yield {"person": person, "fate": self[f"fate-{pk}"], "place": self[f"place-{pk}"]}

    @property
    def decisions(self) -> dict[int, Decision | None]:
        return {pk: self._decision(pk) for pk in self.people}

    def _decision(self, pk: int) -> Decision | None:
        fate, _colon, to = self.cleaned_data[f"fate-{pk}"].partition(":")
        if not fate:
            return None
        parallel, _colon, letter = to.partition(":")
        name = ClassName(int(parallel), letter) if to else None
        return Decision(fate, name, self.cleaned_data[f"place-{pk}"])


def _value(row: RolloverPupil) -> str:
    return f"{row.fate}:{row.parallel}:{row.letter}" if row.parallel else row.fate


def _fates(plan: Plan, line: Line) -> list[tuple[str, Any]]:
    """Along with the class first, then the other ways out of it."""
    old, along = line.old.parallel or 0, line.to
    targets = [target.name for target in plan.targets.values()]
    same = [_to(Fate.REPEATS, name) for name in targets if name.parallel == old]
    next_ = [_to(Fate.OTHER_CLASS, name) for name in targets if name.parallel == old + 1]
    other = [choice for choice in next_ if along is None or choice != _to(Fate.OTHER_CLASS, along)]
    first = _("with the class: %(to)s") % {"to": along} if along else _("graduates with the class")
    choices: list[tuple[str, Any]] = [("", first)]
    if along:
        choices.append((Fate.CONDITIONAL, _("with the class, conditionally")))
    if other:
        choices.append((_("into another class"), other))
    if same:
        choices.append((_("repeats the year in"), same))
    choices.append((Fate.LEAVES, _("leaves the school")))
    return [*choices, (Fate.GRADUATES, _("graduates"))] if along else choices


def _to(fate: str, name: ClassName) -> tuple[str, str]:
    return f"{fate}:{name.parallel}:{name.letter}", str(name)


def _with(choices: list[tuple[str, Any]], value: str) -> list[tuple[str, Any]]:
    """The decision that was made is shown also when its class will not be: the plan says so."""
    flat = {key for key, label in choices if not isinstance(label, list)}
    flat |= {key for _label, group in choices if isinstance(group, list) for key, _name in group}
    return choices if value in flat else [*choices, (value, value.partition(":")[2].replace(":", "") or value)]
