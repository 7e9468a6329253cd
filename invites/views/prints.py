"""The slips of the whole school as one PDF: ordered, watched while it is made, fetched within a day (2.1)."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from accounts.http import SignedInRequest
from school.current import enter_school
from school.models import School
from school.rights import RightDenied
from school.views.pages import form_page, page

from ..forms.desk import PrintForm
from ..models import SlipPrint
from ..services.prints import order_slips
from .desk import crumbs
from .slip_pdf import pdf_response


@login_required
def prints(request: SignedInRequest, school_id: int) -> HttpResponse:
    """Order the slips of all classes; below, the prints of the last day."""
    school = enter_school(request, school_id)
    form = PrintForm(request.POST or None, user=request.user, school=school)
    if not form.fields["role"].choices:  # type: ignore[attr-defined]
        raise RightDenied(request.user, "invite_parents", school)
    ordered: list[SlipPrint] = []
    return form_page(
        request,
        school,
        form,
        lambda: ordered.append(order_slips(by=request.user, school=school, **form.cleaned_data)),
        done=lambda: ordered[0].get_absolute_url(),
        template="invites/prints.html",
        prints=SlipPrint.objects.visible_to(request.user).filter(school=school),
        title=_("Slips of the whole school"),
        breadcrumbs=crumbs(school),
    )


def _enter_print(request: SignedInRequest, school: School, pk: int) -> SlipPrint:
    """A print of people whom the user may invite, 404 for any other."""
    order: SlipPrint = get_object_or_404(SlipPrint.objects.visible_to(request.user).filter(school=school), pk=pk)
    return order


@login_required
@never_cache
def slip_print(request: SignedInRequest, school_id: int, pk: int) -> HttpResponse:
    """How far it is; when it is done, the way to the file. The page asks anew by itself."""
    school = enter_school(request, school_id)
    order = _enter_print(request, school, pk)
    context = {"print": order, "school": school}
    if request.headers.get("HX-Request"):
        return render(request, "invites/_print.html", context)
    trail = [*crumbs(school), (_("Slips of the whole school"), reverse("invites:prints", args=[school.pk]))]
    return page(request, "invites/print.html", school, print=order, breadcrumbs=trail, title=str(order).capitalize())


@login_required
@never_cache
def print_file(request: SignedInRequest, school_id: int, pk: int) -> HttpResponse:
    """The file, for whoever may invite all whose slips are in it; 404 until it is ready and after a day."""
    school = enter_school(request, school_id)
    order = _enter_print(request, school, pk)
    if order.state != SlipPrint.State.READY or not order.path.is_file():
        raise Http404
    return pdf_response(order.path.read_bytes(), f"{school.short_name}, {order}")
