"""The event log: searched by person, actor, kind and period."""

from collections.abc import Iterable

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.utils.translation import gettext as _

from accounts.http import SignedInRequest

from ..current import enter_school
from ..event_words import changes_of
from ..forms.events import EventFilter
from ..models import Event, Person, School
from ..rights import require
from .pages import page

PAGE = 50


@login_required
def events(request: SignedInRequest, school_id: int) -> HttpResponse:
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
