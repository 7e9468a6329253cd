"""Forms of the documents: a new one, its versions, the agreement, the approval, the end; the filter of the list."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from school.forms.fields import DayField, OrderForm
from school.uploads import check_scan

from .models import Document, DocumentKind, DocumentQuerySet, DocumentState
from .services.writing import LONGEST_TEXT


class VersionForm(forms.Form):
    """A wording: a scan, a text, or both."""

    file = forms.FileField(
        label=_("Scan"),
        required=False,
        validators=[check_scan],
        help_text=_("PDF, JPEG or PNG, at most 10 MB."),
        widget=forms.FileInput({"accept": ".pdf,.jpg,.jpeg,.png"}),
    )
    text = forms.CharField(
        label=_("Text"), required=False, max_length=LONGEST_TEXT, widget=forms.Textarea({"rows": 10})
    )


class NewVersionForm(VersionForm):
    note = forms.CharField(label=_("What is changed"), max_length=300, required=False)


class DetailsForm(forms.Form):
    """What a document is called, who reads it, and whether the staff acknowledges it."""

    kind = forms.ChoiceField(label=_("Kind"), choices=DocumentKind.choices)
    number = forms.CharField(label=_("Number"), max_length=40)
    date = DayField(label=_("Date"))
    title = forms.CharField(label=_("Name of the document"), max_length=300)
    asks_acknowledgement = forms.BooleanField(
        label=_("The staff acknowledges it by a button"),
        required=False,
        help_text=_("Every version anew; you see who has and who has not."),
    )
    for_everybody = forms.BooleanField(
        label=_("Pupils and parents read it too"), required=False, help_text=_("A regulation only.")
    )

    @classmethod
    def values_of(cls, document: Document) -> dict[str, Any]:
        return {name: getattr(document, name) for name in cls.base_fields}


class DocumentForm(DetailsForm, VersionForm):
    """A new document."""

    field_order = ["kind", "number", "date", "title", "file", "text", "asks_acknowledgement", "for_everybody"]


class AgreementForm(forms.Form):
    agreed_on = DayField(label=_("Day of the agreement"))
    protocol = forms.CharField(label=_("Number of the protocol"), max_length=40, required=False)


class ApprovalForm(OrderForm):
    """From when it is in force; what is no order itself is approved by one."""

    field_order = ["order_number", "order_date", "in_force_from", "in_force_until"]
    in_force_from = DayField(label=_("In force from"))
    in_force_until = DayField(
        label=_("In force until"), required=False, help_text=_("The first day on which it is not. Empty: for good.")
    )

    def __init__(self, *args: Any, document: Document, **kwargs: Any) -> None:
        self.order_needed = document.needs_order
        super().__init__(*args, **kwargs)
        if not document.needs_order:
            for name in ("known_order", "order_number", "order_date"):
                self.fields.pop(name, None)

    @property
    def terms(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class RepealForm(forms.Form):
    on = DayField(label=_("Not in force from"))
    reason = forms.CharField(label=_("Reason"), max_length=300, required=False)


class DocumentFilter(forms.Form):
    """Which documents are shown; an unknown value counts as none."""

    q = forms.CharField(
        label=_("Title or number"), max_length=100, required=False, widget=forms.TextInput({"type": "search"})
    )
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[("", _("All")), *DocumentKind.choices])
    state = forms.ChoiceField(label=_("State"), required=False, choices=[("", _("Any")), *DocumentState.choices])

    def __init__(self, *args: Any, keeps: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not keeps:  # the others see what is in force
            del self.fields["state"]
        self.is_valid()

    def chosen(self, documents: DocumentQuerySet) -> DocumentQuerySet:
        values = self.cleaned_data
        return documents.search(values.get("q") or "").filter(
            **{name: values[name] for name in ("kind", "state") if values.get(name)}
        )
