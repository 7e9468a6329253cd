"""People of the school: the list, one's card, suggestions of names."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.http import SignedInRequest
from accounts.models import User

from .. import panels
from ..current import enter_school
from ..forms.fields import suggestions
from ..forms.filters import PeopleFilter
from ..models import Enrolment, Event, Guardianship, Person, School
from ..person_facts import PersonFacts, facts_of
from ..queries import classes_with_mine, name_roles
from ..rights import may, require
from .pages import page

PAGE = 50


@login_required
def people(request: SignedInRequest, school_id: int) -> HttpResponse:
    """Everybody whom the visitor may see, searched, filtered and in pages."""
    school = enter_school(request, school_id)
    require(request.user, "view_staff", school)
    classes = {c.pk: c for c in classes_with_mine(school, request.user)}
    form = PeopleFilter(request.GET, classes={pk: c for pk, c in classes.items() if c.mine})  # type: ignore[attr-defined]
    found = form.people(request.user, school)
    page_obj = Paginator(found, PAGE).get_page(request.GET.get("page"))
    name_roles(page_obj.object_list, classes)
    return page(
        request,
        "school/people.html",
        school,
        form=form,
        page_obj=page_obj,
        left=form.value("state") == "left",
        filtered=any(form.value(name) for name in ("q", "role", "school_class", "state")),
    )


def enter_person(request: SignedInRequest, school: School, pk: int) -> Person:
    """The person of the address; 404 for whom the visitor may not see."""
    person: Person = get_object_or_404(Person.objects.visible_to(request.user).filter(school=school), pk=pk)
    person.school = school
    return person


@login_required
def person_card(request: SignedInRequest, school_id: int, pk: int) -> HttpResponse:
    """What the person is and was; contacts for those who work with him; acts for the administrator."""
    school = enter_school(request, school_id)
    person = enter_person(request, school, pk)
    facts = facts_of(person, request.user)
    return page(
        request,
        "school/person.html",
        school,
        person=person,
        facts=facts,
        sees_contacts=Person.objects.contacts_visible_to(request.user).filter(pk=person.pk).exists(),
        manages_family=manages_family(request.user, school, facts),
        sees_family=bool(facts.enrolment and may(request.user, "view_people", facts.enrolment.school_class)),
        events=Event.objects.visible_to(request.user).filter(school=school, person_id=person.pk)[:6],
        panels=panels.render("person", request, person),
        breadcrumbs=person_crumbs(request, school, facts),
    )


def manages_family(user: User, school: School, facts: PersonFacts) -> bool:
    """Whether the user may link parents to this pupil, or unlink: the administrator and the homeroom teacher."""
    return may(user, "decide_requests", facts.enrolment.school_class if facts.enrolment else school)


def person_crumbs(request: SignedInRequest, school: School, facts: PersonFacts) -> list[tuple[str, str]]:
    crumbs = [(school.short_name, school.get_absolute_url())]
    if facts.enrolment:
        return [*crumbs, (str(facts.enrolment.school_class), facts.enrolment.school_class.get_absolute_url())]
    if may(request.user, "view_staff", school):
        return [*crumbs, (_("People"), reverse("school:people", args=[school.pk]))]
    return crumbs


def candidates(request: SignedInRequest, school: School, who: str) -> Any:
    """The people whom a form lets one choose: pupils, or whoever may become a parent."""
    visible = Person.objects.visible_to(request.user).filter(school=school).present()
    enrolled = Enrolment.objects.active().filter(school=school).values("person_id")
    if who == "pupil":
        return visible.filter(pk__in=enrolled)
    known = Guardianship.objects.filter(school=school).values("guardian_id")
    everybody = may(request.user, "view_people", school)
    return (visible if everybody else visible.filter(pk__in=known)).exclude(pk__in=enrolled)


@login_required
def lookup(request: SignedInRequest, school_id: int, who: str) -> HttpResponse:
    """Options for a field of a person: what is typed comes in the parameter that `field` names."""
    school = enter_school(request, school_id)
    typed = request.GET.get(request.GET.get("field", "q"), "")[:100]
    people = candidates(request, school, who)
    options = suggestions(people, typed, request.user) if len(typed.strip()) > 1 else []
    return render(request, "school/_options.html", {"options": options})
