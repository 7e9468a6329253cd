"""Official chats of a school: who is meant to be in them, who left, what was said."""

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import models
from django.db.models import Q
from django.db.models.functions import Length
from django.db.models.lookups import LessThanOrEqual
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from school.models import School, SchoolClass, StudyGroup
from school.regulation import ScopeName

from .kinds import KINDS, ChatKind, Kind
from .querysets import ChatMemberQuerySet, ChatQuerySet, MessageQuerySet

LIVE = Q(archived_at__isnull=True)
OF_SCHOOL = Q(school_class__isnull=True, study_group__isnull=True)
OF_CLASS = Q(school_class__isnull=False, study_group__isnull=True)
OF_GROUP = Q(school_class__isnull=False, study_group__isnull=False)
HAND_PICKED = [Kind.MANAGEMENT, Kind.CLASS_OTHER, Kind.TEACHING_OTHER]
AUTOMATIC = ~Q(kind__in=HAND_PICKED)


class Chat(models.Model):
    """A chat of a school, a class or a study group. Its members are computed, not kept: see `ChatQuerySet.of_member`.

    `last_seq`, `last_author` and `active_at` tell of its last message; they are in no index, since every message changes them.
    """

    class ReadOnly(models.TextChoices):
        """Why nobody may write."""

        NO = "", _("open")
        NO_ADULT = "no_adult", _("no adult of the staff")

    class NewcomersSee(models.TextChoices):
        """How much of the history whoever comes later reads."""

        ALL = "all", _("the whole history")
        JOINED = "joined", _("from the day on which they joined")

    class LeaversRead(models.TextChoices):
        """What whoever the lists have taken out still reads."""

        BEFORE = "before", _("what was said before they left")
        NOTHING = "nothing", _("nothing")

    school = models.ForeignKey(School, on_delete=models.CASCADE, related_name="chats")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    clause = models.CharField(_("clause"), max_length=5)
    school_class = models.ForeignKey(SchoolClass, on_delete=models.PROTECT, null=True, related_name="chats")
    study_group = models.ForeignKey(StudyGroup, on_delete=models.PROTECT, null=True, related_name="chats")
    title = models.CharField(_("title"), max_length=120)
    purpose = models.CharField(_("purpose"), max_length=300, blank=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    last_seq = models.BigIntegerField(default=0)
    last_author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False
    )
    active_at = models.DateTimeField(default=timezone.now)
    read_only = models.CharField(max_length=10, choices=ReadOnly.choices, default=ReadOnly.NO, blank=True)
    newcomers_see = models.CharField(
        _("newcomers see"), max_length=10, choices=NewcomersSee.choices, default=NewcomersSee.JOINED
    )
    leavers_read = models.CharField(
        _("those who have left read"), max_length=10, choices=LeaversRead.choices, default=LeaversRead.NOTHING
    )
    archived_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    audience = models.ManyToManyField(Group, through="ChatAudience", related_name="+")

    objects = ChatQuerySet.as_manager()

    class Meta:
        verbose_name = _("chat")
        verbose_name_plural = _("chats")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["school", "kind"],
                condition=LIVE & OF_SCHOOL & AUTOMATIC,
                name="one_live_chat_of_a_kind_of_a_school",
            ),
            models.UniqueConstraint(
                fields=["school_class", "kind"],
                condition=LIVE & OF_CLASS & AUTOMATIC,
                name="one_live_chat_of_a_kind_of_a_class",
            ),
            models.UniqueConstraint(
                fields=["study_group", "kind"],
                condition=LIVE & OF_GROUP & AUTOMATIC,
                name="one_live_chat_of_a_kind_of_a_study_group",
            ),
            models.CheckConstraint(
                name="a_chat_of_a_study_group_names_its_class",
                condition=Q(study_group__isnull=True) | Q(school_class__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def rule(self) -> ChatKind:
        """The line of the table of kinds."""
        return KINDS[Kind(self.kind)]

    @property
    def scope(self) -> School | SchoolClass | StudyGroup:
        return self.study_group or self.school_class or self.school

    @property
    def scope_keys(self) -> list[tuple[ScopeName, int]]:
        """The scopes by key, the nearest first, as `school.rights.scopes_of`, without reading them."""
        keys: list[tuple[ScopeName, int | None]] = [
            ("group", self.study_group_id),
            ("class", self.school_class_id),
            ("school", self.school_id),
        ]
        return [(level, pk) for level, pk in keys if pk is not None]

    @property
    def is_open(self) -> bool:
        """Whether its members may write."""
        return self.archived_at is None and not self.read_only

    @property
    def topic(self) -> str:
        """The name under which the feed knows the chat."""
        return topic_of(self.pk)


def topic_of(chat_id: int) -> str:
    return f"chat:{chat_id}"


class ChatAudience(models.Model):
    """The people of this role group are in the chat."""

    chat = models.ForeignKey(Chat, on_delete=models.CASCADE, related_name="audiences")
    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="+")

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["chat", "group"], name="one_audience_of_a_chat_by_group")]

    def __str__(self) -> str:
        return f"{self.chat_id} ← {self.group_id}"


class ChatMember(models.Model):
    """A person chosen by hand, for as long as he has the role (`via`) by which the rule let him be chosen."""

    class Role(models.IntegerChoices):
        MEMBER = 0, _("member")
        MODERATOR = 1, _("moderator")
        OWNER = 2, _("owner")

    chat = models.ForeignKey(Chat, on_delete=models.CASCADE, related_name="members")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    via = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="+")
    role = models.PositiveSmallIntegerField(choices=Role.choices, default=Role.MEMBER)
    added_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[Any] = ChatMemberQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["chat", "user"], name="one_membership_of_a_chat_by_user")]

    def __str__(self) -> str:
        return f"{self.chat_id} ← {self.user_id}"


class ChatState(models.Model):
    """How far a user has read a chat, where his history begins (`from_seq` itself is hidden), whether he has left.

    `until_seq` is set while the lists have him in the chat no more: of what was said he keeps nothing after that number.
    """

    chat = models.ForeignKey(Chat, on_delete=models.CASCADE, related_name="states")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    read_seq = models.BigIntegerField(default=0)
    from_seq = models.BigIntegerField(default=0)
    until_seq = models.BigIntegerField(null=True)
    muted = models.BooleanField(default=False)
    left_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["chat", "user"], name="one_state_of_a_chat_by_user")]

    def __str__(self) -> str:
        return f"{self.chat_id}, {self.user_id}: {self.read_seq}"


class ChatGap(models.Model):
    """What was said while a member was away, after one number up to the other, is not his to read."""

    chat = models.ForeignKey(Chat, on_delete=models.CASCADE, related_name="gaps")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    after_seq = models.BigIntegerField()
    until_seq = models.BigIntegerField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["chat", "user", "after_seq"], name="one_gap_of_a_member_by_its_beginning"),
            models.CheckConstraint(name="a_gap_holds_something", condition=Q(until_seq__gt=models.F("after_seq"))),
        ]

    def __str__(self) -> str:
        return f"{self.chat_id}, {self.user_id}: {self.after_seq}…{self.until_seq}"


class Message(models.Model):
    """What somebody said. Pages are cut by `seq`, along the unique key of chat and number."""

    MAX_LENGTH = 4000

    school = models.ForeignKey(School, on_delete=models.CASCADE, related_name="+", db_index=False)
    chat = models.ForeignKey(Chat, on_delete=models.CASCADE, related_name="messages", db_index=False)
    seq = models.BigIntegerField()
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    text = models.TextField(max_length=MAX_LENGTH, blank=True)
    client_key = models.CharField(max_length=64)
    reply_to = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    created_at = models.DateTimeField(default=timezone.now)
    edited_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["chat", "seq"], name="one_message_of_a_chat_by_number"),
            models.UniqueConstraint(fields=["chat", "author", "client_key"], name="one_message_by_client_key"),
            models.CheckConstraint(
                name="only_a_deleted_message_is_empty",
                condition=(Q(deleted_at__isnull=True) & ~Q(text="")) | Q(deleted_at__isnull=False, text=""),
            ),
            models.CheckConstraint(
                name="a_message_is_4000_characters_at_most",
                condition=LessThanOrEqual(Length("text"), 4000),
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.seq}"
