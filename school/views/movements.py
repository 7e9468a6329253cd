"""Movement: the journal, one document for many people with its preview, the report (2.1)."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.http import SignedInRequest
from accounts.models import User

from .. import movement_report as reports
from ..current import enter_school
from ..exports import xlsx_response
from ..forms.movements import MovementFilter, MovementForm
from ..models import Act, Enrolment, Guardianship, Movement, PendingAct, Person, School, SchoolClass, StaffPosition
from ..orders import known_orders
from ..queries import name_roles
from ..rights import may, require
from ..services.movement_preview import MovementPreview, preview_movement
from ..services.movements import COMING, KINDS, LEAVING, MOVING, Kind, submit_movement
from ..services.roster import ADMINISTRATOR_KINDS
from .pages import attempt, on_to, page, say_that_it_waits

PAGE = 50
SHOWN = 60
WIDTHS = (5, 38, 14, 14, 10, 12, 26, 40)

EXPLAINED: dict[Kind, Any] = {
    Kind.ENROLLED: gettext_lazy("A new pupil, or one of the lists who is in no class, comes into a class."),
    Kind.ARRIVED: gettext_lazy("A pupil comes from another school: the report shows from where."),
    Kind.TRANSFERRED: gettext_lazy("Pupils go to another class; the chats of the family follow."),
    Kind.CONDITIONAL: gettext_lazy("Pupils with an academic debt go up to a higher class."),
    Kind.REPEATS: gettext_lazy("Pupils stay for a second year in a class of the same parallel or a lower one."),
    Kind.LEFT: gettext_lazy("Pupils leave the school: every role ends, the parents' ones too."),
    Kind.GRADUATED: gettext_lazy("Pupils finish the school."),
    Kind.HIRED: gettext_lazy("A new member of the staff, with a position."),
    Kind.DISMISSED: gettext_lazy("Positions, homeroom and subjects end. An administrator is dismissed as such first."),
}


@login_required
def journal(request: SignedInRequest, school_id: int) -> HttpResponse:
    """Who came, moved, left; each act can be undone for 14 days."""
    school = enter_school(request, school_id)
    require(request.user, "manage_people", school)
    form = MovementFilter(request.GET, school=school)
    rows = form.movements(Movement.objects.visible_to(request.user).filter(school=school))
    page_obj = Paginator(reports.in_journal(rows), PAGE).get_page(request.GET.get("page"))
    return page(
        request,
        "school/movements.html",
        school,
        form=form,
        page_obj=page_obj,
        entries=reports.entries(page_obj.object_list),
        title=_("Movement"),
    )


@login_required
def choose_kind(request: SignedInRequest, school_id: int) -> HttpResponse:
    """Which movement it is; `?from=` is the class from whose page one comes."""
    school = enter_school(request, school_id)
    require(request.user, "manage_people", school)
    kinds = [(kind, EXPLAINED[kind]) for kind in KINDS if may(request.user, _right(kind), school)]
    return page(
        request,
        "school/choose_movement.html",
        school,
        groups=[
            (_("Pupils come"), [item for item in kinds if item[0] in COMING]),
            (_("Pupils change the class"), [item for item in kinds if item[0] in MOVING]),
            (_("Pupils leave"), [item for item in kinds if item[0] in LEAVING]),
            (_("Staff"), [item for item in kinds if item[0] in (Kind.HIRED, Kind.DISMISSED)]),
        ],
        from_class=request.GET.get("from", ""),
        title=_("New movement"),
        breadcrumbs=_crumbs(school),
    )


def _right(kind: Kind) -> str:
    return "manage_staff" if kind == Kind.HIRED else "manage_people"


def _crumbs(school: School) -> list[tuple[str, str]]:
    return [(_("Movement"), reverse("school:movements", args=[school.pk]))]


@dataclass(frozen=True)
class Choice:
    """Among whom one chooses: the class of `?from=`, the name of `?q=`."""

    user: User
    school: School
    kind: Kind
    from_class: SchoolClass | None
    text: str

    @property
    def by_class(self) -> bool:
        return self.kind in (*MOVING, *LEAVING)

    def people(self) -> QuerySet[Person]:
        everybody: Any = Person.objects.visible_to(self.user).filter(school=self.school)
        enrolled = Enrolment.objects.active().filter(school=self.school)
        employed = StaffPosition.objects.active().filter(school=self.school)
        if self.by_class:
            pupils = enrolled.filter(school_class=self.from_class) if self.from_class else enrolled.none()
            found = everybody.present().filter(pk__in=pupils.values("person_id"))
        elif self.kind == Kind.DISMISSED:
            administrators = employed.filter(kind__in=ADMINISTRATOR_KINDS).values("person_id")
            found = everybody.present().filter(pk__in=employed.values("person_id")).exclude(pk__in=administrators)
        else:
            found = everybody.exclude(pk__in=enrolled.values("person_id")).exclude(pk__in=employed.values("person_id"))
            if self.kind in COMING:
                parents = Guardianship.objects.active().filter(school=self.school)
                found = found.exclude(pk__in=parents.values("guardian_id"))
            found = found.search(self.text)
            # The rest is found by name; a slice could not be filtered by the form.
            found = everybody.filter(pk__in=list(found.values_list("pk", flat=True)[:SHOWN]))
        people: QuerySet[Person] = found
        return people


@login_required
def new_movement(request: SignedInRequest, school_id: int, kind: str) -> HttpResponse:
    """Choose and fill in; the first POST shows what would be, the second one carries it out."""
    school = enter_school(request, school_id)
    if kind not in KINDS:
        raise Http404
    of_kind = Kind(kind)
    require(request.user, _right(of_kind), school)
    choice = _choice(request, school, of_kind)
    among: dict[str, Any] = {"people": choice.people(), "without": choice.from_class}
    form = MovementForm(request.POST or None, school=school, kind=of_kind, orders=known_orders(school), **among)
    if request.method == "POST" and "edit" not in request.POST and form.is_valid():
        about: dict[str, Any] = {"by": request.user, "school": school, "document": form.document}
        about["people"] = list(form.cleaned_data["people"])
        if "confirm" in request.POST:
            done: list[Act | PendingAct] = []
            if attempt(form, lambda: done.append(submit_movement(**about))):
                return _on_from(request, school, done[0])
        else:
            seen: list[MovementPreview] = []
            if attempt(form, lambda: seen.append(preview_movement(**about))):
                return page(
                    request, "school/movement_preview.html", school, preview=seen[0], form=form, **_about(choice)
                )
    return page(request, "school/movement.html", school, form=form, people=_offered(form, choice), **_about(choice))


def _on_from(request: SignedInRequest, school: School, done: Act | PendingAct) -> HttpResponse:
    if isinstance(done, PendingAct):
        return HttpResponseRedirect(say_that_it_waits(request, done))
    return on_to(request, reverse("school:movements", args=[school.pk]), _("The movement is carried out."))


def _choice(request: SignedInRequest, school: School, kind: Kind) -> Choice:
    given = request.GET.get("from", "")
    classes = SchoolClass.objects.visible_to(request.user).taught().filter(school=school)
    from_class = classes.filter(pk=int(given)).first() if given.isdecimal() and len(given) < 19 else None
    return Choice(request.user, school, kind, from_class, request.GET.get("q", "")[:100])


def _about(choice: Choice) -> dict[str, Any]:
    classes = SchoolClass.objects.taught().filter(school=choice.school) if choice.by_class else []
    return {
        "choice": choice,
        "kind": choice.kind,
        "classes": classes,
        "explained": EXPLAINED[choice.kind],
        "title": str(choice.kind.label).capitalize(),
        "breadcrumbs": [*_crumbs(choice.school), (_("New movement"), _choose_url(choice))],
    }


def _choose_url(choice: Choice) -> str:
    return reverse("school:new_movement", args=[choice.school.pk])


def _offered(form: MovementForm, choice: Choice) -> list[tuple[Any, bool]]:
    """The people of the form with what they are, and whether they were chosen."""
    field: Any = form.fields["people"]
    people = list(field.queryset)
    if choice.by_class:
        for person in people:
            person.roles = [str(choice.from_class)]
    else:
        name_roles(people)
    chosen = {str(value) for value in form["people"].value() or ()}
    return [(person, str(person.pk) in chosen) for person in people]


@login_required
def report(request: SignedInRequest, school_id: int) -> HttpResponse:
    """Who came and who left in a period, to be printed and signed."""
    school = enter_school(request, school_id)
    require(request.user, "manage_people", school)
    form = MovementFilter(request.GET, school=school)
    lines = reports.report_lines(form.movements(Movement.objects.visible_to(request.user).filter(school=school)))
    came = sum(line.came for line in lines)
    since, until = form.period
    return page(
        request,
        "school/movement_report.html",
        school,
        form=form,
        lines=lines,
        came=came,
        left=len(lines) - came,
        since=since,
        until=until or timezone.localdate(),
        title=_("Movement of pupils"),
        breadcrumbs=_crumbs(school),
    )


def report_file(user: User, school: School, filters: QueryDict) -> HttpResponseBase:
    """The report as XLSX, once the export has been let go (`services.exports.take_export`)."""
    rows = MovementFilter(filters, school=school).movements(Movement.objects.visible_to(user).filter(school=school))
    table = reports.as_table(reports.report_lines(rows))
    return xlsx_response(f"movement-{timezone.localdate():%Y-%m-%d}.xlsx", _("Movement"), table, WIDTHS)
