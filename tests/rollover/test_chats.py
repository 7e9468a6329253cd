"""What becomes of the chats of the classes: read in the archive, or carried on with all that was said; and back."""

import datetime as dt
import re

import pytest
from django.utils import timezone

from accounts.models import User
from chats.kinds import Kind
from chats.models import Chat, ChatMember, ChatState, Message
from chats.services import (
    add_members,
    archive_chat,
    create_chat,
    edit_chat,
    leave_chat,
    mark_read,
    restore_chat,
    send_message,
)
from school import undo
from school.drift import check_rights
from school.errors import Refusal
from school.models import Act, Enrolment, Event, EventKind, GroupMembership, Person, Rollover
from school.rights import RightDenied
from school.rollover_reading import read_plan
from school.services import people, pupils, staff, structure
from school.succession import foresee
from tests import factories as f
from tests.chats.conftest import Room, make_room, sees, unread
from tests.conftest import Published
from tests.rollover.years import Fate, carry_out, decide, differences, lead, make_plan, new_year, rename, tables

pytestmark = pytest.mark.django_db
CARRY_ON = {"chats": Rollover.Chats.CARRY_ON}


@pytest.fixture
def room() -> Room:
    """7Б with an eleventh class beside it, so that it does not graduate; what is there has been there for a month."""
    room = make_room()
    f.make_class(room.school, "11А")
    age_facts()
    return room


def age_facts() -> None:
    for model in (Enrolment, GroupMembership):
        model.objects.update(starts_on=timezone.localdate() - dt.timedelta(days=30))


def say(chat: Chat, by: User, text: str, *, days_ago: int = 0) -> None:
    sent = send_message(by=f.fresh(by), chat_id=chat.pk, text=text)
    moment = timezone.now() - dt.timedelta(days=days_ago)
    Message.objects.filter(pk=sent.payload["id"]).update(created_at=moment)


def read_by(user: User, chat: Chat) -> list[str]:
    mine = Message.objects.visible_to(f.fresh(user)).filter(chat=chat).order_by("seq")
    return [message.text for message in mine]


def back(room: Room, act) -> None:
    undo.undo(by=f.administrator_of(room.school), act=act)


# --- into the archive -------------------------------------------------------------------------------------------------


def test_members_read_on_in_the_archive_and_nobody_writes(room: Room) -> None:
    say(room.pupils_chat, room.pupil, "Вчера", days_ago=3)
    say(room.pupils_chat, room.homeroom, "Сегодня")
    new_year(room.school)
    room.pupils_chat.refresh_from_db()
    assert room.pupils_chat.archived_at
    for user, chat in (
        (room.pupil, room.pupils_chat),
        (room.homeroom, room.pupils_chat),
        (room.parent, room.parents_chat),
        (room.homeroom, room.parents_chat),
    ):
        assert sees(user, chat)
        with pytest.raises(Refusal):
            send_message(by=f.fresh(user), chat_id=chat.pk, text="Ещё здесь?")
    assert read_by(room.pupil, room.pupils_chat) == ["Вчера", "Сегодня"]
    assert unread(room.pupil, room.pupils_chat) == 2
    assert not sees(room.parent, room.pupils_chat)
    assert Event.objects.filter(kind=EventKind.CHAT_ARCHIVED, subject_id=room.pupils_chat.pk).count() == 1
    with pytest.raises(RightDenied):
        restore_chat(by=f.fresh(room.homeroom), chat=room.pupils_chat)


def test_who_comes_into_the_class_later_does_not_read_its_past(room: Room) -> None:
    say(room.pupils_chat, room.pupil, "Между нами")
    new_year(room.school)
    new = room.school.classes.taught().get(parallel=8)
    newcomer = f.user_of(f.make_pupil(new))
    assert not sees(newcomer, room.pupils_chat)
    create_chat(by=f.fresh(room.homeroom), kind=Kind.PUPILS, scope=new)


def test_who_leaves_the_school_reads_no_more(room: Room) -> None:
    last = room.school.classes.get(parallel=11)
    f.make_homeroom(last, Person.objects.get(user=room.homeroom))
    graduate = f.user_of(f.make_pupil(last))
    chat = create_chat(by=f.fresh(room.homeroom), kind=Kind.PUPILS, scope=last)
    assert sees(graduate, chat)
    new_year(room.school)
    assert not sees(graduate, chat)
    assert sees(room.homeroom, chat)


def test_a_chat_that_was_in_the_archive_is_read_on_too(room: Room) -> None:
    archive_chat(by=room.homeroom, chat=room.parents_chat)
    for settings in ({}, CARRY_ON):
        act = new_year(room.school, **settings)
        assert sees(room.parent, room.parents_chat)
        back(room, act)


def test_chosen_people_read_on_and_those_who_had_gone_do_not_come_back(room: Room) -> None:
    gone = f.make_pupil(room.school_class)
    by = f.fresh(room.homeroom)
    people_ = [room.pupil_person, gone]
    chat = create_chat(by=by, kind=Kind.CLASS_OTHER, scope=room.school_class, title="Поход", people=people_)
    to = f.make_class(room.school, "7В")
    pupils.move_pupil(by=f.administrator_of(room.school), person=gone, to_class=to)
    leave_chat(by=room.pupil, chat=chat)
    assert not sees(f.user_of(gone), chat)
    new_year(room.school)
    assert not sees(f.user_of(gone), chat)
    assert not sees(room.pupil, chat)  # he left by himself
    assert sees(room.homeroom, chat)


def test_an_adult_who_is_a_parent_too_stays_as_an_adult(room: Room) -> None:
    teacher = Person.objects.get(user=room.homeroom)
    people.link_guardian(by=None, pupil=room.pupil_person, guardian=teacher, kind="mother")
    new_year(room.school)
    via = ChatMember.objects.get(chat=room.parents_chat, user=room.homeroom).via
    assert via.role_group.role == "teacher"


# --- carried on -------------------------------------------------------------------------------------------------------


def test_a_chat_goes_along_with_the_class_and_nothing_in_it_changes(room: Room) -> None:
    say(room.pupils_chat, room.pupil, "Месяц назад", days_ago=29)
    say(room.pupils_chat, room.homeroom, "Вчера", days_ago=1)
    mark_read(by=room.pupil, chat_id=room.pupils_chat.pk, seq=1)
    before = list(ChatState.objects.order_by("pk").values())
    new_year(room.school, **CARRY_ON)
    new = room.school.classes.taught().get(parallel=8)
    for chat, title in ((room.pupils_chat, "8Б: ученики"), (room.parents_chat, "8Б: родители")):
        chat.refresh_from_db()
        assert (chat.school_class, chat.title, chat.archived_at, chat.owner) == (new, title, None, room.homeroom)
    assert read_by(room.pupil, room.pupils_chat) == ["Месяц назад", "Вчера"]
    assert unread(room.pupil, room.pupils_chat) == 1
    assert list(ChatState.objects.order_by("pk").values()) == before
    say(room.pupils_chat, room.pupil, "Мы в восьмом!")
    with pytest.raises(Refusal) as refused:
        create_chat(by=f.fresh(room.homeroom), kind=Kind.PUPILS, scope=new)
    assert refused.value.code == "chat_exists"


def test_the_title_that_somebody_gave_stays(room: Room) -> None:
    edit_chat(by=room.homeroom, chat=room.parents_chat, title="Родители семёрки", purpose="")
    new_year(room.school, **CARRY_ON)
    room.parents_chat.refresh_from_db()
    assert room.parents_chat.title == "Родители семёрки"


def test_who_goes_another_way_loses_the_chat_and_the_newcomer_does_not_read_the_past(room: Room) -> None:
    other = make_room("7А", room.school)
    age_facts()
    for text, days_ago in (("Без тебя", 5), ("И сегодня", 0)):
        say(other.pupils_chat, other.pupil, text, days_ago=days_ago)
        say(other.parents_chat, other.parent, text, days_ago=days_ago)
    plan = make_plan(room.school, **CARRY_ON)
    decide(plan, room.pupil_person, Fate.OTHER_CLASS, "8А")
    carry_out(plan)
    for user, lost, gained in (
        (room.pupil, room.pupils_chat, other.pupils_chat),
        (room.parent, room.parents_chat, other.parents_chat),
    ):
        assert not sees(user, lost)
        assert sees(user, gained)
        assert read_by(user, gained) == ["И сегодня"]
        assert unread(user, gained) == 0
    assert read_by(other.pupil, other.pupils_chat) == ["Без тебя", "И сегодня"]


def test_another_homeroom_teacher_gets_the_chats(room: Room) -> None:
    new = f.make_staff(room.school)
    plan = make_plan(room.school, **CARRY_ON)
    lead(plan, room.school_class, "8Б", new)
    act = carry_out(plan).act
    for chat in (room.pupils_chat, room.parents_chat):
        chat.refresh_from_db()
        assert chat.owner == f.user_of(new)
        assert sees(f.user_of(new), chat)
        assert not sees(room.homeroom, chat)
    back(room, act)
    room.pupils_chat.refresh_from_db()
    assert room.pupils_chat.owner == room.homeroom


def test_without_a_homeroom_teacher_the_pupils_chat_can_only_be_read(room: Room) -> None:
    plan = make_plan(room.school, **CARRY_ON)
    lead(plan, room.school_class, "8Б", None)
    act = carry_out(plan).act
    room.pupils_chat.refresh_from_db()
    assert room.pupils_chat.read_only == Chat.ReadOnly.NO_ADULT
    back(room, act)
    room.pupils_chat.refresh_from_db()
    assert room.pupils_chat.is_open


def test_chats_by_subject_and_chosen_people_go_along(room: Room) -> None:
    admin = f.administrator_of(room.school)
    part = f.make_study_group(room.school_class, "Английский язык", "1-я группа")
    teacher = f.make_teaching(room.school_class, "Английский язык", "1-я группа")
    structure.set_group_members(by=admin, study_group=part, pupils=[room.pupil_person])
    whole = f.make_study_group(room.school_class, "Алгебра")
    staff.assign_teaching(by=admin, study_group=whole, person=teacher)
    user, by = f.user_of(teacher), f.fresh(room.homeroom)
    chats = [create_chat(by=f.fresh(user), kind=Kind.SUBJECT, scope=group) for group in (part, whole)]
    chosen = create_chat(
        by=by, kind=Kind.CLASS_OTHER, scope=room.school_class, title="Поход", people=[room.pupil_person, teacher]
    )
    stranger = f.make_pupil(room.school_class)
    add_members(by=f.fresh(room.homeroom), chat=chosen, people=[stranger])
    plan = make_plan(room.school, **CARRY_ON)
    decide(plan, stranger, Fate.LEAVES)
    carry_out(plan)
    new = room.school.classes.taught().get(parallel=8)
    for chat in (*chats, chosen):
        chat.refresh_from_db()
        assert chat.school_class == new
        assert sees(room.pupil, chat)
        assert sees(user, chat)
    assert {chat.study_group.school_class for chat in chats} == {new}
    assert chats[1].title == "8Б: Алгебра"
    assert not sees(f.user_of(stranger), chosen)
    say(chats[0], room.pupil, "Hello")


def test_without_subjects_their_chats_go_into_the_archive(room: Room) -> None:
    user = f.user_of(f.make_teaching(room.school_class, "Алгебра"))
    chat = create_chat(by=user, kind=Kind.SUBJECT, scope=f.make_study_group(room.school_class, "Алгебра"))
    new_year(room.school, carries_teaching=False, **CARRY_ON)
    chat.refresh_from_db()
    assert chat.archived_at
    assert sees(room.pupil, chat)
    room.pupils_chat.refresh_from_db()
    assert room.pupils_chat.archived_at is None


def test_chats_of_classes_that_become_one_go_into_the_archive(room: Room) -> None:
    other = make_room("7А", room.school)
    plan = make_plan(room.school, **CARRY_ON)
    lead(plan, other.school_class, "8Б", None)
    carry_out(plan)
    assert not Chat.objects.live().exists()
    assert sees(other.pupil, other.pupils_chat)
    assert not sees(other.pupil, room.pupils_chat)


# --- there and back ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("chats", Rollover.Chats.values)
def test_undone_every_row_of_the_chats_is_as_before(room: Room, chats: str) -> None:
    other = make_room("7А", room.school)
    say(other.pupils_chat, other.pupil, "Привет")
    mark_read(by=other.homeroom, chat_id=other.pupils_chat.pk, seq=1)
    new, graduate = f.make_staff(room.school), f.make_pupil(room.school.classes.get(parallel=11))
    director = f.user_of(f.make_staff(room.school, "director"))
    admin = f.administrator_of(room.school)
    for pupil in (graduate, room.pupil_person):
        people.set_activist(by=admin, person=pupil, kind="pupils", active=True)
    create_chat(by=director, kind=Kind.PUPILS_ACTIVISTS, scope=room.school)
    before = tables()
    plan = make_plan(room.school, chats=chats)
    lead(plan, room.school_class, "8Б", new)
    decide(plan, room.pupil_person, Fate.OTHER_CLASS, "8А")
    act = carry_out(plan).act
    back(room, act)
    assert differences(before, tables()) == {}
    assert not check_rights(room.school)


def test_what_was_said_and_read_meanwhile_stays(room: Room) -> None:
    act = new_year(room.school, **CARRY_ON)
    say(room.pupils_chat, room.pupil, "В восьмом")
    mark_read(by=room.homeroom, chat_id=room.pupils_chat.pk, seq=1)
    edit_chat(by=f.fresh(room.homeroom), chat=room.pupils_chat, title="Наши", purpose="")
    back(room, act)
    room.pupils_chat.refresh_from_db()
    assert (room.pupils_chat.school_class, room.pupils_chat.title) == (room.school_class, "Наши")
    assert read_by(room.pupil, room.pupils_chat) == ["В восьмом"]
    assert unread(room.homeroom, room.pupils_chat) == 0


def test_open_pages_hear_of_it(room: Room, published: Published, django_capture_on_commit_callbacks) -> None:
    other = make_room("7А", room.school)
    plan = make_plan(room.school, **CARRY_ON)
    decide(plan, room.pupil_person, Fate.OTHER_CLASS, "8А")

    def heard(operation: str, user: User) -> set[str]:
        """The chats that the user's pages begin or cease to hear."""
        mine = [event for event in published if event.operation == operation and user.pk in event.users]
        return {topic for event in mine for topic in event.topics}

    def told() -> set[str]:
        return {topic for topics, _payload in published.messages("chats_changed") for topic in topics}

    everybody = {f"user:{user.pk}" for user in (room.pupil, room.parent, room.homeroom, other.pupil)}
    published.clear()
    with django_capture_on_commit_callbacks(execute=True):
        act = carry_out(plan).act
    assert heard("revoke", room.pupil) == {room.pupils_chat.topic}
    assert other.pupils_chat.topic in heard("grant", room.pupil)
    assert everybody <= told()
    published.clear()
    with django_capture_on_commit_callbacks(execute=True):
        back(room, act)
    assert heard("revoke", room.pupil) == {other.pupils_chat.topic}
    assert room.pupils_chat.topic in heard("grant", room.pupil)
    assert everybody <= told()


def test_what_is_foreseen_is_what_happens(room: Room) -> None:
    user = f.user_of(f.make_teaching(room.school_class, "Алгебра"))
    create_chat(by=user, kind=Kind.SUBJECT, scope=f.make_study_group(room.school_class, "Алгебра"))
    for settings, carried in (({}, 0), (CARRY_ON, 3), ({**CARRY_ON, "carries_teaching": False}, 2)):
        plan = make_plan(room.school, **settings)
        figures = [int(number) for said in foresee(read_plan(plan).foresight) for number in re.findall(r"^\d+", said)]
        assert figures == [number for number in (carried, 3 - carried) if number]
        act = carry_out(plan).act
        assert Chat.objects.live().count() == carried
        back(room, act)
        Rollover.objects.all().delete()


def test_a_year_after_the_archive_is_still_read(room: Room) -> None:
    """The people of the archive are written down by their role in the school, not in the class of that year."""
    new_year(room.school)
    Act.objects.update(done_at=timezone.now() - dt.timedelta(days=300))
    plan = make_plan(room.school, **CARRY_ON)
    rename(plan, **{"8Б": "9Б"})
    carry_out(plan)
    assert sees(room.pupil, room.pupils_chat)
    assert sees(room.parent, room.parents_chat)
