"""The API of invites; the objects are those of `rows_invites`."""

from typing import Any

from tests.access.matrix import ADMINISTRATION, ADMINISTRATORS, SIGNED_IN, row
from tests.access.rows_invites import (
    DECIDE,
    DESK,
    INVITE_PARENTS,
    NOT_PUPIL,
    OTHERS,
    absent,
    asked,
    invite,
    link_of_class,
    school,
    token,
)
from tests.world import Place

MAKE = {201: (*INVITE_PARENTS, "homeroom"), 403: OTHERS}
DECIDES: dict[int, Any] = {200: DECIDE, 403: (*ADMINISTRATION, *OTHERS)}
LOOK: dict[int, Any] = {200: tuple(role for role in NOT_PUPIL if role != "parent"), 403: "pupil", 409: "parent"}
STRANGERS: dict[int, Any] = {200: NOT_PUPIL, 403: "pupil"}


def requests(place: Place) -> dict[str, Any]:
    return {"requests": [place.made["request"].pk]}


ROWS = [
    # a parent of the class is in it already
    row("api:invite", token, own=LOOK, other_class=STRANGERS, other_school=STRANGERS, anonymous=200),
    # without answers: what is asked for is named
    row(
        "api:redeem_invite",
        token,
        method="post",
        own={409: NOT_PUPIL, 403: "pupil"},
        other_class={409: NOT_PUPIL, 403: "pupil"},
        other_school={409: NOT_PUPIL, 403: "pupil"},
    ),
    row("api:invites", school, own=DESK),
    row("api:invites", school, method="post", data=link_of_class, own=MAKE),
    row("api:invite_detail", invite, own={200: (*INVITE_PARENTS, "homeroom")}, other_class={200: INVITE_PARENTS}),
    # whoever does not see the person is told that there is none
    row(
        "api:personal_invite",
        school,
        method="post",
        data=lambda p: {"person": absent(p)["pk"]},
        own={
            201: (*ADMINISTRATORS, "homeroom"),
            403: (*ADMINISTRATION, "class_teacher"),
            400: "employee applicant pupil parent",
        },
    ),
    row(
        "api:invite_slips",
        school,
        method="post",
        data=link_of_class,
        own={201: (*INVITE_PARENTS, "homeroom"), 403: "class_teacher pupil parent", 400: "employee applicant"},
    ),
    # what one does not see is passed over
    row(
        "api:annul_invites",
        school,
        method="post",
        data=lambda p: {"invites": [p.made["invite"].pk]},
        own={200: (*INVITE_PARENTS, "homeroom", *OTHERS)},
    ),
    row("api:join_requests", school, own=DECIDES),
    row("api:approve_requests", school, method="post", data=requests, own=DECIDES),
    row("api:reject_requests", school, method="post", data=lambda p: {**requests(p), "reason": "Нет"}, own=DECIDES),
    # the name did not match: the child has to be chosen
    row(
        "api:approve_request",
        asked,
        method="post",
        own={409: DECIDE, 403: (*ADMINISTRATION, *OTHERS)},
        other_class={409: ADMINISTRATORS, 403: (*ADMINISTRATION, *OTHERS)},
    ),
    row("api:own_requests", own={200: SIGNED_IN}),
    row("api:own_request", lambda p: {"pk": p.made["request"].pk}, method="delete", own={}, other_class={}),
]
