"""Blocks of invites on the pages of a class, a person, the school, and on the main page."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from school.current import current_school
from school.importing.fields import ListKind
from school.models import Enrolment, Guardianship, ListImport, Person, School, SchoolClass
from school.rights import holds_any, may

from .links import url_of
from .models import Invite, InviteRole, JoinRequest
from .ranks import RIGHT_OF_ROLE, beyond, may_invite, may_share
from .services.personal import roles_of
from .services.schedule import about_to_be_annulled

_BUTTONS: dict[InviteRole, tuple[str | Promise, str | Promise]] = {
    InviteRole.PARENT: (_("Invite the parents"), _("Parents")),
    InviteRole.PUPIL: (_("Invite the pupils"), _("Pupils")),
}


@dataclass(frozen=True)
class ClassLine:
    """Parents or pupils of a class: the link that is good, and for how many pupils nobody, or not he himself, joined."""

    role: InviteRole
    button: str | Promise
    label: str | Promise
    invite: Invite | None
    link: str
    absent: int


def class_panel(request: HttpRequest, school_class: SchoolClass) -> str | None:
    """«Пригласить родителей», «Пригласить учеников»: the links of the class and its slips (2.5, 2.7)."""
    user = request.user
    if school_class.kind != SchoolClass.Kind.CLASS or school_class.archived_at:
        return None
    roles = [role for role in (InviteRole.PARENT, InviteRole.PUPIL) if may(user, RIGHT_OF_ROLE[role], school_class)]
    if not roles:
        return None
    links: dict[str, Invite] = {}
    good = Invite.objects.in_state("active").filter(school=school_class.school_id, school_class=school_class)
    for invite in good.filter(person__isnull=True, chat__isnull=True, role__in=roles).order_by("created_at"):
        links[invite.role] = invite
    lines = [_class_line(school_class, role, links.get(role)) for role in roles]
    context = {"lines": lines, "school_class": school_class, "young": (school_class.parallel or 0) <= 7}
    return render_to_string("invites/panels/class.html", context, request=request)


def _class_line(school_class: SchoolClass, role: InviteRole, invite: Invite | None) -> ClassLine:
    button, label = _BUTTONS[role]
    return ClassLine(role, button, label, invite, url_of(invite) if invite else "", _absent(school_class, role))


def _absent(school_class: SchoolClass, role: InviteRole) -> int:
    """Pupils who have not joined; for the parents' line, pupils of whom no parent has."""
    pupils = Enrolment.objects.active().filter(school_class=school_class)
    if role == InviteRole.PUPIL:
        return pupils.filter(person__user__isnull=True).count()
    joined = Guardianship.objects.active().filter(guardian__user__isnull=False, pupil=OuterRef("person"))
    return pupils.exclude(Exists(joined)).count()


def person_panel(request: HttpRequest, person: Person) -> str | None:
    """A personal invite for somebody of the lists who has not joined."""
    user = request.user
    if person.user_id or person.removed_at or not isinstance(user, User):
        return None
    good = [i for i in person.invites.in_state("active").with_names() if may_share(user, i)]
    issuable = next((role for role in roles_of(person) if may_invite(user, role[0], person.school, role[1])), None)
    if issuable and beyond(user, person.school, [person]):
        issuable = None
    if not good and issuable is None:
        return None
    context = {"person": person, "good": good, "role": issuable}
    return render_to_string("invites/panels/person.html", context, request=request)


def import_panel(request: HttpRequest, list_import: ListImport) -> str | None:
    """«Сделать карточки» after a list was imported: the slips of the classes that it filled, or of the staff (2.5, 2.7)."""
    user = request.user
    if not isinstance(user, User):
        return None
    staff = list_import.kind == ListKind.STAFF and may(user, "invite_staff", list_import.school)
    lines = _filled_classes(user, list_import)
    if not lines and not staff:
        return None
    context = {"lines": lines, "staff": staff, "school": list_import.school}
    return render_to_string("invites/panels/import.html", context, request=request)


def _filled_classes(user: User, list_import: ListImport) -> list[tuple[SchoolClass, list[tuple[InviteRole, Any]]]]:
    """The classes to which the import brought somebody, with those whom the user may invite there."""
    if not list_import.class_ids:
        return []
    classes = SchoolClass.objects.visible_to(user).taught().filter(pk__in=list_import.class_ids)
    lines = []
    for school_class in classes.filter(school=list_import.school_id).select_related("school"):
        roles = [
            (role, label) for role, (_button, label) in _BUTTONS.items() if may(user, RIGHT_OF_ROLE[role], school_class)
        ]
        if roles:
            lines.append((school_class, roles))
    return lines


def school_panel(request: HttpRequest, school: School) -> str | None:
    """What waits on the administrator's page: requests, and links that are about to be annulled (2.1)."""
    user = request.user
    if not isinstance(user, User) or not holds_any(user, ["decide_requests", "annul_invites"], school):
        return None
    waiting = JoinRequest.objects.visible_to(user).filter(school=school).waiting()
    soon = about_to_be_annulled(Invite.objects.visible_to(user), school, within=dt.timedelta(days=7))
    context = {"school": school, "waiting": waiting.count(), "oldest": waiting.first(), "soon": soon.count()}
    return render_to_string("invites/panels/school.html", context, request=request)


def home_panel(request: HttpRequest, person: Person) -> str | None:
    """A parent's children without an account, one's own requests that wait."""
    user = request.user
    if not isinstance(user, User):
        return None
    wards = Guardianship.objects.active().filter(guardian=person, pupil__user__isnull=True)
    context = {
        "children": [ward.pupil for ward in wards.select_related("pupil")],
        "school_id": person.school_id,
        "own": _own_waiting(user),
    }
    if not (context["children"] or context["own"]):
        return None
    return render_to_string("invites/panels/home.html", context, request=request)


def nobody_panel(request: HttpRequest, user: User) -> str | None:
    """Somebody who is in no school yet sees that his request waits, or why it was rejected."""
    rejected = JoinRequest.objects.own(user).filter(status=JoinRequest.Status.REJECTED).with_names()
    context = {"own": _own_waiting(user), "rejected": rejected.order_by("-decided_at").first()}
    if not (context["own"] or context["rejected"]):
        return None
    return render_to_string("invites/panels/nobody.html", context, request=request)


def _own_waiting(user: User) -> list[JoinRequest]:
    return list(JoinRequest.objects.own(user).waiting().with_names())


def waiting_requests(request: HttpRequest) -> int | QuerySet[JoinRequest]:
    """What is counted beside «Requests» in the menu."""
    school = current_school(request)
    if school is None or not isinstance(request.user, User):
        return 0
    return JoinRequest.objects.visible_to(request.user).filter(school=school).waiting()
