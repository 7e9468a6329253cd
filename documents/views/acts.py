"""What is done with a document: entered, corrected, worded anew, agreed, approved, repealed, acknowledged."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts.http import SignedInRequest
from school.current import enter_school
from school.orders import known_orders
from school.rights import require
from school.views.pages import carry_out, form_page

from ..forms import AgreementForm, ApprovalForm, DetailsForm, DocumentForm, NewVersionForm, RepealForm
from ..models import Document
from ..services import deciding, reading, writing
from .pages import crumbs, enter_document


@login_required
def add(request: SignedInRequest, school_id: int) -> HttpResponse:
    school = enter_school(request, school_id)
    require(request.user, "manage_documents", school)
    form = DocumentForm(request.POST or None, request.FILES or None, initial={"date": timezone.localdate()})
    made: list[Document] = []
    return form_page(
        request,
        school,
        form,
        lambda: made.append(writing.add_document(by=request.user, school=school, **form.cleaned_data)),
        done=lambda: made[0].get_absolute_url(),
        said=_("The draft is here. The next step is below."),
        cancel=reverse("documents:list", args=[school.pk]),
        title=_("New document"),
        breadcrumbs=crumbs(school),
    )


def _form(request: SignedInRequest, document: Document, form: Any, act: Any, **context: Any) -> HttpResponse:
    there = document.get_absolute_url()
    return form_page(
        request, document.school, form, act, done=there, breadcrumbs=crumbs(document.school, document), **context
    )


@login_required
def edit(request: SignedInRequest, school_id: int, pk: int) -> HttpResponse:
    school, document = enter_document(request, school_id, pk)
    require(request.user, "manage_documents", school)
    form = DetailsForm(request.POST or None, initial=DetailsForm.values_of(document))
    return _form(
        request,
        document,
        form,
        lambda: writing.edit_document(by=request.user, document=document, **form.cleaned_data),
        said=_("Saved."),
        title=_("Edit the document"),
    )


@login_required
def add_version(request: SignedInRequest, school_id: int, pk: int) -> HttpResponse:
    school, document = enter_document(request, school_id, pk)
    require(request.user, "manage_documents", school)
    form = NewVersionForm(request.POST or None, request.FILES or None)
    lead = _("It comes into force when the director approves it; until then the present version stays in force.")
    return _form(
        request,
        document,
        form,
        lambda: writing.add_version(by=request.user, document=document, **form.cleaned_data),
        said=_("The new version is a draft."),
        lead=lead if document.approved_version else "",
        title=_("New version"),
    )


@login_required
def agree(request: SignedInRequest, school_id: int, pk: int) -> HttpResponse:
    school, document = enter_document(request, school_id, pk)
    require(request.user, "manage_documents", school)
    form = AgreementForm(request.POST or None, initial={"agreed_on": timezone.localdate()})
    return _form(
        request,
        document,
        form,
        lambda: deciding.agree_document(by=request.user, document=document, **form.cleaned_data),
        said=_("The agreement is noted. The director approves it now."),
        title=_("Agreement of the Governing Council"),
    )


@login_required
def approve(request: SignedInRequest, school_id: int, pk: int) -> HttpResponse:
    school, document = enter_document(request, school_id, pk)
    require(request.user, "approve_documents", school)
    orders = known_orders(school) if document.needs_order else []
    initial = {"in_force_from": document.date if document.date > timezone.localdate() else timezone.localdate()}
    form = ApprovalForm(request.POST or None, document=document, orders=orders, initial=initial)
    return _form(
        request,
        document,
        form,
        lambda: deciding.approve_document(by=request.user, document=document, **form.terms),
        said=_("The document is approved."),
        lead=str(document),
        button=_("Approve the document"),
        title=_("Approve the document"),
    )


@login_required
def repeal(request: SignedInRequest, school_id: int, pk: int) -> HttpResponse:
    school, document = enter_document(request, school_id, pk)
    require(request.user, "approve_documents", school)
    form = RepealForm(request.POST or None, initial={"on": timezone.localdate()})
    return _form(
        request,
        document,
        form,
        lambda: deciding.repeal_document(by=request.user, document=document, **form.cleaned_data),
        said=_("The document is repealed."),
        lead=_("From that day on the staff does not see it; the record and its versions stay."),
        button=_("Repeal"),
        danger=True,
        title=_("Repeal the document"),
    )


@login_required
@require_POST
def acknowledge(request: SignedInRequest, school_id: int, pk: int) -> HttpResponse:
    _school, document = enter_document(request, school_id, pk)
    return carry_out(
        request,
        lambda: reading.acknowledge_document(by=request.user, document=document),
        back=document.get_absolute_url(),
        said=_("Noted: you have read the document."),
    )


@login_required
@require_POST
def remind(request: SignedInRequest, school_id: int, pk: int) -> HttpResponse:
    """Those who have not acknowledged see the reminder on their main page."""
    _school, document = enter_document(request, school_id, pk)
    late: list[int] = []

    def act() -> None:
        late.append(reading.remind_staff(by=request.user, document=document))

    response = carry_out(request, act, back=reverse("documents:readers", args=[school_id, pk]))
    if late:
        words = ngettext("%(n)s person is reminded.", "%(n)s people are reminded.", late[0]) % {"n": late[0]}
        messages.success(request, words)
    return response
