"""Invites: the public join page, the desk of a school, the requests. Each place has a parents' link and a request."""

from typing import Any

from django.utils import timezone

from invites.answers import Answers
from invites.models import SlipPrint
from invites.services.issuing import create_invite
from invites.services.redemption import redeem
from invites.tokens import token_of
from tests.access.matrix import ADMINISTRATION, ADMINISTRATORS, FAMILY, SIGNED_IN, row
from tests.factories import administrator_of, make_pupil, make_staff, make_user, user_of
from tests.world import Place


def prepare(place: Place) -> None:
    by = user_of(place.homeroom)
    link = create_invite(by=by, school=place.school, role="parent", school_class=place.school_class)
    stranger = Answers("Сосна", "Яна", kind="mother", child_last_name="Кого-то", child_first_name="Нет")
    asked = redeem(by=make_user(), token=token_of(link), answers=stranger).request
    printed: dict[str, Any] = {"role": "parent", "state": SlipPrint.State.READY, "finished_at": timezone.now()}
    order = SlipPrint.objects.create(school=place.school, ordered_by=administrator_of(place.school), **printed)
    make_staff(place.school, joined=False)  # for whom a slip can be printed
    place.made |= {
        "print": order,
        "invite": link,
        "request": asked,
        "absent": make_pupil(place.school_class, joined=False),
    }


def token(place: Place) -> dict[str, Any]:
    return {"token": token_of(place.made["invite"])}


def school(place: Place) -> dict[str, Any]:
    return {"school_id": place.school.pk}


def invite(place: Place) -> dict[str, Any]:
    return {**school(place), "pk": place.made["invite"].pk}


def asked(place: Place) -> dict[str, Any]:
    return {**school(place), "pk": place.made["request"].pk}


def slips(place: Place) -> dict[str, Any]:
    return {**school(place), "pk": place.school_class.pk, "role": "parent"}


def absent(place: Place) -> dict[str, Any]:
    return {**school(place), "pk": place.made["absent"].pk}


def print_order(place: Place) -> dict[str, Any]:
    return {**school(place), "pk": place.made["print"].pk}


def link_of_class(place: Place) -> dict[str, Any]:
    return {"role": "parent", "school_class": place.school_class.pk}


NOT_PUPIL = tuple(role for role in SIGNED_IN if role != "pupil")
PUBLIC: dict[str, Any] = {"other_class": {200: SIGNED_IN}, "other_school": {200: SIGNED_IN}, "anonymous": 200}
FOR_PARENTS: dict[int, Any] = {200: NOT_PUPIL, 403: "pupil"}
INVITE_PARENTS = (*ADMINISTRATORS, *ADMINISTRATION)
OTHERS = ("class_teacher", "employee", "applicant", *FAMILY)
DESK = {200: (*INVITE_PARENTS, "homeroom"), 403: OTHERS}
NOT_ADMINISTRATORS = (*ADMINISTRATION, "homeroom", *OTHERS)
DECIDE = (*ADMINISTRATORS, "homeroom")

ROWS = [
    # a pupil is told that the link is for parents; everybody else may be a parent
    row("invites:join", token, own=FOR_PARENTS, other_class=FOR_PARENTS, other_school=FOR_PARENTS, anonymous=200),
    # the page where the code of a slip is typed
    row("invites:code", own={200: SIGNED_IN}, anonymous=200),
    row("invites:standing", token, own={200: SIGNED_IN}, **PUBLIC),
    row(
        "invites:join_phone",
        token,
        own={302: SIGNED_IN},
        other_class={302: SIGNED_IN},
        other_school={302: SIGNED_IN},
        anonymous=200,
    ),
    row(
        "invites:join_login",
        token,
        own={302: SIGNED_IN},
        other_class={302: SIGNED_IN},
        other_school={302: SIGNED_IN},
        anonymous=302,
    ),
    # somebody else's request, or none: there is nothing to take back
    row("invites:withdraw", token, method="post", own={}, other_class={}),
    row("invites:list", school, own=DESK),
    row("invites:create", school, own=DESK),
    row(
        "invites:create",
        school,
        method="post",
        data=link_of_class,
        own={302: (*INVITE_PARENTS, "homeroom"), 403: OTHERS},
    ),
    row(
        "invites:create_administrator",
        school,
        own={200: "administrator director", 403: (*("additional_administrator", "deputy", "homeroom"), *OTHERS)},
    ),
    row("invites:detail", invite, own={200: (*INVITE_PARENTS, "homeroom")}, other_class={200: INVITE_PARENTS}),
    row("invites:sheet", invite, own={200: (*INVITE_PARENTS, "homeroom")}, other_class={200: INVITE_PARENTS}),
    # a foreign invite is passed over, with a word about it
    row(
        "invites:annul",
        school,
        method="post",
        data=lambda p: {"invite": p.made["invite"].pk},
        own={302: (*INVITE_PARENTS, "homeroom", *OTHERS)},
    ),
    row(
        "invites:slips",
        slips,
        own={200: (*INVITE_PARENTS, "homeroom"), 403: "class_teacher pupil parent"},
        other_class={200: INVITE_PARENTS},
    ),
    row(
        "invites:create_slips",
        slips,
        method="post",
        own={302: (*INVITE_PARENTS, "homeroom"), 403: "class_teacher pupil parent"},
        other_class={302: INVITE_PARENTS},
    ),
    row(
        "invites:invite_person",
        absent,
        method="post",
        own={302: (*ADMINISTRATORS, "homeroom"), 403: (*ADMINISTRATION, "class_teacher")},
        other_class={302: ADMINISTRATORS, 403: ADMINISTRATION},
    ),
    # on paper: the same people as on the screen; where all have joined, a word about it instead of a file
    row(
        "invites:print_slips",
        slips,
        method="post",
        own={302: (*INVITE_PARENTS, "homeroom"), 403: "class_teacher pupil parent"},
        other_class={302: INVITE_PARENTS},
    ),
    row(
        "invites:print_person",
        absent,
        method="post",
        own={200: (*ADMINISTRATORS, "homeroom"), 403: (*ADMINISTRATION, "class_teacher")},
        other_class={200: ADMINISTRATORS, 403: ADMINISTRATION},
    ),
    row("invites:staff_slips", school, own={200: ADMINISTRATORS, 403: NOT_ADMINISTRATORS}),
    row("invites:create_staff_slips", school, method="post", own={302: ADMINISTRATORS, 403: NOT_ADMINISTRATORS}),
    row("invites:print_staff_slips", school, method="post", own={200: ADMINISTRATORS, 403: NOT_ADMINISTRATORS}),
    # of the whole school: who may invite all its parents or pupils
    row("invites:prints", school, own={200: INVITE_PARENTS, 403: ("homeroom", *OTHERS)}),
    row("invites:prints", school, method="post", own={200: INVITE_PARENTS, 403: ("homeroom", *OTHERS)}),
    row("invites:print", print_order, own={200: INVITE_PARENTS}, other_class={200: INVITE_PARENTS}),
    # its file is gone
    row("invites:print_file", print_order, own={}, other_class={}),
    # only a parent of the child; the pupil of the row has none
    row("invites:invite_child", absent, method="post", own={}, other_class={}),
    row(
        "invites:requests",
        school,
        own={200: DECIDE, 403: (*ADMINISTRATION, *OTHERS)},
    ),
    row(
        "invites:decide_requests",
        school,
        method="post",
        data=lambda p: {"request": p.made["request"].pk, "act": "reject", "reason": "Нет"},
        own={302: DECIDE, 403: (*ADMINISTRATION, *OTHERS)},
    ),
    row(
        "invites:request",
        asked,
        own={200: DECIDE, 403: (*ADMINISTRATION, *OTHERS)},
        other_class={200: ADMINISTRATORS, 403: (*ADMINISTRATION, *OTHERS)},
    ),
]
