"""Chats follow the roster: who moves, loses and gains at once; a chat with pupils always has an adult."""

import datetime as dt

import pytest
from django.utils import timezone

from chats.attendance import attend_all
from chats.hearing import topics
from chats.kinds import Kind
from chats.models import Chat, ChatState, Message
from chats.services import (
    add_members,
    create_chat,
    edit_chat,
    leave_chat,
    rejoin_chat,
    remove_member,
    send_message,
    set_moderator,
)
from chats.standing import ChatDenied
from school.errors import Refusal
from school.models import Enrolment, Event, EventKind, Guardianship, Person, RoleGroup
from school.services import people, pupils, staff
from tests import factories as f
from tests.conftest import Published

from .conftest import Room, make_room, sees, unread

pytestmark = pytest.mark.django_db


@pytest.fixture
def after_commit(django_capture_on_commit_callbacks):
    return lambda: django_capture_on_commit_callbacks(execute=True)


def move(room: Room, to: Room) -> None:
    admin = f.administrator_of(room.school)
    pupils.move_pupil(by=admin, person=room.pupil_person, to_class=to.school_class)


def test_a_moved_pupil_and_his_parent_lose_and_gain(room: Room):
    other = make_room("7А", room.school)
    move(room, other)
    for user, old, new in (
        (room.pupil, room.pupils_chat, other.pupils_chat),
        (room.parent, room.parents_chat, other.parents_chat),
    ):
        assert (sees(user, old), sees(user, new)) == (False, True)
        with pytest.raises(Chat.DoesNotExist):
            send_message(by=f.fresh(user), chat_id=old.pk, text="Ещё здесь?")


def test_open_pages_lose_and_gain_at_once(room: Room, after_commit, published: Published):
    other = make_room("7А", room.school)
    published.clear()
    with after_commit():
        move(room, other)
    rights = {(e.operation, e.users, e.topics) for e in published if e.operation != "message"}
    assert rights == {
        ("revoke", (room.pupil.pk,), (room.pupils_chat.topic,)),
        ("revoke", (room.parent.pk,), (room.parents_chat.topic,)),
        ("grant", (room.pupil.pk,), (other.pupils_chat.topic,)),
        ("grant", (room.parent.pk,), (other.parents_chat.topic,)),
    }
    told = {topic for topics_, _payload in published.messages("chats_changed") for topic in topics_}
    assert told == {f"user:{room.pupil.pk}", f"user:{room.parent.pk}"}


def test_who_comes_has_nothing_unread_from_before(room: Room, after_commit):
    other = make_room("7А", room.school)
    for _ in range(3):
        send_message(by=other.homeroom, chat_id=other.pupils_chat.pk, text="До перевода")
    with after_commit():
        move(room, other)
    assert unread(room.pupil, other.pupils_chat) == 0


def test_who_connects_hears_his_chats_only(room: Room):
    make_room("7А", room.school)
    assert set(topics(room.homeroom)) == {room.parents_chat.topic, room.pupils_chat.topic}
    assert topics(room.parent) == [room.parents_chat.topic]
    assert topics(f.make_user()) == []


def test_a_chosen_person_stays_only_while_the_reason_holds(room: Room):
    other = make_room("7А", room.school)
    chat = create_chat(
        by=f.fresh(room.homeroom),
        kind=Kind.CLASS_OTHER,
        scope=room.school_class,
        title="Поход",
        people=[room.pupil_person],
    )
    assert sees(room.pupil, chat)
    move(room, other)
    assert not sees(room.pupil, chat)


def test_without_an_adult_a_chat_with_pupils_can_only_be_read(room: Room, after_commit):
    admin = f.administrator_of(room.school)
    with after_commit():
        staff.release_homeroom(by=admin, school_class=room.school_class)
    room.pupils_chat.refresh_from_db()
    room.parents_chat.refresh_from_db()
    assert room.pupils_chat.read_only == Chat.ReadOnly.NO_ADULT
    assert room.parents_chat.is_open
    assert list(Chat.objects.without_adult()) == [room.pupils_chat]
    assert Event.objects.filter(kind=EventKind.CHAT_FROZEN, subject_id=room.pupils_chat.pk).count() == 1
    with pytest.raises(Refusal) as refused:
        send_message(by=room.pupil, chat_id=room.pupils_chat.pk, text="Одни!")
    assert refused.value.code == "chat_read_only"
    new = f.make_staff(room.school)
    with after_commit():
        staff.assign_homeroom(by=admin, school_class=room.school_class, person=new)
    room.pupils_chat.refresh_from_db()
    assert room.pupils_chat.is_open
    assert room.pupils_chat.owner == f.user_of(new)
    assert send_message(by=room.pupil, chat_id=room.pupils_chat.pk, text="Здравствуйте").is_new


def test_the_nightly_sweep_finds_what_a_lost_signal_left(room: Room):
    staff.release_homeroom(by=f.administrator_of(room.school), school_class=room.school_class)
    room.pupils_chat.refresh_from_db()
    assert room.pupils_chat.is_open  # nothing was committed, so nobody heard
    attend_all()
    attend_all()
    room.pupils_chat.refresh_from_db()
    assert not room.pupils_chat.is_open
    assert Event.objects.filter(kind=EventKind.CHAT_FROZEN).count() == 1


def test_chats_go_to_the_new_homeroom_teacher(room: Room, after_commit):
    new = f.make_staff(room.school)
    admin = f.administrator_of(room.school)
    with after_commit():
        staff.assign_homeroom(by=admin, school_class=room.school_class, person=new, replace=True)
    for chat in (room.parents_chat, room.pupils_chat):
        chat.refresh_from_db()
        assert chat.owner == f.user_of(new)
        assert not sees(room.homeroom, chat)
        assert chat.is_open


def test_who_leaves_can_come_back(room: Room):
    leave_chat(by=room.parent, chat=room.parents_chat)
    assert not sees(room.parent, room.parents_chat)
    assert list(Chat.objects.left_by(room.parent)) == [room.parents_chat]
    assert Event.objects.filter(kind=EventKind.CHAT_LEFT, actor=room.parent).exists()
    rejoin_chat(by=room.parent, chat=room.parents_chat)
    assert sees(room.parent, room.parents_chat)
    with pytest.raises(ChatDenied):
        rejoin_chat(by=room.pupil, chat=room.parents_chat)


def test_the_last_adult_does_not_leave(room: Room):
    for chat in (room.pupils_chat, room.parents_chat):
        with pytest.raises(Refusal) as refused:
            leave_chat(by=room.homeroom, chat=chat)
        assert refused.value.code == "last_adult"


def test_an_owner_leaves_the_chat_to_another_adult(room: Room):
    teacher = f.user_of(f.make_teaching(room.school_class))
    chat = create_chat(by=f.fresh(room.homeroom), kind=Kind.TEACHERS, scope=room.school_class)
    leave_chat(by=room.homeroom, chat=chat)
    chat.refresh_from_db()
    assert chat.owner == teacher


def test_a_second_adult_keeps_the_chat_while_he_is_in_it(room: Room):
    teacher = f.make_teaching(room.school_class)
    user, by = f.user_of(teacher), f.fresh(room.homeroom)
    chat = create_chat(by=by, kind=Kind.TEACHERS, scope=room.school_class)
    set_moderator(by=by, chat=chat, user=user, active=True)
    edit_chat(by=user, chat=chat, title="Педсовет 7Б", purpose="")
    assert Event.objects.filter(kind=EventKind.CHAT_MEMBERS_CHANGED, person_id=teacher.pk).exists()
    staff.release_teaching(by=f.administrator_of(room.school), teaching=teacher.teachings.get())
    assert not sees(user, chat)
    with pytest.raises(Refusal) as refused:
        set_moderator(by=by, chat=room.parents_chat, user=room.parent, active=True)
    assert refused.value.code == "not_an_adult"
    with pytest.raises(ChatDenied):
        set_moderator(by=room.parent, chat=room.parents_chat, user=room.homeroom, active=True)


def test_a_moderator_is_relieved(room: Room):
    user, by = f.user_of(f.make_teaching(room.school_class)), f.fresh(room.homeroom)
    chat = create_chat(by=by, kind=Kind.TEACHERS, scope=room.school_class)
    for active in (True, False):
        set_moderator(by=by, chat=chat, user=user, active=active)
    assert sees(user, chat)
    with pytest.raises(ChatDenied):
        edit_chat(by=user, chat=chat, title="Моё", purpose="")


def test_members_of_a_hand_picked_chat_are_added_and_removed(room: Room):
    mother = Person.objects.get(user=room.parent)
    by = f.fresh(room.homeroom)
    chat = create_chat(by=by, kind=Kind.CLASS_OTHER, scope=room.school_class, title="Поход", people=[mother])
    assert add_members(by=by, chat=chat, people=[room.pupil_person, mother]) == 1
    assert sees(room.pupil, chat)
    remove_member(by=by, chat=chat, user=room.pupil)
    assert not sees(room.pupil, chat)
    assert Event.objects.filter(kind=EventKind.CHAT_MEMBERS_CHANGED).count() == 2
    with pytest.raises(ChatDenied):
        add_members(by=room.parent, chat=chat, people=[room.pupil_person])
    for act in (
        lambda: add_members(by=by, chat=room.parents_chat, people=[mother]),
        lambda: remove_member(by=by, chat=room.parents_chat, user=room.parent),
    ):
        with pytest.raises(Refusal) as refused:
            act()
        assert refused.value.code == "kept_by_roster"


def test_a_parent_of_two_stays_while_one_child_is_in_the_class(room: Room):
    second = f.make_pupil(room.school_class)
    mother = Person.objects.get(user=room.parent)
    people.add_guardian(
        by=f.administrator_of(room.school), pupil=second, guardian=mother, kind=Guardianship.Kind.MOTHER
    )
    move(room, make_room("7А", room.school))
    assert sees(room.parent, room.parents_chat)


def test_nobody_is_copied(room: Room):
    for number in range(5):
        f.make_pupil(room.school_class, first_name=f"Ученик{number}")
    assert room.pupils_chat.members.count() == 0
    assert room.pupils_chat.audiences.count() == 2
    assert RoleGroup.objects.filter(group__in=room.pupils_chat.audience.all()).count() == 2


def test_of_who_has_gone_is_known_only_how_far_he_may_read(room: Room, after_commit):
    send_message(by=room.pupil, chat_id=room.pupils_chat.pk, text="Пока!")
    ChatState.objects.create(chat=room.pupils_chat, user=room.pupil, muted=True)
    with after_commit():
        move(room, make_room("7А", room.school))
    state = ChatState.objects.get(chat=room.pupils_chat, user=room.pupil)
    assert (state.until_seq, state.muted) == (1, False)


def test_who_is_moved_does_not_read_what_was_said_before(room: Room, after_commit):
    other = make_room("7А", room.school)
    for chat, author in ((other.pupils_chat, other.pupil), (other.parents_chat, other.parent)):
        for text in ("Вчера", "Сегодня"):
            send_message(by=author, chat_id=chat.pk, text=text)
        yesterday = timezone.now() - dt.timedelta(days=1)
        Message.objects.filter(chat=chat, seq=1).update(created_at=yesterday)
    with after_commit():
        move(room, other)
    for user, chat in ((room.pupil, other.pupils_chat), (room.parent, other.parents_chat)):
        assert [m.text for m in Message.objects.visible_to(user).filter(chat=chat)] == ["Сегодня"]
    assert Message.objects.visible_to(other.pupil).count() == 2


def test_who_was_in_the_list_reads_everything_when_he_signs_in(room: Room, after_commit):
    pupil = f.make_pupil(room.school_class, joined=False)
    since = timezone.localdate() - dt.timedelta(days=30)
    Enrolment.objects.filter(person=pupil).update(starts_on=since)
    sent = send_message(by=room.homeroom, chat_id=room.pupils_chat.pk, text="Три недели назад")
    Message.objects.filter(pk=sent.payload["id"]).update(created_at=timezone.now() - dt.timedelta(days=21))
    with after_commit():
        pupil = f.join(pupil)
    assert Message.objects.visible_to(f.user_of(pupil)).count() == 1
