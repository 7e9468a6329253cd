"""The system channels of a school: one-way, read by role, written by the administrator (2.1, 3.1)."""

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from school.models import Person, School
from school.querysets import rights_q


class ChannelKind(models.TextChoices):
    SCHOOL_WIDE = "school_wide", _("School-wide channel")
    STAFF = "staff", _("Staff channel")


# Who reads a channel is asked of the regulation's table, so the school can tighten or widen it like any other right.
READ_RIGHT = {ChannelKind.SCHOOL_WIDE: "view_school_channel", ChannelKind.STAFF: "view_staff_channel"}


class ChannelQuerySet(models.QuerySet["Channel"]):
    def visible_to(self, user: Any) -> Self:
        """The channels that the user may read."""
        condition = Q(pk__in=[])
        for kind, codename in READ_RIGHT.items():
            condition |= Q(kind=kind) & rights_q(user, codename, school="school_id")
        return self.filter(condition)

    def allowing(self, user: Any, codename: str) -> Self:
        return self.filter(rights_q(user, codename, school="school_id"))

    def with_news(self, user: Any) -> Self:
        """Adds `unread`, the number of posts after what the user has read, and the last post's text and moment."""
        standing = Post.objects.standing().filter(channel=OuterRef("pk"))
        read = Reading.objects.filter(channel=OuterRef("pk"), user=user).values("read_seq")
        reading = self.annotate(read_seq=Coalesce(Subquery(read), 0))
        unread = standing.filter(seq__gt=OuterRef("read_seq")).order_by().values("channel")
        last = standing.order_by("-seq")
        return reading.annotate(
            unread=Coalesce(Subquery(unread.annotate(count=models.Count("pk")).values("count")), 0),
            last_text=Subquery(last.values("text")[:1]),
            last_at=Subquery(last.values("published_at")[:1]),
        )


class Channel(models.Model):
    """«Общешкольный канал» or «Сотрудники»: made with the school, never deleted."""

    school = models.ForeignKey(School, on_delete=models.CASCADE, related_name="channels")
    kind = models.CharField(max_length=12, choices=ChannelKind.choices)
    last_seq = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ChannelQuerySet.as_manager()

    class Meta:
        verbose_name = _("channel")
        verbose_name_plural = _("channels")
        ordering = ["school", "kind"]
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["school", "kind"], name="one_channel_of_a_school_by_kind")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("channels:detail", args=[self.pk])

    @property
    def name(self) -> str:
        return str(ChannelKind(self.kind).label)

    @property
    def read_right(self) -> str:
        return READ_RIGHT[ChannelKind(self.kind)]


class PostQuerySet(models.QuerySet["Post"]):
    def standing(self) -> Self:
        """Posts that have not been recalled."""
        return self.filter(recalled_at__isnull=True)

    def visible_to(self, user: Any) -> Self:
        """The posts of the user's channels; recalled ones only to who may publish there."""
        desk = rights_q(user, "manage_channels", school="school_id")
        readable = self.filter(channel__in=Channel.objects.visible_to(user))
        return readable.filter(Q(recalled_at__isnull=True) | desk)

    def unread_by(self, user: Any) -> Self:
        """The posts of the user's channels after what he has read there."""
        read = Reading.objects.filter(channel=OuterRef("channel"), user=user).values("read_seq")
        after = self.standing().filter(channel__in=Channel.objects.visible_to(user))
        return after.filter(seq__gt=Coalesce(Subquery(read), 0))


class Post(models.Model):
    """What the school says in a channel. `seq` is its number there: readers remember the last one they saw."""

    school = models.ForeignKey(School, on_delete=models.CASCADE, related_name="+")
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="posts")
    seq = models.PositiveIntegerField()
    author = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(_("text"), max_length=10_000)
    published_at = models.DateTimeField()
    edited_at = models.DateTimeField(null=True)
    recalled_at = models.DateTimeField(null=True)

    objects = PostQuerySet.as_manager()

    class Meta:
        verbose_name = _("post")
        verbose_name_plural = _("posts")
        ordering = ["-seq"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["channel", "seq"], name="posts_of_a_channel_are_numbered"),
            models.CheckConstraint(name="post_says_something", condition=~Q(text="")),
            models.CheckConstraint(
                name="post_is_edited_after_it_is_published",
                condition=Q(edited_at__isnull=True) | Q(edited_at__gte=F("published_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel}, {self.seq}"


class Reading(models.Model):
    """How far a user has read a channel."""

    school = models.ForeignKey(School, on_delete=models.CASCADE, related_name="+")
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="readings")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    read_seq = models.PositiveIntegerField()
    read_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["channel", "user"], name="one_reading_of_a_channel_by_user")]

    def __str__(self) -> str:
        return f"{self.channel_id}: {self.user_id} → {self.read_seq}"
