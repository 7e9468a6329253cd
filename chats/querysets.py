"""Which chats a user sees, and who is in a chat: the only door for views and API."""

from typing import Any, Self

from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce

from accounts.models import User
from school.querysets import rights_q

from .kinds import ADULT_ROLES, PUPIL_ROLES

InGroup: Any = User.groups.through


class ChatQuerySet(models.QuerySet["Chat"]):  # type: ignore[name-defined]
    def of_member(self, user: User) -> Self:
        """The chats that are meant for the user: by his roles, or because he was chosen and the reason still holds."""
        return self.filter(pk__in=_meant_for(user))

    def visible_to(self, user: User) -> Self:
        """The chats in which the user is and which he has not left; those in the archive too, to be read."""
        return self.of_member(user).exclude(_left(user))

    def kept_by(self, user: User) -> Self:
        """The chats from which the lists have taken the user, and of which he still reads what was said before."""
        return self.filter(_kept(user)).exclude(pk__in=_meant_for(user))

    def readable_by(self, user: User) -> Self:
        """The chats of which the user may read something: his own, and those that he has kept."""
        return self.filter(Q(pk__in=_meant_for(user)) & ~Q(_left(user)) | _kept(user))

    def left_by(self, user: User) -> Self:
        """The chats which the user has left and may come back to."""
        return self.live().of_member(user).filter(_left(user))

    def live(self) -> Self:
        return self.filter(archived_at__isnull=True)

    def in_registry_of(self, user: User) -> Self:
        """The chats that the user sees as lines of the registry, without their content (2.1)."""
        return self.filter(rights_q(user, "view_chat_registry", school="school_id"))

    def with_standing(self, user: User) -> Self:
        """Adds what the user has read (`read_seq`) and may read (`from_seq`, `until_seq`, see `MessageQuerySet.in_reach`),
        whether he is a moderator, what is unread. `until_seq` is None for a member.

        Who spoke last has read everything: sending writes nothing into his own state.
        """
        from .models import ChatMember, ChatState

        state = ChatState.objects.filter(chat=OuterRef("pk"), user=user)
        moderator = ChatMember.objects.filter(chat=OuterRef("pk"), user=user, role__gt=ChatMember.Role.MEMBER)
        return self.annotate(
            reader=Value(user.pk),
            read_seq=Coalesce(Subquery(state.values("read_seq")), 0),
            from_seq=Case(
                When(newcomers_see="all", then=Value(0)),
                default=Coalesce(Subquery(state.values("from_seq")), 0),
                output_field=models.BigIntegerField(),
            ),
            until_seq=Subquery(state.values("until_seq")),
            is_muted=Coalesce(Subquery(state.values("muted")), False),
            is_moderator=Exists(moderator),
        ).annotate(
            unread=Case(
                When(Q(last_author=user) | Q(until_seq__isnull=False), then=0), default=F("last_seq") - F("read_seq")
            )
        )

    def unread_by(self, user: User) -> Self:
        """Those that hold something unread and may disturb him."""
        return self.with_standing(user).filter(unread__gt=0, is_muted=False)

    def with_pupils(self) -> Self:
        """Chats in which there are, or may be, pupils."""
        return self.filter(_has_role(PUPIL_ROLES))

    def without_adult(self) -> Self:
        """Live chats with pupils and without an adult of the staff: they are read-only until one is there."""
        return self.live().with_pupils().exclude(_adult_is_there())

    def attended(self) -> Self:
        """The other side of `without_adult`: an adult of the staff is in the chat."""
        return self.filter(_adult_is_there())


def _meant_for(user: User) -> models.QuerySet:
    from .models import ChatAudience, ChatMember

    groups = InGroup.objects.filter(user=user).values("group_id")
    by_role = ChatAudience.objects.filter(group__in=groups).values("chat_id")
    by_hand = ChatMember.objects.filter(user=user, via__in=groups).values("chat_id")
    return by_role.union(by_hand)


def _kept(user: User) -> Q:
    """Where the chat lets those who have left read on, and only while they are somebody in the school."""
    from .models import ChatState

    something = Q(until_seq__gt=F("from_seq")) | Q(until_seq__gt=0, chat__newcomers_see="all")
    states = ChatState.objects.filter(something, user=user, left_at__isnull=True)
    in_school = InGroup.objects.filter(user=user, group__role_group__school=OuterRef("school"))
    return Q(Exists(in_school), leavers_read="before", pk__in=states.values("chat_id"))


def _left(user: User) -> Exists:
    from .models import ChatState

    return Exists(ChatState.objects.filter(chat=OuterRef("pk"), user=user, left_at__isnull=False))


def _has_role(roles: tuple[str, ...]) -> Q:
    """An audience of one of these roles, or a chosen person who is here because of one."""
    from .models import ChatAudience, ChatMember

    audience = ChatAudience.objects.filter(chat=OuterRef("pk"), group__role_group__role__in=roles)
    chosen = ChatMember.objects.in_force().filter(chat=OuterRef("pk"), via__role_group__role__in=roles)
    return Q(Exists(audience)) | Q(Exists(chosen))


def _adult_is_there() -> Q:
    from .models import ChatAudience, ChatMember, ChatState

    of_chat = ChatAudience.objects.filter(chat=OuterRef(OuterRef("pk")))
    left = ChatState.objects.filter(left_at__isnull=False, user=OuterRef("user"))
    by_role = InGroup.objects.filter(
        user__is_active=True, group__role_group__role__in=ADULT_ROLES, group__in=of_chat.values("group")
    ).exclude(Exists(left.filter(chat=OuterRef(OuterRef("pk")))))
    chosen = ChatMember.objects.in_force().filter(
        chat=OuterRef("pk"), via__role_group__role__in=ADULT_ROLES, user__is_active=True
    )
    return Q(Exists(by_role)) | Q(Exists(chosen.exclude(Exists(left.filter(chat=OuterRef("chat"))))))


class ChatMemberQuerySet(models.QuerySet):
    def in_force(self) -> Self:
        """Chosen people who still have the role by which they could be chosen."""
        return self.filter(Exists(InGroup.objects.filter(user=OuterRef("user"), group=OuterRef("via"))))


class MessageQuerySet(models.QuerySet["Message"]):  # type: ignore[name-defined]
    """The one place that knows which messages a user may read: from where his history in the chat begins, up to where it
    ends, without what was said while he was away."""

    def visible_to(self, user: User) -> Self:
        """The messages that the user may read, of all chats."""
        from .models import Chat, ChatState

        here = ChatState.objects.filter(chat=OuterRef("chat"), user=user)
        outside = here.filter(
            Q(from_seq__gte=OuterRef("seq"), chat__newcomers_see="joined") | Q(until_seq__lt=OuterRef("seq"))
        )
        readable = self.filter(chat__in=Chat.objects.readable_by(user))
        return readable.exclude(Exists(outside)).exclude(_in_a_gap(user.pk))

    def in_reach(self, chat: Any) -> Self:
        """The same of one chat that was read by `readable_by` and `with_standing`: bounds along the key of the numbers.

        `hides_quote` says that the message answers one that is out of reach.
        """
        rows = self.filter(chat=chat, seq__gt=chat.from_seq)
        quoted = Q(reply_to__seq__lte=chat.from_seq) | Q(_in_a_gap(chat.reader, "reply_to__seq"))
        if chat.until_seq is not None:
            rows, quoted = rows.filter(seq__lte=chat.until_seq), quoted | Q(reply_to__seq__gt=chat.until_seq)
        rows = rows.exclude(_in_a_gap(chat.reader))
        return rows.annotate(hides_quote=Case(When(quoted, then=True), default=False))

    def outside_gaps(self, user: User) -> Self:
        """Without what was said while the user was away: for messages of chats in which he is now."""
        return self.exclude(_in_a_gap(user.pk))


def _in_a_gap(user: int, seq: str = "seq") -> Exists:
    from .models import ChatGap

    gaps = ChatGap.objects.filter(chat=OuterRef("chat"), user=user, chat__newcomers_see="joined")
    return Exists(gaps.filter(after_seq__lt=OuterRef(seq), until_seq__gte=OuterRef(seq)))
