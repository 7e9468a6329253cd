"""The school's own pages."""

from typing import Any

from django.utils import timezone

from school import undo
from school.models import Act, PendingAct
from school.services import exports, people
from tests import factories as f
from tests.access.matrix import (
    ADMINISTRATION,
    ADMINISTRATORS,
    FAMILY,
    MEMBERS,
    SIGNED_IN,
    STAFF,
    TEACHERS,
    Row,
    row,
)
from tests.world import Place

ADMIN = "administrator"
IN_CLASS = (*ADMINISTRATORS, *ADMINISTRATION, *TEACHERS, *FAMILY)
IN_OTHER_CLASS = (*ADMINISTRATORS, *ADMINISTRATION)
PARENTS_SEEN_BY = (*ADMINISTRATORS, *ADMINISTRATION, *TEACHERS, "parent")  # a pupil does not see parents


def prepare(place: Place) -> None:
    """An export that the main administrator has asked for, and one that a second pair of hands has let go."""
    waiting = PendingAct.objects.waiting().filter(school=place.school).first()
    if waiting is None:
        by, names = f.administrator_of(place.school), {"school": place.school, "what": exports.EVENTS}
        allowed = exports.propose_export(by=by, reason="Отчёт", **names)
        PendingAct.objects.filter(pk=allowed.pk).update(carried_out_at=timezone.now())
        waiting = exports.propose_export(by=by, reason="Проверка", **names)
    place.made["act"] = waiting
    place.made["allowed"] = PendingAct.objects.ended().filter(school=place.school)[0]


def but(*roles: str) -> tuple[str, ...]:
    return tuple(role for role in MEMBERS if role not in roles)


def of_school(place: Place) -> dict[str, Any]:
    return {"school_id": place.school.pk}


def of_class(place: Place) -> dict[str, Any]:
    return {**of_school(place), "pk": place.school_class.pk}


def of_pupil(place: Place) -> dict[str, Any]:
    return {**of_school(place), "pk": place.pupil.pk}


def school_page(name: str, *may: str, **kwargs: Any) -> Row:
    return row(f"school:{name}", of_school, own={200: may, 403: but(*may)}, **kwargs)


def desk(name: str, args: Any, own: tuple[str, ...], other: tuple[str, ...], **kwargs: Any) -> Row:
    """What the administrators do with an object: those who see it and may not are told why."""

    def statuses(seers: tuple[str, ...]) -> dict[int, tuple[str, ...]]:
        return {200: ADMINISTRATORS, 403: tuple(role for role in seers if role not in ADMINISTRATORS)}

    return row(f"school:{name}", args, own=statuses(own), other_class=statuses(other), **kwargs)


ROWS = [
    row("home", own={200: SIGNED_IN}, anonymous=200),
    row("school:news", own={200: MEMBERS}),
    row("school:register", own={200: SIGNED_IN}, anonymous=200),
    row("school:registered", own={200: SIGNED_IN}, anonymous=200),
    row("school:home", of_school, own={200: MEMBERS}),
    row("school:structure", of_school, own={200: MEMBERS}),
    row("school:rights", of_school, own={200: MEMBERS}),
    row("school:why", lambda p: {**of_school(p), "codename": "create_staff_chat"}, own={200: MEMBERS}),
    row("school:my_verification", of_school, own={200: ("additional_administrator", "deputy", *TEACHERS, "applicant")}),
    school_page("edit", *ADMINISTRATORS),
    school_page("create_classes", *ADMINISTRATORS),
    school_page("subjects", *ADMINISTRATORS),
    school_page("people", *STAFF),
    school_page("staff", *STAFF),
    school_page("add_staff", *ADMINISTRATORS),
    school_page("verification", *ADMINISTRATORS, *ADMINISTRATION),
    school_page("administrators", *ADMINISTRATORS, "director"),
    school_page("appoint", ADMIN, "director"),
    school_page("rights_without_order", *ADMINISTRATORS, *ADMINISTRATION),
    school_page("temporary_rights", ADMIN),
    school_page("grant", ADMIN),
    school_page("events", *ADMINISTRATORS, "director"),
    school_page("export_events", *ADMINISTRATORS, "director"),
    school_page("export_people", *ADMINISTRATORS),
    school_page("acts", *ADMINISTRATORS, "director"),
    row(
        "school:remove_people",
        of_school,
        data=lambda p: {"person": p.classmate.pk},
        own={200: ADMINISTRATORS, 403: but(*ADMINISTRATORS)},
    ),
]
ROWS += [
    row("school:class", of_class, own={200: IN_CLASS}, other_class={200: IN_OTHER_CLASS}),
    row("school:class_teachers", of_class, own={200: IN_CLASS}, other_class={200: IN_OTHER_CLASS}),
    desk("add_study_group", of_class, IN_CLASS, IN_OTHER_CLASS),
    desk("edit_class", of_class, IN_CLASS, IN_OTHER_CLASS),
    desk("homeroom", of_class, IN_CLASS, IN_OTHER_CLASS),
    desk("add_pupil", of_class, IN_CLASS, IN_OTHER_CLASS),
    desk("study_group", lambda p: {**of_school(p), "pk": p.part.pk}, IN_CLASS, IN_OTHER_CLASS),
    desk("edit_person", of_pupil, IN_CLASS, IN_OTHER_CLASS),
    desk("move", of_pupil, IN_CLASS, IN_OTHER_CLASS),
    desk("remove", of_pupil, IN_CLASS, IN_OTHER_CLASS),
    desk("role_change", of_pupil, IN_CLASS, IN_OTHER_CLASS),
    desk("add_position", of_pupil, IN_CLASS, IN_OTHER_CLASS),
    row("school:person", of_pupil, own={200: IN_CLASS}, other_class={200: IN_OTHER_CLASS}),
    row(
        "school:add_parent",
        of_pupil,
        own={200: (*ADMINISTRATORS, "homeroom"), 403: (*ADMINISTRATION, "class_teacher", *FAMILY)},
        other_class={200: ADMINISTRATORS, 403: ADMINISTRATION},
    ),
    row("school:lookup", lambda p: {**of_school(p), "who": "pupil"}, own={200: MEMBERS}),
    row(
        "school:dismiss",
        lambda p: {**of_school(p), "pk": p.class_teacher.pk},
        own={200: (ADMIN, "director"), 403: but(ADMIN, "director")},
        other_class={200: (ADMIN, "director"), 403: but(ADMIN, "director")},
    ),
]


def act(
    name: str, args: Any, own: tuple[str, ...], other: tuple[str, ...], may: Any = ADMINISTRATORS, **kw: Any
) -> Row:
    """A button: those who may are led on, those who see the object and may not are told why."""

    def statuses(seers: tuple[str, ...], allowed: tuple[str, ...]) -> dict[int, tuple[str, ...]]:
        allowed = tuple(role for role in allowed if role in seers)
        return {302: allowed, 403: tuple(role for role in seers if role not in allowed)}

    return row(
        f"school:{name}",
        args,
        method="post",
        own=statuses(own, may),
        other_class=statuses(other, kw.pop("may_elsewhere", may)),
        **kw,
    )


def of_position(place: Place) -> dict[str, Any]:
    return {**of_school(place), "pk": place.class_teacher.positions.get().pk}


def of_tie(place: Place) -> dict[str, Any]:
    return {**of_school(place), "pk": place.pupil.guardians.get().pk}


def of_teaching(place: Place) -> dict[str, Any]:
    return {**of_school(place), "pk": place.class_teacher.teachings.get().pk}


def of_act(place: Place) -> dict[str, Any]:
    """An act that was just carried out; who does not keep the movement does not see it."""
    by, who = f.administrator_of(place.school), [place.pupil]
    with undo.remembered(Act.Kind.MOVEMENT, by=by, school=place.school, title="Имя", people=who) as done:
        people.edit_person(by=by, person=place.pupil, first_name="Новое")
    return {**of_school(place), "pk": done.pk}


ROWS += [
    act("undo_act", of_act, ADMINISTRATORS, ADMINISTRATORS),
    act("archive_class", of_class, IN_CLASS, IN_OTHER_CLASS),
    act("release_homeroom", of_class, IN_CLASS, IN_OTHER_CLASS),
    act("group_members", lambda p: {**of_school(p), "pk": p.part.pk}, IN_CLASS, IN_OTHER_CLASS),
    act("release_teaching", of_teaching, IN_CLASS, IN_OTHER_CLASS),
    act("end_position", of_position, STAFF, STAFF),
    act("detach", of_pupil, IN_CLASS, IN_OTHER_CLASS),
    act("set_activist", of_pupil, IN_CLASS, IN_OTHER_CLASS, data=lambda p: {"active": "1"}),
    act(
        "remove_parent",
        of_tie,
        PARENTS_SEEN_BY,
        IN_OTHER_CLASS,
        (*ADMINISTRATORS, "homeroom"),
        may_elsewhere=ADMINISTRATORS,
    ),
    act("decide_verification", of_school, MEMBERS, MEMBERS, (*ADMINISTRATORS, *ADMINISTRATION)),
    act(
        "set_right",
        of_school,
        MEMBERS,
        MEMBERS,
        (ADMIN,),
        data=lambda p: {"role": "deputy", "right": "view_events", "allowed": "1"},
    ),
    # a refusal of one's own act, and of somebody else's file, is said on the page
    *(
        row(
            f"school:{name}",
            lambda p: {**of_school(p), "pk": p.made["act"].pk},
            method="post",
            own={302: (*ADMINISTRATORS, "director")},
        )
        for name in ("approve_act", "cancel_act")
    ),
    row(
        "school:take_export",
        lambda p: {**of_school(p), "pk": p.made["allowed"].pk},
        method="post",
        own={200: ADMIN, 302: ("additional_administrator", "director")},
    ),
    row(
        "school:end_grant",
        lambda p: {**of_school(p), "scope": "school", "pk": 0},
        method="post",
        own={403: but(ADMIN)},
    ),
]


def of_post(place: Place) -> dict[str, Any]:
    director = place.school.people.filter(positions__kind="director")
    return {**of_school(place), "what": "position", "pk": director.values_list("positions", flat=True)[0]}


OTHER_STAFF = tuple(role for role in STAFF if role not in IN_OTHER_CLASS)
NAMED = {200: IN_OTHER_CLASS, 403: OTHER_STAFF}
ROWS += [
    row(
        "school:name_order",
        lambda p: {**of_school(p), "what": "homeroom", "pk": p.homeroom.homerooms.get().pk},
        own=NAMED,
        other_class=NAMED,
    ),
    row(
        "school:name_order",
        of_post,
        method="post",
        data=lambda p: {"order_number": "5", "order_date": "2025-09-01"},
        own={302: (ADMIN, "director"), 403: ("additional_administrator", "deputy", *OTHER_STAFF)},
    ),
]
