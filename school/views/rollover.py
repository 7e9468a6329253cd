"""«Новый учебный год»: the plan, its table of classes, the pupils of a class, what will change, the progress (2.1)."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.http import SignedInRequest

from .. import progress, succession
from ..current import enter_school
from ..errors import Refusal
from ..forms.rollover import ClassesForm, PupilsForm, RolloverForm
from ..models import Movement, Rollover, School
from ..orders import known_orders
from ..rollover_reading import open_plan, read_plan
from ..services import rollover as services
from ..services import rollover_begin as beginning
from ..services.rollover_apply import STEPS, progress_name
from .pages import attempt, carry_out, form_page, on_to, page, say_that_it_waits

State = Rollover.State


def enter(request: SignedInRequest, school_id: int) -> tuple[School, Rollover | None]:
    """The school and its open plan, if there is one."""
    school = enter_school(request, school_id)
    services.require_rollover(request.user, school)
    return school, open_plan(request.user, school)


def enter_plan(request: SignedInRequest, school_id: int) -> tuple[School, Rollover]:
    """404 where no plan is open."""
    school, plan = enter(request, school_id)
    if plan is None:
        raise Http404
    return school, plan


def here(school: School, name: str = "rollover", *args: Any) -> str:
    return reverse(f"school:{name}", args=[school.pk, *args])


@login_required
def rollover(request: SignedInRequest, school_id: int) -> HttpResponse:
    """The table of the plan; where there is none, how it is made and what became of the last one."""
    school, plan = enter(request, school_id)
    if plan is None:
        return page(request, "school/rollover_start.html", school, **_last(school))
    if plan.state == State.APPLYING:
        return page(request, "school/rollover_running.html", school, plan=plan, **_progress(plan))
    if _is_closed(request, plan):
        return page(request, "school/rollover_waits.html", school, plan=plan)
    return _table(request, school, plan)


def _last(school: School) -> dict[str, Any]:
    last = Rollover.objects.filter(school=school).exclude(act=None).select_related("act__done_by", "from_year").first()
    if last is None:
        return {"last": None}
    counted = dict(Movement.objects.filter(act=last.act).values_list("kind").annotate(n=Count("pk")))
    figures = [(kind.label, counted[kind]) for kind in Movement.Kind if kind in counted]
    return {"last": last, "figures": figures}


def _is_closed(request: SignedInRequest, plan: Rollover) -> bool:
    """It waits for a second administrator: there is no form to show. What is sent all the same the service refuses."""
    return plan.waits_until is not None and request.method == "GET"


def _table(request: SignedInRequest, school: School, plan: Rollover) -> HttpResponse:
    read = read_plan(plan)
    form = ClassesForm(request.POST or None, plan=read)

    def act() -> None:
        services.edit_classes(by=request.user, rollover=plan, edits=form.edits)

    if request.method == "POST" and form.is_valid() and attempt(form, act):
        if "look" in request.POST:
            return redirect(here(school, "rollover_changes"))
        return on_to(request, request.path, _("Saved."))
    return page(request, "school/rollover.html", school, plan=plan, read=read, form=form)


@login_required
@require_POST
def start_rollover(request: SignedInRequest, school_id: int) -> HttpResponse:
    school, _plan = enter(request, school_id)
    return carry_out(request, lambda: services.start_rollover(by=request.user, school=school), back=here(school))


@login_required
def edit_rollover(request: SignedInRequest, school_id: int) -> HttpResponse:
    """The terms of the year, the order, chats and subjects."""
    school, plan = enter_plan(request, school_id)
    if _is_closed(request, plan):
        return redirect(here(school))
    form = RolloverForm(request.POST or None, initial=RolloverForm.values_of(plan), orders=known_orders(school))
    return form_page(
        request,
        school,
        form,
        lambda: services.edit_rollover(by=request.user, rollover=plan, **form.cleaned_data),
        done=here(school),
        said=_("Saved."),
        title=_("Terms of the new year"),
        breadcrumbs=_crumbs(school),
    )


@login_required
def rollover_class(request: SignedInRequest, school_id: int, pk: int) -> HttpResponse:
    """The pupils of a class who do not simply go along with it."""
    school, plan = enter_plan(request, school_id)
    if _is_closed(request, plan):
        return redirect(here(school))
    read = read_plan(plan)
    line = read.line_of(pk)
    if line is None:
        raise Http404
    form = PupilsForm(request.POST or None, plan=read, line=line)

    def act() -> None:
        decisions = form.decisions
        services.decide_pupils(by=request.user, rollover=plan, school_class=line.old, decisions=decisions)

    return form_page(
        request,
        school,
        form,
        act,
        done=here(school),
        said=_("Saved."),
        template="school/rollover_class.html",
        line=line,
        title=_("Class %(name)s in the new year") % {"name": line.old},
        breadcrumbs=_crumbs(school),
    )


@login_required
@require_GET
def rollover_changes(request: SignedInRequest, school_id: int) -> HttpResponse:
    """«Что изменится»: by class, with the names of those who go another way; nothing is changed yet."""
    school, plan = enter_plan(request, school_id)
    read = read_plan(plan)
    context: dict[str, Any] = {"foreseen": succession.foresee(read.foresight), "breadcrumbs": _crumbs(school)}
    context |= {"by_two": beginning.needs_second(read)}
    return page(request, "school/rollover_changes.html", school, plan=plan, read=read, **context)


@login_required
@require_POST
def begin_rollover(request: SignedInRequest, school_id: int) -> HttpResponse:
    school, plan = enter_plan(request, school_id)
    try:
        waits = beginning.begin_rollover(by=request.user, rollover=plan)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect(here(school))
    return redirect(say_that_it_waits(request, waits) if waits else here(school))


@login_required
@require_GET
def rollover_progress(request: SignedInRequest, school_id: int) -> HttpResponse:
    """The part of the page that asks again; when it is over, the page is loaded anew."""
    school, plan = enter(request, school_id)
    if plan is None or plan.state != State.APPLYING:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "school/_rollover_progress.html", {"school": school, **_progress(plan)})


def _progress(plan: Rollover) -> dict[str, Any]:
    done = progress.heard(progress_name(plan))
    return {"done": done, "total": len(STEPS), "step": STEPS[done] if done < len(STEPS) else _("saving")}


@login_required
@require_POST
def discard_rollover(request: SignedInRequest, school_id: int) -> HttpResponse:
    school, plan = enter_plan(request, school_id)
    return carry_out(
        request,
        lambda: services.discard_rollover(by=request.user, rollover=plan),
        back=here(school),
        said=_("The plan is thrown away. Nothing was changed."),
    )


def _crumbs(school: School) -> list[tuple[str, str]]:
    return [(school.short_name, school.get_absolute_url()), (_("New school year"), here(school))]
