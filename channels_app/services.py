"""Writing to the system channels: publish, edit, recall (2.1 «системные каналы»); noting what has been read."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from school.errors import Refusal
from school.eventlog import record
from school.models import EventKind, School
from school.rights import require, users_allowed
from sferum_portal import feed

from .models import Channel, ChannelKind, Post, Reading

LONGEST_TEXT = 10_000


def ensure_channels(school: School) -> list[Channel]:
    """The two channels of the school; those that are there stay as they are."""
    wanted = [Channel(school=school, kind=kind) for kind in ChannelKind]
    Channel.objects.bulk_create(wanted, ignore_conflicts=True)
    return list(Channel.objects.filter(school=school))


@transaction.atomic
def publish_post(*, by: User, channel: Channel, text: str, at: dt.datetime | None = None) -> Post:
    """Say something to everybody who reads the channel.

    `at` is for made-up schools only: their posts are spread over the past weeks. Raises `Refusal` on an empty text.
    """
    require(by, "manage_channels", channel.school)
    text = _clean_text(text)
    channel = Channel.objects.select_for_update().get(pk=channel.pk)
    channel.last_seq = F("last_seq") + 1
    channel.save(update_fields=["last_seq"])
    channel.refresh_from_db(fields=["last_seq"])
    post = Post.objects.create(
        school=channel.school,
        channel=channel,
        seq=channel.last_seq,
        author=by.persons.get(school=channel.school),
        text=text,
        published_at=at or timezone.now(),
    )
    note_read(by=by, channel=channel, seq=post.seq)
    record(EventKind.POST_PUBLISHED, by=by, school=channel.school, subject=post, new={"text": text})
    _announce("post_published", post)
    return post


@transaction.atomic
def edit_post(*, by: User, post: Post, text: str) -> Post:
    """Correct a post; the log keeps what it said. Raises `Refusal` on an empty text and on a recalled post."""
    require(by, "manage_channels", post.school)
    post, text = _standing(post), _clean_text(text)
    if text == post.text:
        return post
    old, post.text, post.edited_at = post.text, text, timezone.now()
    post.save(update_fields=["text", "edited_at"])
    record(EventKind.POST_CHANGED, by=by, school=post.school, subject=post, old={"text": old}, new={"text": text})
    _announce("post_changed", post)
    return post


@transaction.atomic
def recall_post(*, by: User, post: Post) -> Post:
    """Take a post away from its readers; those who publish still see that it was there."""
    require(by, "manage_channels", post.school)
    post = _standing(post)
    post.recalled_at = timezone.now()
    post.save(update_fields=["recalled_at"])
    record(EventKind.POST_RECALLED, by=by, school=post.school, subject=post, old={"text": post.text})
    _announce("post_recalled", post)
    return post


def note_read(*, by: User, channel: Channel, seq: int) -> None:
    """The user has seen the channel up to this post; never goes back. His other open pages hear of it."""
    now, reading = timezone.now(), Reading.objects.filter(channel=channel, user=by)
    read = reading.values_list("read_seq", flat=True).first()
    if read is not None and read >= seq:
        return
    if read is None:
        new = Reading(school_id=channel.school_id, channel=channel, user=by, read_seq=seq, read_at=now)
        Reading.objects.bulk_create([new], ignore_conflicts=True)
    else:
        reading.filter(read_seq__lt=seq).update(read_seq=seq, read_at=now)
    payload = {"type": "posts_read", "channel": channel.pk, "seq": seq}
    transaction.on_commit(lambda: feed.publish(f"user:{by.pk}", payload))


def _clean_text(text: str) -> str:
    text = text.replace("\r\n", "\n").strip()
    if not text:
        raise Refusal(_("Write something first."), code="empty_text", field="text")
    if len(text) > LONGEST_TEXT:
        raise Refusal(
            _("The text is longer than %(limit)s characters.") % {"limit": LONGEST_TEXT}, code="long_text", field="text"
        )
    return text


def _standing(post: Post) -> Post:
    post = Post.objects.select_for_update(of=("self",)).select_related("school", "channel").get(pk=post.pk)
    if post.recalled_at:
        raise Refusal(_("This post has been recalled already."), code="already_recalled")
    return post


def _announce(kind: str, post: Post) -> None:
    payload: dict[str, Any] = {"type": kind, "channel": post.channel_id, "post": post.pk, "seq": post.seq}
    transaction.on_commit(lambda: _push(post.channel, payload))


def _push(channel: Channel, payload: dict[str, Any]) -> None:
    """To whoever may read the channel at this moment: no topic of its own, so no right to take back later."""
    readers = users_allowed(channel.read_right, channel.school).values_list("pk", flat=True)
    feed.publish([f"user:{pk}" for pk in readers], payload)
