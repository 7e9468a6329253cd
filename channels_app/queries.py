"""What the channels count: posts that one has not read, how many people a post has reached."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Count
from django.http import HttpRequest

from school.rights import users_allowed

from .models import Channel, Post, PostQuerySet, Reading


def unread_posts(request: HttpRequest) -> int | PostQuerySet:
    """What is counted beside «Каналы» in the menu; a page that shows the list has counted already."""
    counted: int | None = getattr(request, "unread_posts", None)
    if counted is not None:
        return counted
    user: Any = request.user
    return Post.objects.unread_by(user)


def readers_of(channel: Channel) -> int:
    """How many people may read the channel now."""
    return users_allowed(channel.read_right, channel.school).count()


def count_reached(channel: Channel, posts: Iterable[Post]) -> dict[int, int]:
    """{post.pk: how many of the present readers have seen it}, in one query."""
    readers = users_allowed(channel.read_right, channel.school).values("pk")
    readings = Reading.objects.filter(channel=channel, user__in=readers)
    by_seq = dict(readings.order_by().values_list("read_seq").annotate(count=Count("pk")))
    return {post.pk: sum(count for seq, count in by_seq.items() if seq >= post.seq) for post in posts}
