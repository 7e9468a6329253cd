"""The event log: searched by person, actor, kind and period; exported with a reason."""

from collections.abc import Iterable, Iterator

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.http import SignedInRequest

from ..current import enter_school
from ..event_words import changes_of, in_one_line
from ..exports import csv_response
from ..forms.events import EventFilter, ExportForm
from ..models import Event, Person, School
from ..rights import require
from ..services.exports import export_events
from .pages import attempt, page

PAGE = 50


@login_required
def events(request: SignedInRequest, school_id: int) -> HttpResponseBase:
    school = enter_school(request, school_id)
    require(request.user, "view_events", school)
    form = EventFilter(request.GET)
    page_obj = Paginator(form.events(Event.objects.visible_to(request.user), school), PAGE).get_page(
        request.GET.get("page")
    )
    person = Person.objects.filter(school=school, pk=form.cleaned_data.get("person") or 0).first()
    return page(
        request,
        "school/events.html",
        school,
        form=form,
        person=person,
        page_obj=page_obj,
        lines=[(event, changes_of(event)) for event in page_obj],
        people=_people_of(school, page_obj),
        title=_("Event log"),
    )


def _people_of(school: School, listed: Iterable[Event]) -> set[int]:
    """The people of these events who are still in the lists: their names become links."""
    ids = [event.person_id for event in listed if event.person_id]
    return set(Person.objects.filter(school=school, pk__in=ids).values_list("pk", flat=True))


@login_required
def export(request: SignedInRequest, school_id: int) -> HttpResponseBase:
    """Asks what the file is for, notes it, and gives what the filter leaves."""
    school = enter_school(request, school_id)
    require(request.user, "view_events", school)
    rows = EventFilter(request.GET).events(Event.objects.visible_to(request.user), school)
    form = ExportForm(request.POST or None)
    filters = request.GET.urlencode()
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        if attempt(form, lambda: export_events(by=request.user, school=school, reason=reason, filters=filters)):
            return csv_response(f"events-{timezone.localdate():%Y-%m-%d}.csv", _table(rows))
    return page(
        request,
        "school/form.html",
        school,
        form=form,
        button=_("Download CSV"),
        cancel=f"{reverse('school:events', args=[school.pk])}?{filters}",
        title=_("Export of the event log"),
        breadcrumbs=[(_("Event log"), reverse("school:events", args=[school.pk]))],
    )


def _table(rows: QuerySet[Event]) -> Iterator[list[object]]:
    yield [_("When"), _("Who"), _("What"), _("About"), _("Details"), _("Address"), _("Request")]
    for event in rows.iterator(chunk_size=2000):
        at = timezone.localtime(event.at).strftime("%d.%m.%Y %H:%M:%S")
        details = in_one_line(event)
        who = event.actor_name or _("the portal itself")
        yield [at, who, event.get_kind_display(), event.subject_name, details, event.address, event.request_id]
