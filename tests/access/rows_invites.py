"""Invites: the public join page. The actors of the place `own` open a link for the parents of the class."""

from typing import Any

from invites.services.issuing import create_invite
from invites.tokens import token_of
from tests.access.matrix import SIGNED_IN, row
from tests.factories import user_of
from tests.world import Place


def prepare(place: Place) -> None:
    by = user_of(place.homeroom)
    link = create_invite(by=by, school=place.school, role="parent", school_class=place.school_class)
    place.made |= {"invite": link}


def token(place: Place) -> dict[str, Any]:
    return {"token": token_of(place.made["invite"])}


NOT_PUPIL = tuple(role for role in SIGNED_IN if role != "pupil")

ROWS = [
    # a pupil is told that the link is for parents; everybody else may be a parent
    row(
        "invites:join",
        token,
        own={200: NOT_PUPIL, 403: "pupil"},
        other_class={200: NOT_PUPIL, 403: "pupil"},
        other_school={200: NOT_PUPIL, 403: "pupil"},
        anonymous=200,
    ),
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
    row(
        "invites:standing",
        token,
        own={200: SIGNED_IN},
        other_class={200: SIGNED_IN},
        other_school={200: SIGNED_IN},
        anonymous=200,
    ),
    # somebody else's request, or none: there is nothing to take back
    row("invites:withdraw", token, method="post", own={}, other_class={}),
]
