"""What is done with a checked list: carried out, cancelled, its errors taken away to be corrected."""

from collections.abc import Iterator
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.http import SignedInRequest

from ..current import enter_school
from ..exports import csv_response
from ..models import ImportLine, ListImport
from ..services import imports as services
from .imports import enter_import, url_of
from .pages import carry_out


@login_required
@require_POST
def apply(request: SignedInRequest, school_id: int, pk: int) -> HttpResponse:
    list_import = enter_import(request, enter_school(request, school_id), pk)
    return carry_out(
        request,
        lambda: services.ask_to_apply(by=request.user, list_import=list_import),
        back=url_of("import", list_import),
    )


@login_required
@require_POST
def cancel(request: SignedInRequest, school_id: int, pk: int) -> HttpResponse:
    school = enter_school(request, school_id)
    list_import = enter_import(request, school, pk)
    return carry_out(
        request,
        lambda: services.cancel_import(by=request.user, list_import=list_import),
        back=reverse("school:imports", args=[school.pk]),
        said=_("The list is forgotten; nothing was changed."),
    )


@login_required
def errors(request: SignedInRequest, school_id: int, pk: int) -> HttpResponseBase:
    """The rows with errors as they stand in the list, with what is to be corrected: to be uploaded again.

    Only what whoever uploaded the list gave himself is in it, so it asks for no reason.
    """
    list_import = enter_import(request, enter_school(request, school_id), pk)
    return csv_response(f"import-{list_import.pk}-errors.csv", _table(list_import))


def _table(list_import: ListImport) -> Iterator[list[Any]]:
    """A row for each row of the list: its headings, the class where no column says it, the reasons."""
    keys = [key for key, _field in list_import.columns]
    says_class = any(field in ("class_name", "parallel") for _key, field in list_import.columns)
    headings = [key.partition("#")[0].capitalize() for key in keys]
    yield [_("Row"), *headings, *([] if says_class else [_("Class")]), _("What to correct")]
    reasons: dict[str, list[str]] = {}
    rows: dict[str, tuple[dict[str, str], str]] = {}
    for line in list_import.lines.filter(outcome=ImportLine.Outcome.ERROR):
        for label, cells, school_class in line.cells:
            rows.setdefault(label, (cells, school_class))
            reasons.setdefault(label, []).append(line.reason)
    for label, (cells, school_class) in rows.items():
        own = [] if says_class else [school_class]
        yield [label, *(cells.get(key, "") for key in keys), *own, "; ".join(dict.fromkeys(reasons[label]))]
