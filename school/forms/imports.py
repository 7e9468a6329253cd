"""Forms of the import: the list itself, and what its columns mean."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ..importing.fields import FIELDS_OF, GROUPS_OF, ListKind
from ..importing.headers import Header
from ..importing.lists import Columns
from ..importing.tables import LARGEST_FILE
from ..importing.values import BadValue, class_of

LONGEST_TEXT = 500_000


class UploadForm(forms.Form):
    """A file, or a table copied out of a spreadsheet."""

    file = forms.FileField(
        label=_("File"),
        required=False,
        widget=forms.FileInput({"accept": ".xlsx,.csv,.txt,.tsv"}),
        help_text=_("XLSX, CSV or TXT, up to 10 MB and 10,000 rows."),
    )
    text = forms.CharField(
        label=_("Or paste the table"),
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea({"rows": 6, "spellcheck": "false"}),
        help_text=_("Copy the rows together with their headings out of the spreadsheet."),
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        file, text = cleaned.get("file"), (cleaned.get("text") or "").strip()
        if not file and not text and not self.errors:
            self.add_error("file", _("Choose a file, or paste the table."))
        if file and file.size > LARGEST_FILE:
            self.add_error("file", _("The file is larger than 10 MB."))
        return cleaned

    @property
    def uploaded(self) -> dict[str, Any]:
        """What the service takes: the file where there is one, else the text."""
        file = self.cleaned_data["file"]
        if file:
            return {"name": file.name, "content": file.read()}
        return {"name": str(_("pasted table")), "text": self.cleaned_data["text"]}


@dataclass
class Column:
    """A column as the page shows it: its heading, some of its cells, the choice of its meaning."""

    heading: str
    sample: list[str]
    field: Any = None  # None for one that is never read


class ColumnsForm(forms.Form):
    """The meaning of each column, and of what the columns do not say."""

    class_name = forms.CharField(label=_("Class of the whole list"), max_length=20, required=False)
    create_missing = forms.BooleanField(label=_("Create what is missing"), required=False)

    def __init__(
        self, *args: Any, header: Header, kind: ListKind, fields: dict[str, str], may_create: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.header, self.kind = header, kind
        labels = FIELDS_OF[kind]
        choices: list[Any] = [("", _("not read"))]
        choices += [(group, [(name, labels[name]) for name in names]) for group, names in GROUPS_OF[kind]]
        for place, key in enumerate(header.keys):
            if place not in header.sensitive:
                label = header.texts[place] or _("Column %(number)d") % {"number": place + 1}
                self.fields[f"column_{place}"] = forms.ChoiceField(
                    label=label, choices=choices, required=False, initial=fields.get(key, "")
                )
        if kind != ListKind.PUPILS:
            del self.fields["class_name"]
        if kind == ListKind.CLASSES or not may_create:
            del self.fields["create_missing"]
        self._describe()

    def _describe(self) -> None:
        if field := self.fields.get("class_name"):
            field.help_text = _("Where no column says the class: 7Б. With several sheets, the name of a sheet says it.")
        if field := self.fields.get("create_missing"):
            field.help_text = (
                _("Classes and subjects that the list names and the school does not have yet.")
                if self.kind == ListKind.STAFF
                else _("Classes that the list names and the school does not have yet.")
            )

    def clean_class_name(self) -> str:
        text: str = self.cleaned_data["class_name"].strip()
        if text:
            try:
                return str(class_of(text))
            except BadValue as error:
                raise forms.ValidationError(str(error)) from None
        return text

    @property
    def columns(self) -> Columns:
        chosen = {key: self.cleaned_data.get(f"column_{place}", "") for place, key in enumerate(self.header.keys)}
        return Columns(
            kind=self.kind,
            fields={key: name for key, name in chosen.items() if name},
            class_name=self.cleaned_data.get("class_name", ""),
            create_missing=self.cleaned_data.get("create_missing", False),
        )

    def shown(self, rows: list[list[str]]) -> list[Column]:
        """The columns with their cells in these rows."""
        listed = []
        for place, heading in enumerate(self.header.texts):
            field = self[f"column_{place}"] if f"column_{place}" in self.fields else None
            cells = [row[place] for row in rows if place < len(row) and row[place]] if field else []
            if heading or cells:
                listed.append(Column(heading, cells, field))
        return listed
