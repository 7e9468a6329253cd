"""The API of the school. A parent reads his own child and no other pupil; a staff list is for the staff."""

from typing import Any

from tests.access.matrix import ADMINISTRATION, ADMINISTRATORS, FAMILY, MEMBERS, SIGNED_IN, STAFF, TEACHERS, Row, row
from tests.world import Place

OFFICE = (*ADMINISTRATORS, *ADMINISTRATION)
OF_CLASS = (*OFFICE, *TEACHERS, *FAMILY)  # who sees the class «own»
SEES_PUPILS = (*OFFICE, *TEACHERS)


def school(place: Place) -> dict[str, Any]:
    return {"school_id": place.school.pk}


def school_class(place: Place) -> dict[str, Any]:
    return {"pk": place.school_class.pk}


def without(roles: tuple[str, ...], *others: str) -> tuple[str, ...]:
    return tuple(role for role in roles if role not in others)


def desk(name: str, method: str, data: Any, status: int = 201) -> Row:
    """What only the administrators do in a school."""
    own = {status: ADMINISTRATORS, 403: without(MEMBERS, *ADMINISTRATORS)}
    return row(name, school, method=method, data=data, own=own)


def desk_of_class(name: str, method: str, data: Any = lambda p: {}, status: int = 200) -> Row:
    """What only the administrators do with a class; whoever sees it is told why he may not."""
    own = {status: ADMINISTRATORS, 403: without(OF_CLASS, *ADMINISTRATORS)}
    other = {status: ADMINISTRATORS, 403: ADMINISTRATION}
    return row(name, school_class, method=method, data=data, own=own, other_class=other)


def of_staff(name: str, args: Any) -> Row:
    """A fact about the staff ended by the administrators; the staff see it, of every class."""
    expected = {204: ADMINISTRATORS, 403: without(STAFF, *ADMINISTRATORS)}
    return row(name, args, method="delete", own=expected, other_class=expected)


def of_pupil(name: str, method: str, args: Any, data: Any = lambda p: {}, status: int = 200) -> Row:
    """An act of the administrators upon a pupil whom his teachers see, and his classmates do not."""
    own = {status: ADMINISTRATORS, 403: without(SEES_PUPILS, *ADMINISTRATORS)}
    return row(name, args, method=method, data=data, own=own, other_class={status: ADMINISTRATORS, 403: ADMINISTRATION})


NAMES = {"last_name": "Ёлкина", "first_name": "Анна"}

SCHOOLS = [
    row("api:schools", own={200: SIGNED_IN}),
    row("api:school", lambda p: {"pk": p.school.pk}, own={200: MEMBERS}),
    row(
        "api:school",
        lambda p: {"pk": p.school.pk},
        method="patch",
        data=lambda p: {"city": "Ардон"},
        own={200: ADMINISTRATORS, 403: without(MEMBERS, *ADMINISTRATORS)},
    ),
]
CLASSES = [
    row("api:classes", school, own={200: MEMBERS}),
    desk("api:classes", "post", lambda p: {"parallel": 11, "letter": "Э"}),
    row("api:class", school_class, own={200: OF_CLASS}, other_class={200: OFFICE}),
    desk_of_class("api:class", "patch", lambda p: {"letter": "Ю"}),
    desk_of_class("api:archive_class", "post", status=409),
    row("api:study_groups", school_class, own={200: OF_CLASS}, other_class={200: OFFICE}),
    desk_of_class("api:study_groups", "post", lambda p: {"subject": "Химия"}, 201),
    desk_of_class("api:pupils", "post", lambda p: NAMES, 201),
]
PEOPLE = [
    row("api:people", school, own={200: MEMBERS}),
    desk("api:staff", "post", lambda p: {**NAMES, "kind": "teacher"}),
    row(
        "api:person",
        lambda p: {"pk": p.pupil.pk},
        own={200: (*SEES_PUPILS, *FAMILY)},
        other_class={200: OFFICE},
    ),
    row("api:person", lambda p: {"pk": p.classmate.pk}, own={200: SEES_PUPILS}, other_class={200: OFFICE}),
    row("api:person", lambda p: {"pk": p.classmates_parent.pk}, own={200: SEES_PUPILS}, other_class={200: OFFICE}),
    row("api:person", lambda p: {"pk": p.homeroom.pk}, own={200: STAFF}, other_class={200: STAFF}),
    of_pupil("api:person", "patch", lambda p: {"pk": p.classmate.pk}, lambda p: {"first_name": "Яна"}),
    of_pupil("api:remove_person", "post", lambda p: {"pk": p.classmate.pk}),
]
FACTS = [
    *(
        row(f"api:{name}", school, own={200: MEMBERS})
        for name in ("enrolments", "guardianships", "positions", "homerooms", "teachings")
    ),
    desk("api:enrolments", "post", lambda p: {"person": p.pupil.pk, "school_class": p.school_class.pk}, 409),
    of_pupil(
        "api:move_pupil",
        "post",
        lambda p: {"pk": p.classmate.enrolments.get().pk},
        lambda p: {"school_class": p.school_class.pk},
        409,
    ),
    row(
        "api:guardianships",
        school,
        method="post",
        data=lambda p: {"guardian": p.classmates_parent.pk, "pupil": p.classmate.pk, "kind": "mother"},
        own={
            201: (*ADMINISTRATORS, "homeroom"),
            403: (*ADMINISTRATION, "class_teacher"),
            400: (*FAMILY, "employee", "applicant"),
        },
    ),
    row(
        "api:guardianship",
        lambda p: {"pk": p.classmates_parent.wards.get().pk},
        method="delete",
        own={204: (*ADMINISTRATORS, "homeroom"), 403: (*ADMINISTRATION, "class_teacher")},
        other_class={204: ADMINISTRATORS, 403: ADMINISTRATION},
    ),
    row(
        "api:guardianship",
        lambda p: {"pk": p.parent.wards.get().pk},
        method="delete",
        own={204: (*ADMINISTRATORS, "homeroom"), 403: (*ADMINISTRATION, "class_teacher", "parent")},
        other_class={204: ADMINISTRATORS, 403: ADMINISTRATION},
    ),
    desk("api:positions", "post", lambda p: {"person": p.class_teacher.pk, "kind": "employee"}),
    of_staff("api:position", lambda p: {"pk": p.class_teacher.positions.get().pk}),
    desk("api:homerooms", "post", lambda p: {"person": p.class_teacher.pk, "school_class": p.school_class.pk}, 409),
    of_staff("api:homeroom", lambda p: {"pk": p.homeroom.homerooms.get().pk}),
    desk("api:teachings", "post", lambda p: {"person": p.homeroom.pk, "study_group": p.study_group.pk}),
    of_staff("api:teaching", lambda p: {"pk": p.class_teacher.teachings.get().pk}),
]
ACTS = [
    row("api:acts", school, own={200: MEMBERS}),
    row(
        "api:approve_act",
        lambda p: {"pk": p.made["act"].pk},
        method="post",
        own={200: "additional_administrator", 409: ("administrator", "director")},  # his own; a director of today
    ),
    row(
        "api:cancel_act",
        lambda p: {"pk": p.made["act"].pk},
        method="post",
        own={200: (*ADMINISTRATORS, "director")},
    ),
]
ROWS = [*SCHOOLS, *CLASSES, *PEOPLE, *FACTS, *ACTS]
