"""What is taught in a class: the subject, the part of the class, its teachers and pupils (2.4)."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.http import SignedInRequest

from ..current import enter_school
from ..forms.staff import MembersForm, StudyGroupForm, TeacherForm
from ..models import School, StudyGroup, Teaching
from ..rights import require
from ..services import staff, structure
from ..services.study_groups import open_study_group
from .classes import class_crumbs, enter_class
from .pages import attempt, carry_out, form_page, on_to, page


def enter_group(request: SignedInRequest, school: School, pk: int) -> StudyGroup:
    groups = StudyGroup.objects.visible_to(request.user).filter(school=school)
    group: StudyGroup = get_object_or_404(groups.select_related("subject", "school_class"), pk=pk)
    group.school = group.school_class.school = school
    return group


@login_required
def add_study_group(request: SignedInRequest, school_id: int, pk: int) -> HttpResponse:
    school = enter_school(request, school_id)
    school_class = enter_class(request, school, pk)
    require(request.user, "manage_staff", school)
    form = StudyGroupForm(request.POST or None, school=school)
    there = reverse("school:class_teachers", args=[school.pk, school_class.pk])
    return form_page(
        request,
        school,
        form,
        lambda: open_study_group(by=request.user, school_class=school_class, **form.cleaned_data),
        done=lambda: request.path if "more" in request.POST else there,
        said=_("Saved."),
        template="school/add_study_group.html",
        more=True,
        cancel=there,
        subjects=school.subjects.all(),
        title=_("Subject of %(name)s") % {"name": school_class},
        breadcrumbs=class_crumbs(school_class),
    )


@login_required
def study_group(request: SignedInRequest, school_id: int, pk: int) -> HttpResponse:
    """The teachers of the group, one more; for a part of the class also its pupils."""
    school = enter_school(request, school_id)
    group = enter_group(request, school, pk)
    require(request.user, "manage_staff", school)
    form = TeacherForm(request.POST or None, group=group)
    if request.method == "POST" and form.is_valid():
        person = form.cleaned_data["person"]
        if attempt(form, lambda: staff.assign_teaching(by=request.user, study_group=group, person=person)):
            return on_to(request, request.path, _("Saved."))
    return page(request, "school/study_group.html", school, **_group_context(group, teacher_form=form))


def _group_context(group: StudyGroup, **forms: Any) -> dict[str, Any]:
    members = group.memberships.active().values_list("person_id", flat=True)
    initial = {"pupils": list(members)}
    teachings = group.teachings.active().select_related("person")
    return {
        "group": group,
        "teachings": teachings,
        "teacher_form": TeacherForm(group=group),
        "members_form": MembersForm(school_class=group.school_class, initial=initial),
        "breadcrumbs": class_crumbs(group.school_class),
        **forms,
    }


@login_required
@require_POST
def set_members(request: SignedInRequest, school_id: int, pk: int) -> HttpResponse:
    """Say which pupils of the class the part consists of."""
    school = enter_school(request, school_id)
    group = enter_group(request, school, pk)
    require(request.user, "manage_staff", school)
    form = MembersForm(request.POST, school_class=group.school_class)

    def act() -> None:
        structure.set_group_members(by=request.user, study_group=group, pupils=form.cleaned_data["pupils"])

    if form.is_valid() and attempt(form, act):
        return on_to(request, reverse("school:study_group", args=[school.pk, group.pk]), _("Saved."))
    return page(request, "school/study_group.html", school, **_group_context(group, members_form=form))


@login_required
@require_POST
def release_teaching(request: SignedInRequest, school_id: int, pk: int) -> HttpResponse:
    """Take the group from the teacher: its chats go too."""
    school = enter_school(request, school_id)
    groups = StudyGroup.objects.visible_to(request.user)
    active = Teaching.objects.active().filter(school=school, study_group__in=groups)
    teaching = get_object_or_404(active.select_related("person", "study_group__school_class", "school"), pk=pk)
    return carry_out(
        request,
        lambda: staff.release_teaching(by=request.user, teaching=teaching),
        back=reverse("school:study_group", args=[school.pk, teaching.study_group_id]),
        said=_("Saved."),
    )
