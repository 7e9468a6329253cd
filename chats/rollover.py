"""A new school year: the chats of the classes go into the archive, where those who were there read on, or go along.

A chat of the archive has no audience any more (the roles in the old class are over), so its people are written down,
each for as long as he is a pupil, a parent or a teacher of the school. A chat that goes along changes its class and its
audience; who is in it, what was said and what is unread stay. Undoing brings the rows back as they were
(`school.companions`).
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from school.companions import noting
from school.eventlog import line, record_many
from school.models import Event, EventKind, School, SchoolClass
from school.projection import Key
from school.regulation import Role
from school.roles import role_groups
from school.succession import Foreseen, Foresight, Succession

from .attendance import attend
from .hearing import tell
from .history import begin_history
from .kinds import ADULT_ROLES
from .members import Pair, member_pairs
from .models import Chat, ChatAudience, ChatMember, ChatState

# What a person of a class is in the school, when the class is over.
IN_SCHOOL = {
    Role.CLASS_PUPIL: Role.PUPIL,
    Role.GROUP_PUPIL: Role.PUPIL,
    Role.CLASS_PARENT: Role.PARENT,
    **dict.fromkeys((Role.HOMEROOM, Role.CLASS_TEACHER, Role.GROUP_TEACHER), Role.TEACHER),
}
# What a person of a study group is in the class, when the group does not go along.
IN_CLASS = {Role.GROUP_PUPIL: Role.CLASS_PUPIL, Role.GROUP_TEACHER: Role.CLASS_TEACHER}
BATCH = 500


@contextmanager
def follow(school: School, succession: Succession | None) -> Iterator[None]:
    """The chats' part of a new year, or of its undoing; see `school.succession`.

    Who goes keeps the mark of how far he has read: he may come back by the undoing, and then nothing is new to him.
    """
    looks = _looks(school)
    chats = list(looks)
    before = member_pairs(chats)
    if succession is None:
        yield
        came, gone = _difference(chats, before)
        ChatState.objects.filter(pk__in=_states(gone)).delete()
        attend(chats)
        changed = [pk for pk, look in _looks(school).items() if look != looks[pk]]
        tell(came | member_pairs(changed), gone)
        return
    change = _Change(school, succession)
    mine = [chat.pk for chat in change.chats]
    noted = (
        Chat.objects.filter(pk__in=chats),
        ChatAudience.objects.filter(chat__in=mine),
        ChatMember.objects.filter(chat__in=mine),
    )
    with noting(succession.act, *noted):
        change.archive()
        change.carry_on()
        yield
        came, gone = _difference(chats, before)
        begin_history(came)
        attend(chats)
    tell(came | member_pairs(mine), gone)


def _looks(school: School) -> dict[int, list[object]]:
    """What a list of chats shows of each."""
    rows = Chat.objects.filter(school=school).values_list("pk", "title", "school_class", "archived_at", "read_only")
    return {pk: look for pk, *look in rows}


def _difference(chats: Collection[int], before: set[Pair]) -> tuple[set[Pair], set[Pair]]:
    """Who came into these chats, and who has gone without having left by himself."""
    now = member_pairs(chats)
    left = ChatState.objects.filter(chat__in=chats, left_at__isnull=False).values_list("chat_id", "user_id")
    return now - before, before - now - set(left)


def _states(pairs: set[Pair]) -> list[int]:
    states = ChatState.objects.filter(chat__in={chat for chat, _user in pairs})
    return [pk for pk, chat, user in states.values_list("pk", "chat_id", "user_id") if (chat, user) in pairs]


@dataclass
class _Change:
    """The chats of the classes that are over, and what is written into them."""

    school: School
    succession: Succession

    @cached_property
    def chats(self) -> list[Chat]:
        classes = list(self.succession.classes)
        return list(Chat.objects.filter(school_class__in=classes).select_related("school", "school_class"))

    @cached_property
    def keys(self) -> dict[int, Key]:
        """The role groups of the school, those of the new classes too."""
        return role_groups(self.school)

    @cached_property
    def groups(self) -> dict[Key, int]:
        return {key: group for group, key in self.keys.items()}

    def goes_along(self, chat: Chat) -> bool:
        """A chat of the archive stays there; one about a group that is over has nothing to go along with."""
        over = chat.study_group_id is not None and self.succession.groups.get(chat.study_group_id) is None
        goes_on = self.succession.carries_chats_on and chat.school_class_id in self.succession.continued
        return goes_on and chat.archived_at is None and not over

    def archive(self) -> None:
        chats = [chat for chat in self.chats if not self.goes_along(chat)]
        self._write_readers([chat.pk for chat in chats])
        live = [chat for chat in chats if chat.archived_at is None]
        Chat.objects.filter(pk__in=[chat.pk for chat in live]).update(archived_at=timezone.now())
        by = self.succession.by
        record_many(line(EventKind.CHAT_ARCHIVED, by=by, school=self.school, subject=chat) for chat in live)

    def _write_readers(self, chats: Collection[int]) -> None:
        """Everybody who is in these chats now, by his role in the school."""
        audience = self._audience(chats)
        there = {(member.chat_id, member.user_id): member for member in ChatMember.objects.filter(chat__in=chats)}
        chosen = ChatMember.objects.in_force().filter(chat__in=chats)
        reasons = audience | dict(_reasons(chosen.values_list("chat_id", "user_id", "via_id")))
        new, changed = [], []
        for (chat, user), group in reasons.items():
            via = self._in_school(group)
            if member := there.get((chat, user)):
                member.via_id = via
                changed.append(member)
            else:
                new.append(ChatMember(chat_id=chat, user_id=user, via_id=via))
        ChatMember.objects.bulk_create(new, batch_size=BATCH * 2)
        ChatMember.objects.bulk_update(changed, ["via"], batch_size=BATCH)

    def _audience(self, chats: Collection[int]) -> dict[Pair, int]:
        """The group by which each is in the chat; of several the one of an adult."""
        rows = ChatAudience.objects.filter(chat__in=chats, group__user__isnull=False)
        found = list(rows.values_list("chat_id", "group__user__id", "group_id"))
        return dict(_reasons(sorted(found, key=lambda row: self.keys[row[2]][0] in ADULT_ROLES)))

    def _in_school(self, group: int) -> int:
        role, school_class, _study_group = self.keys[group]
        return group if school_class is None else self.groups[IN_SCHOOL[role], None, None]

    def carry_on(self) -> None:
        chats = [chat for chat in self.chats if self.goes_along(chat)]
        lines = [self._carry(chat) for chat in chats]
        columns = ["school_class", "study_group", "title"]
        Chat.objects.bulk_update(chats, columns, batch_size=BATCH)
        ids = [chat.pk for chat in chats]
        audiences = list(ChatAudience.objects.filter(chat__in=ids))
        for audience in audiences:
            audience.group_id = self._in_successor(audience.group_id)
        ChatAudience.objects.bulk_update(audiences, ["group"], batch_size=BATCH)
        members = list(ChatMember.objects.filter(chat__in=ids))
        for member in members:
            member.via_id = self._in_successor(member.via_id)
        ChatMember.objects.bulk_update(members, ["via"], batch_size=BATCH)
        record_many(lines)

    def _carry(self, chat: Chat) -> Event:
        """Its class, its group, and its title where that begins with the name of the class: «6А: родители»."""
        was, new, title = chat.school_class, self.succession.classes[chat.school_class_id or 0], chat.title
        if chat.study_group_id:
            chat.study_group = self.succession.groups[chat.study_group_id]
        chat.school_class = new
        chat.title = _renamed(title, was, new)
        return line(
            EventKind.CHAT_CHANGED,
            by=self.succession.by,
            school=self.school,
            subject=chat,
            old={"class": was, "title": title},
            new={"class": new, "title": chat.title},
        )

    def _in_successor(self, group: int) -> int:
        role, school_class, study_group = self.keys[group]
        new = self.succession.classes.get(school_class) if school_class else None
        if new is None:
            return group
        if study_group is None:
            return self.groups[role, new.pk, None]
        carried = self.succession.groups[study_group]
        return self.groups[role, new.pk, carried.pk] if carried else self.groups[IN_CLASS[role], new.pk, None]


def _reasons(rows: Collection[tuple[int, int, int]]) -> Iterator[tuple[Pair, int]]:
    return (((chat, user), group) for chat, user, group in rows)


def _renamed(title: str, old: SchoolClass | None, new: SchoolClass | None) -> str:
    start = f"{old}:"
    return f"{new}:{title[len(start) :]}"[:120] if title.startswith(start) else title


def foresee(foresight: Foresight) -> Foreseen:
    """How many chats will go along and how many into the archive."""
    live = Chat.objects.live().filter(school_class__in=foresight.classes)
    along = live.filter(school_class__in=foresight.continued) if foresight.carries_chats_on else live.none()
    if not foresight.carries_groups:
        along = along.filter(study_group__isnull=True)
    away = live.exclude(pk__in=along.values("pk"))
    return Foreseen([along, away], _in_words)


def _in_words(along: int, away: int) -> list[str]:
    said = []
    if along:
        words = ngettext(
            "%(count)s chat goes along with its class: what was said in it stays.",
            "%(count)s chats go along with their classes: what was said in them stays.",
            along,
        )
        said.append(words % {"count": along})
    if away:
        words = ngettext(
            "%(count)s chat of a class goes into the archive: its members read it, nobody writes.",
            "%(count)s chats of classes go into the archive: their members read them, nobody writes.",
            away,
        )
        said.append(words % {"count": away})
    return said or [_("The classes have no chats.")]
