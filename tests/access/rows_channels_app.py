"""Channels are the school's: the class in the place does not matter."""

from channels_app.models import ChannelKind
from channels_app.services import publish_post
from tests.access.matrix import ADMINISTRATORS, FAMILY, SIGNED_IN, STAFF, row
from tests.factories import administrator_of
from tests.world import Place


def prepare(place: Place) -> None:
    channels = {channel.kind: channel for channel in place.school.channels.all()}
    place.made["channel"], place.made["staff_channel"] = channels[ChannelKind.SCHOOL_WIDE], channels[ChannelKind.STAFF]
    admin = administrator_of(place.school)
    if not (posts := list(place.made["staff_channel"].posts.all())):
        posts = [publish_post(by=admin, channel=place.made["staff_channel"], text="Планёрка в 8:00")]
    place.made["post"] = posts[0]


READERS = (*STAFF, *FAMILY)
OTHER_STAFF = tuple(role for role in STAFF if role not in ADMINISTRATORS)
TEXT = {"text": "Текст"}
WRITERS = {302: ADMINISTRATORS, 403: OTHER_STAFF}

ROWS = [
    row("channels:list", own={200: SIGNED_IN}),
    row(
        "channels:detail",
        lambda p: {"pk": p.made["channel"].pk},
        own={200: READERS},
    ),
    row("channels:detail", lambda p: {"pk": p.made["staff_channel"].pk}, own={200: STAFF}),
    row(
        "channels:detail",
        lambda p: {"pk": p.made["channel"].pk},
        method="post",
        data=lambda p: TEXT,
        own={302: ADMINISTRATORS, 403: (*OTHER_STAFF, *FAMILY)},
    ),
    row("channels:edit_post", lambda p: {"pk": p.made["post"].pk}, own={200: ADMINISTRATORS, 403: OTHER_STAFF}),
    row("channels:recall_post", lambda p: {"pk": p.made["post"].pk}, method="post", own=WRITERS),
]
ROWS += [
    row("api:channels", own={200: SIGNED_IN}),
    row("api:channel_posts", lambda p: {"pk": p.made["channel"].pk}, own={200: READERS}),
    row("api:channel_posts", lambda p: {"pk": p.made["staff_channel"].pk}, own={200: STAFF}),
    row(
        "api:channel_posts",
        lambda p: {"pk": p.made["channel"].pk},
        method="post",
        data=lambda p: TEXT,
        own={201: ADMINISTRATORS, 403: (*OTHER_STAFF, *FAMILY)},
    ),
    row(
        "api:channel_read",
        lambda p: {"pk": p.made["channel"].pk},
        method="post",
        data=lambda p: {"seq": 0},
        own={204: READERS},
    ),
    row(
        "api:post",
        lambda p: {"pk": p.made["post"].pk},
        method="patch",
        data=lambda p: TEXT,
        own={200: ADMINISTRATORS, 403: OTHER_STAFF},
    ),
    row(
        "api:post_recall",
        lambda p: {"pk": p.made["post"].pk},
        method="post",
        own={200: ADMINISTRATORS, 403: OTHER_STAFF},
    ),
]
