"""The desk of invites: the list, a new link, one link with its log, annulment (2.1, 2.3)."""

import datetime as dt

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts.http import SignedInRequest
from school.current import enter_school
from school.models import School
from school.rights import RightDenied
from school.text import ids_in
from school.views.pages import carry_out, page

from ..codes import code_of
from ..forms.desk import InviteFilter, classes_for, may_appoint, may_create, may_print
from ..links import code_address, qr_of, url_of
from ..models import Invite, InviteRole, InviteState
from ..ranks import RIGHT_OF_ROLE, may_share
from ..services.issuing import annul_invites
from ..services.schedule import about_to_be_annulled
from ..words import face_of

PER_PAGE = 50
SOON = dt.timedelta(days=7)
_LISTED_SOON = 10


def enter_desk(request: SignedInRequest, school_id: int) -> School:
    """The school, for those who may invite anybody there. Raises 404 or `RightDenied`."""
    school = enter_school(request, school_id)
    if not (may_create(request.user, school) or Invite.objects.visible_to(request.user).filter(school=school).exists()):
        raise RightDenied(request.user, "invite_parents", school)
    return school


def crumbs(school: School) -> list[tuple[str, str]]:
    return [
        (school.short_name, school.get_absolute_url()),
        (_("Invites"), reverse("invites:list", args=[school.pk])),
    ]


@login_required
def invites(request: SignedInRequest, school_id: int) -> HttpResponse:
    """The invites that the user may issue or annul; beforehand, which of them the schedule will annul."""
    school = enter_desk(request, school_id)
    own = Invite.objects.visible_to(request.user).filter(school=school)
    given = request.GET.copy()
    given.setdefault("state", InviteState.ACTIVE)
    chosen = InviteFilter(given, classes=classes_for(request.user, school))
    rows = Paginator(chosen.chosen(own).with_names(), PER_PAGE).get_page(request.GET.get("page"))
    soon = list(about_to_be_annulled(own, school, within=SOON).with_names()[: _LISTED_SOON + 1])
    for invite in soon:
        invite.due_at = invite.created_at + dt.timedelta(days=school.unclaimed_days)  # type: ignore[attr-defined]
    return page(
        request,
        "invites/list.html",
        school,
        page_obj=rows,
        filter=chosen,
        soon=soon[:_LISTED_SOON],
        more_soon=len(soon) > _LISTED_SOON,
        may_create=may_create(request.user, school),
        may_print=may_print(request.user, school),
        may_appoint=may_appoint(request.user, school),
        title=_("Invites"),
    )


def detail_url(invite: Invite) -> str:
    return reverse("invites:detail", args=[invite.school_id, invite.pk])


def enter_invite(request: SignedInRequest, school: School, pk: int) -> Invite:
    """An invite that the user may see, 404 for any other."""
    invite: Invite = get_object_or_404(
        Invite.objects.visible_to(request.user).with_names().filter(school=school), pk=pk
    )
    return invite


@login_required
def detail(request: SignedInRequest, school_id: int, pk: int) -> HttpResponse:
    """One invite: the link and its QR code for those who may give it out, its terms, the log of its uses."""
    school = enter_school(request, school_id)
    invite = enter_invite(request, school, pk)
    shares = may_share(request.user, invite) and invite.state == InviteState.ACTIVE
    link = url_of(invite) if shares else ""
    log = invite.log.filter(school=school).select_related("user", "person")
    return page(
        request,
        "invites/detail.html",
        school,
        invite=invite,
        face=face_of(invite),
        link=link,
        qr=qr_of(link) if link else "",
        code=code_of(invite) if link else "",
        code_address=code_address(),
        log=Paginator(log, PER_PAGE).get_page(request.GET.get("page")),
        breadcrumbs=crumbs(school) if may_create(request.user, school) else [],
        title=str(invite),
    )


@login_required
def sheet(request: SignedInRequest, school_id: int, pk: int) -> HttpResponse:
    """A sheet for the board or the meeting: in large letters for whom it is, and whom not to give it to."""
    school = enter_school(request, school_id)
    invite = enter_invite(request, school, pk)
    if not may_share(request.user, invite):
        raise RightDenied(request.user, RIGHT_OF_ROLE[InviteRole(invite.role)], invite.school_class or school)
    if invite.state != InviteState.ACTIVE:
        return HttpResponseRedirect(detail_url(invite))
    link = url_of(invite)
    trail = [*crumbs(school), (str(invite), detail_url(invite))]
    return page(
        request,
        "invites/sheet.html",
        school,
        invite=invite,
        face=face_of(invite),
        link=link,
        qr=qr_of(link),
        breadcrumbs=trail,
        title=str(invite),
    )


@login_required
@require_POST
def annul(request: SignedInRequest, school_id: int) -> HttpResponse:
    """Annul the chosen invites, with the reason if there is one."""
    school = enter_school(request, school_id)
    given = ids_in(request.POST.getlist("invite"))
    chosen = list(Invite.objects.visible_to(request.user).filter(school=school, pk__in=given))
    back = detail_url(chosen[0]) if request.POST.get("one") and chosen else reverse("invites:list", args=[school.pk])
    if not chosen:
        messages.error(request, _("Choose at least one invite."))
        return HttpResponseRedirect(back)
    return carry_out(request, lambda: _annul(request, chosen), back=back)


def _annul(request: SignedInRequest, chosen: list[Invite]) -> None:
    count = annul_invites(by=request.user, invites=chosen, reason=request.POST.get("reason", ""))
    said = ngettext("%(count)s invite annulled.", "%(count)s invites annulled.", count)
    messages.success(request, said % {"count": count})
