"""Chats of every kind, created by those whom the regulation names (2.2–2.4), and what was said there."""

import datetime as dt
from collections.abc import Iterable, Sequence

from django.utils import timezone

from accounts.models import User
from chats.kinds import KINDS, Kind
from chats.members import Scope, candidates, member_pairs
from chats.models import Chat
from chats.services.bulk import Said, send_messages
from chats.services.lifecycle import archive_chat, create_chat
from chats.services.messages import send_message
from chats.services.reading import mark_read
from school.models import Person, SchoolClass, StaffPosition

from . import plan, talk
from .ageing import DAYS
from .stage import Stage

THREADS: dict[Kind, tuple[talk.Thread, ...]] = {
    Kind.PARENTS: talk.PARENTS,
    Kind.PUPILS: talk.PUPILS,
    Kind.CLASS_OTHER: talk.PARENTS,
    Kind.TEACHERS: talk.TEACHERS,
    Kind.SUBJECT: talk.SUBJECT,
    Kind.TEACHING_OTHER: talk.TEACHERS,
    Kind.PARENTS_ACTIVISTS: talk.ACTIVISTS,
    Kind.PUPILS_ACTIVISTS: talk.ACTIVISTS,
}


def create_chats(stage: Stage) -> None:
    """The director's, the homeroom teachers' and the subject teachers' chats; one is in the archive already."""
    director = _user(stage, stage.staff[StaffPosition.Kind.DIRECTOR][0])
    for kind in (Kind.DEPUTIES, Kind.STAFF, Kind.PARENTS_ACTIVISTS, Kind.PUPILS_ACTIVISTS):
        create_chat(by=director, kind=kind, scope=stage.school)
    _choose(stage, director, Kind.MANAGEMENT, "Подготовка к олимпиадам", 5)
    for name, school_class in stage.classes.items():
        if name in stage.homerooms:
            _create_for_class(stage, school_class, _user(stage, stage.homerooms[name]))
    _create_by_subject(stage)
    done = _choose(stage, director, Kind.MANAGEMENT, "День открытых дверей", 4)
    archive_chat(by=director, chat=done)


def _create_for_class(stage: Stage, school_class: SchoolClass, homeroom: User) -> None:
    parallel = school_class.parallel or 0
    kinds = [Kind.PARENTS] if school_class.name not in plan.WITHOUT_PARENTS_CHAT else []
    kinds += [Kind.PUPILS] if parallel >= 5 else []
    kinds += [Kind.TEACHERS] if parallel >= 9 or school_class.name == plan.CLASS_OF_SIGN_INS else []
    for kind in kinds:
        create_chat(by=homeroom, kind=kind, scope=school_class)
    if school_class.name == plan.CLASS_OF_SIGN_INS:
        people = candidates_of(stage, homeroom, Kind.CLASS_OTHER, school_class)[:6]
        create_chat(by=homeroom, kind=Kind.CLASS_OTHER, scope=school_class, title="Экскурсия в музей", people=people)


def _create_by_subject(stage: Stage) -> None:
    """In the divided classes each part has its own; elsewhere some of the teachers have made one."""
    for name in (*plan.IN_PARTS, "9А", "11А"):
        if name in stage.classes:
            groups = stage.classes[name].study_groups.filter(subject__name__in=("Английский язык", "Математика"))
            for group in groups.select_related("school", "school_class__school", "subject").order_by("pk"):
                teaching = group.teachings.active().filter(person__user__isnull=False).select_related("person").first()
                if teaching:
                    create_chat(by=_user(stage, teaching.person), kind=Kind.SUBJECT, scope=group)


def _choose(stage: Stage, by: User, kind: Kind, title: str, count: int) -> Chat:
    people = candidates_of(stage, by, kind, stage.school)
    stage.random.shuffle(people)
    return create_chat(by=by, kind=kind, scope=stage.school, title=title, people=people[:count])


def candidates_of(stage: Stage, by: User, kind: Kind, scope: Scope) -> list[Person]:
    return list(candidates(KINDS[kind], scope, by).order_by("pk"))


def _user(stage: Stage, person: Person) -> User:
    """The login as its next request sees it: with the rights that it has now."""
    return User.objects.get(persons=person.pk)


# --- what was said ----------------------------------------------------------------------------------------------------


def fill_chats(stage: Stage) -> None:
    """Four weeks of talk in every chat, until yesterday."""
    for chat in _live_chats(stage):
        members = _members(chat)
        said = _threads(stage, THREADS.get(Kind(chat.kind), talk.MANAGEMENT), stage.size.messages)
        moments = _moments(stage, len(said))
        send_messages(
            chat_id=chat.pk,
            messages=[
                Said(_speaker(stage, chat, members, line), line[2:], moment)
                for line, moment in zip(said, moments, strict=True)
            ],
        )


def talk_today(stage: Stage) -> None:
    """What was said today, live; who has spoken has read it, the others find it unread."""
    for chat in _live_chats(stage):
        members, read = _members(chat), dict[User, int]()
        for line in stage.random.choice(talk.TODAY):
            speaker = _speaker(stage, chat, members, line)
            read[speaker] = send_message(by=speaker, chat_id=chat.pk, text=line[2:]).payload["seq"]
        for speaker, seq in read.items():
            mark_read(by=speaker, chat_id=chat.pk, seq=seq)


def _live_chats(stage: Stage) -> Iterable[Chat]:
    return Chat.objects.live().filter(school=stage.school, read_only="").select_related("owner").order_by("pk")


def _members(chat: Chat) -> list[User]:
    """Everybody but who keeps the chat, in a steady order."""
    users = sorted({user for _chat, user in member_pairs([chat.pk])} - {chat.owner_id})
    return list(User.objects.filter(pk__in=users).order_by("pk"))


def _speaker(stage: Stage, chat: Chat, members: Sequence[User], line: str) -> User:
    return stage.random.choice(members) if line.startswith("-") and members else chat.owner


def _threads(stage: Stage, threads: Sequence[talk.Thread], limit: int) -> list[str]:
    """The first thread opens the chat, the others come in any order."""
    later = list(threads[1:])
    stage.random.shuffle(later)
    return [line for thread in (threads[0], *later) for line in thread][:limit]


def _moments(stage: Stage, count: int) -> list[dt.datetime]:
    """Growing moments of the day between 8 and 21, over four weeks, until yesterday."""
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    moments = [
        midnight
        - dt.timedelta(days=stage.random.randint(1, DAYS - 2))
        + dt.timedelta(minutes=stage.random.randint(8 * 60, 21 * 60))
        for _ in range(count)
    ]
    return sorted(moments)
