"""«Права без приказа»: which posts and classes were given without an order, and naming it (2.1, 2.2)."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.http import SignedInRequest

from ..current import enter_school
from ..forms.staff import NamedOrderForm
from ..models import Homeroom, StaffPosition
from ..orders import known_orders
from ..queries import facts_without_order
from ..rights import may, require
from ..services import orders as services
from ..services.roster import BY_APPOINTMENT
from .pages import form_page, page
from .staff import staff_tabs

PAGE = 50
_FACTS: dict[str, tuple[Any, str]] = {"position": (StaffPosition, "person"), "homeroom": (Homeroom, "school_class")}


@login_required
def without_order(request: SignedInRequest, school_id: int) -> HttpResponse:
    """Active posts of the administration and of the administrators, and homerooms, that name no order."""
    school = enter_school(request, school_id)
    require(request.user, "manage_documents", school)
    page_obj = Paginator(facts_without_order(school), PAGE).get_page(request.GET.get("page"))
    appoints = may(request.user, "appoint_administrators", school)
    for line in page_obj:
        line.may_name = appoints or getattr(line.fact, "kind", "") not in BY_APPOINTMENT
    return page(
        request,
        "school/rights_without_order.html",
        school,
        page_obj=page_obj,
        tabs=staff_tabs(request, school, "rights_without_order"),
        title=_("Rights without an order"),
    )


@login_required
def name_order(request: SignedInRequest, school_id: int, what: str, pk: int) -> HttpResponse:
    """Name the order of one of them: `what` is «position» or «homeroom»."""
    school = enter_school(request, school_id)
    if what not in _FACTS:
        raise Http404
    model, related = _FACTS[what]
    facts = model.objects.active().visible_to(request.user).filter(school=school)
    fact = get_object_or_404(facts.select_related("person", related), pk=pk)
    fact.school = school
    require(request.user, "manage_documents", school)
    form = NamedOrderForm(request.POST or None, orders=known_orders(school))
    there = reverse("school:rights_without_order", args=[school.pk])
    given = (
        fact.words
        if isinstance(fact, StaffPosition)
        else _("homeroom teacher of %(place)s") % {"place": fact.school_class}
    )
    return form_page(
        request,
        school,
        form,
        lambda: services.name_order(by=request.user, fact=fact, **form.order),
        done=there,
        said=_("The order is named."),
        lead=f"{fact.person.full_name} · {given}",
        button=_("Name the order"),
        title=_("Order: %(name)s") % {"name": fact.person.short_name},
        breadcrumbs=[(_("Rights without an order"), there)],
    )
