"""Asking for a file with personal data, and what is in it; it leaves by `views.acts.take` when it is allowed."""

from collections.abc import Iterator

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.http import SignedInRequest
from accounts.models import User

from ..current import enter_school
from ..event_words import in_one_line
from ..exports import csv_response
from ..forms.events import EventFilter, ExportForm
from ..forms.filters import PeopleFilter
from ..models import Event, PendingAct, School
from ..queries import classes_with_mine, roles_in_words
from ..rights import require
from ..services.exports import EVENTS, MOVEMENT, PEOPLE, RIGHT_OF, propose_export
from .movements import report_file
from .pages import attempt, page, say_that_it_waits


@login_required
def export_events(request: SignedInRequest, school_id: int) -> HttpResponse:
    """Asks what the file is for; the filter of the log goes with it."""
    return _ask(request, school_id, EVENTS, _("Export of the event log"), "events", _("Event log"))


@login_required
def export_people(request: SignedInRequest, school_id: int) -> HttpResponse:
    """The same for the list of people, with their contacts."""
    return _ask(request, school_id, PEOPLE, _("Export of the list of people"), "people", _("People"))


@login_required
def export_movement(request: SignedInRequest, school_id: int) -> HttpResponse:
    """The same for the report on movement; the period and the class go with it."""
    return _ask(
        request, school_id, MOVEMENT, _("Export of the report on movement"), "movement_report", _("Movement of pupils")
    )


def _ask(request: SignedInRequest, school_id: int, what: str, title: str, back: str, crumb: str) -> HttpResponse:
    school = enter_school(request, school_id)
    require(request.user, RIGHT_OF[what], school)
    form, filters = ExportForm(request.POST or None), request.GET.urlencode()
    proposed: list[PendingAct] = []

    def act() -> None:
        reason = form.cleaned_data["reason"]
        proposed.append(propose_export(by=request.user, school=school, what=what, reason=reason, filters=filters))

    if request.method == "POST" and form.is_valid() and attempt(form, act):
        return HttpResponseRedirect(say_that_it_waits(request, proposed[0]))
    there = reverse(f"school:{back}", args=[school.pk])
    return page(
        request,
        "school/form.html",
        school,
        form=form,
        lead=_(
            "Personal data leave the portal by two pairs of hands: another administrator approves, or a day passes."
        ),
        button=_("Ask for the file"),
        cancel=f"{there}?{filters}",
        title=title,
        breadcrumbs=[(crumb, there)],
    )


def file_of(what: str, user: User, school: School, filters: QueryDict) -> HttpResponseBase:
    """The file of an export that `services.exports.take_export` has let go."""
    if what == MOVEMENT:
        return report_file(user, school, filters)
    rows = _events(user, school, filters) if what == EVENTS else _people(user, school, filters)
    return csv_response(f"{what.removeprefix('export_')}-{timezone.localdate():%Y-%m-%d}.csv", rows)


def _events(user: User, school: School, filters: QueryDict) -> Iterator[list[object]]:
    yield [_("When"), _("Who"), _("What"), _("About"), _("Details"), _("Address"), _("Request")]
    for event in EventFilter(filters).events(Event.objects.visible_to(user), school).iterator(chunk_size=2000):
        at = timezone.localtime(event.at).strftime("%d.%m.%Y %H:%M:%S")
        details = in_one_line(event)
        who = event.actor_name or _("the portal itself")
        yield [at, who, event.get_kind_display(), event.subject_name, details, event.address, event.request_id]


def _people(user: User, school: School, filters: QueryDict) -> Iterator[list[object]]:
    yield [
        *(_("Last name"), _("First name"), _("Patronymic"), _("Who"), _("Date of birth"), _("Phone"), _("E-mail")),
        *(_("Personal file"), _("Joined on")),
    ]
    classes = {found.pk: found for found in classes_with_mine(school, user)}
    mine = {pk: found for pk, found in classes.items() if found.mine}  # type: ignore[attr-defined]
    people = list(PeopleFilter(filters, classes=mine).people(user, school))
    roles = roles_in_words(people, classes)
    for person in people:
        birth = person.birth_date.strftime("%d.%m.%Y") if person.birth_date else ""
        joined = timezone.localtime(person.joined_at).strftime("%d.%m.%Y") if person.joined_at else ""
        names = [person.last_name, person.first_name, person.patronymic, "; ".join(roles[person.pk])]
        yield [*names, birth, person.phone_shown, person.email, person.file_number, joined]
