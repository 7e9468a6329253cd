"""Pages of the documents: the list, one of them, who has acknowledged it, the scan."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.http import SignedInRequest
from accounts.models import User
from school.current import enter_school
from school.models import School, StaffPosition
from school.rights import may, require
from school.views.pages import page

from ..files import scan_response
from ..forms import DocumentFilter
from ..models import Document
from ..queries import readers_of, staff_of, with_readers

PAGE = 50


def keeps_documents(user: User, school: School) -> bool:
    return may(user, "manage_documents", school) or may(user, "approve_documents", school)


def crumbs(school: School, document: Document | None = None) -> list[tuple[str, str]]:
    first = [(_("Documents"), reverse("documents:list", args=[school.pk]))]
    return [*first, (document.name, document.get_absolute_url())] if document else first


def enter_document(request: SignedInRequest, school_id: int, pk: int) -> tuple[School, Document]:
    """The document of the address with its versions; 404 for one that the visitor may not see."""
    school = enter_school(request, school_id)
    visible = Document.objects.visible_to(request.user).filter(school=school)
    found = visible.with_mine(request.user).select_related("approved_version", "approved_by")
    document: Document = get_object_or_404(found, pk=pk)
    document.school = school
    return school, document


@login_required
@require_GET
def list_documents(request: SignedInRequest, school_id: int) -> HttpResponse:
    """What is in force, for its readers; everything, for those who keep the documents."""
    school = enter_school(request, school_id)
    keeps = keeps_documents(request.user, school)
    form = DocumentFilter(request.GET, keeps=keeps)
    found = form.chosen(Document.objects.visible_to(request.user).filter(school=school))
    found = found.with_mine(request.user)
    page_obj = Paginator(with_readers(found, school) if keeps else found, PAGE).get_page(request.GET.get("page"))
    return page(
        request,
        "documents/list.html",
        school,
        form=form,
        page_obj=page_obj,
        filtered=any(form.cleaned_data.values()),
        keeps=keeps,
        staff=staff_of(school).count() if keeps else 0,
        title=_("Documents"),
    )


@login_required
@require_GET
def document(request: SignedInRequest, school_id: int, pk: int) -> HttpResponse:
    """A document: the wording in force, what is to be done with it, its versions for those who keep it."""
    school, found = enter_document(request, school_id, pk)
    keeps = keeps_documents(request.user, school)
    versions = list(found.versions.select_related("uploaded_by")) if keeps else []
    asks = found.asks_acknowledgement and found.is_in_force
    return page(
        request,
        "documents/document.html",
        school,
        document=found,
        version=found.approved_version or (versions[0] if versions else None),
        versions=versions,
        keeps=keeps,
        newest_waits=bool(versions and found.state in ("draft", "agreed")),
        acknowledges=asks and may(request.user, "view_staff", school),
        asks=asks,
        breadcrumbs=crumbs(school),
    )


@login_required
@require_GET
def readers(request: SignedInRequest, school_id: int, pk: int) -> HttpResponse:
    """«Лист ознакомления»: who of the staff has acknowledged and who has not, with lines to sign on paper."""
    school, found = enter_document(request, school_id, pk)
    require(request.user, "manage_documents", school)
    if not found.asks_acknowledgement or found.approved_version is None:
        raise Http404
    people = list(readers_of(found))
    posts: dict[int, list[str]] = {}
    for post in StaffPosition.objects.active().filter(school=school).order_by("kind"):
        posts.setdefault(post.person_id, []).append(post.words)
    for person in people:
        person.posts = ", ".join(posts.get(person.pk, []))
    return page(
        request,
        "documents/readers.html",
        school,
        document=found,
        people=people,
        done=sum(person.acknowledged_at is not None for person in people),
        breadcrumbs=crumbs(school, found),
        title=_("Acknowledgement sheet"),
    )


@login_required
@require_GET
def scan(request: SignedInRequest, school_id: int, pk: int, number: int) -> HttpResponseBase:
    """The file of a version: of the one in force for its readers, of every one for those who keep the documents."""
    school, found = enter_document(request, school_id, pk)
    versions = found.versions.exclude(file="")
    if not keeps_documents(request.user, school):
        versions = versions.filter(approves=found)
    version = get_object_or_404(versions, number=number)
    version.document = found
    return scan_response(version)
