"""Whose the history of a chat is, by days: who comes, who is moved away, who comes back, whose movement is undone."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from chats import queries
from chats.hearing import topics
from chats.history import resume_missed
from chats.kinds import Kind
from chats.models import Chat, ChatGap, ChatState, Message
from chats.services import (
    add_members,
    create_chat,
    delete_message,
    edit_chat,
    edit_message,
    remove_member,
    send_message,
)
from chats.services.bulk import Said, send_messages
from chats.standing import ChatDenied
from school import undo
from school.event_words import in_one_line
from school.models import AcademicYear, Act, Activist, Event, EventKind, Movement, Person, SchoolClass
from school.services import movements, people, staff, structure
from tests import factories as f
from tests.conftest import Published

from .conftest import Room, make_room, sees, unread
from .test_api import client_of, get, post

pytestmark = pytest.mark.django_db
MOVED = 10  # days ago


@pytest.fixture
def after_commit(django_capture_on_commit_callbacks):
    return lambda: django_capture_on_commit_callbacks(execute=True)


@pytest.fixture
def old(room: Room) -> Room:
    """7Б, whose people are in the lists for a hundred days."""
    AcademicYear.objects.update(starts_on=days_ago(200))
    age(room)
    return room


@pytest.fixture
def new(old: Room) -> Room:
    other = make_room("7А", old.school)
    age(other)
    return other


def age(room: Room) -> None:
    since = days_ago(100)
    for facts in (room.school_class.enrolments, room.school_class.homerooms, room.pupil_person.guardians):
        facts.update(starts_on=since)


def days_ago(number: int) -> dt.date:
    return timezone.localdate() - dt.timedelta(days=number)


def noon(days: int) -> dt.datetime:
    """A moment of that day; of today, this one."""
    moment = timezone.make_aware(dt.datetime.combine(days_ago(days), dt.time(12)))
    return min(moment, timezone.now())


def fill(chat: Chat, by: User, *days: int) -> None:
    """One message a day: «за 10 дней»."""
    send_messages(chat_id=chat.pk, messages=[Said(by, f"за {day} дней", noon(day)) for day in days])


def move(room: Room, to: SchoolClass, days: int = 0) -> Act:
    return movements.carry_out_movement(
        by=f.administrator_of(room.school),
        school=room.school,
        kind=Movement.Kind.TRANSFERRED,
        people=[Person.objects.get(pk=room.pupil_person.pk)],
        to_class=to,
        happened_on=days_ago(days),
    )


def read(user: User, chat: Chat) -> list[int]:
    """The days whose messages the user reads, by every door; all of them must agree."""
    doors = {
        "queryset": [m.text for m in Message.objects.visible_to(f.fresh(user)).filter(chat=chat).order_by("seq")],
        "after": texts(get(user, f"{chat.pk}/messages/?after=0&limit=200")),
        "before": texts(get(user, f"{chat.pk}/messages/?before=99999&limit=200"))[::-1],
        "newest": texts(get(user, f"{chat.pk}/messages/"))[::-1],
        "page": on_page(user, chat),
    }
    assert len({tuple(found) for found in doors.values()}) == 1, doors
    return [int(text.split()[1]) for text in doors["queryset"]]


def texts(response: Any) -> list[str]:
    return [m["text"] for m in response.json()] if response.status_code == 200 else []


def on_page(user: User, chat: Chat) -> list[str]:
    response = client_of(user).get(f"/chats/{chat.pk}/")
    return [m["text"] for m in response.context["room"].messages] if response.status_code == 200 else []


DAYS = (90, 50, 11, MOVED, 9, 1, 0)


def test_a_moved_pupil_reads_the_old_chat_up_to_the_day_and_the_new_one_from_it(old: Room, new: Room, after_commit):
    for room in (old, new):
        fill(room.pupils_chat, room.homeroom, *DAYS)
        fill(room.parents_chat, room.homeroom, *DAYS)
    with after_commit():
        move(old, new.school_class, MOVED)
    for user, left, entered in (
        (old.pupil, old.pupils_chat, new.pupils_chat),
        (old.parent, old.parents_chat, new.parents_chat),
    ):
        assert read(user, left) == [90, 50, 11, 10]
        assert read(user, entered) == [10, 9, 1, 0]
        assert (unread(user, entered), sees(user, left)) == (0, False)
        assert topics(f.fresh(user)) == [entered.topic]
    assert read(new.pupil, new.pupils_chat) == list(DAYS)


def test_who_is_moved_today_keeps_what_was_said_before_he_went(old: Room, new: Room, after_commit):
    fill(old.pupils_chat, old.homeroom, 1, 0)
    with after_commit():
        move(old, new.school_class)
    fill(old.pupils_chat, old.homeroom, 0)
    assert read(old.pupil, old.pupils_chat) == [1, 0]
    assert Message.objects.filter(chat=old.pupils_chat).count() == 3


def test_where_the_chat_is_so_set_nothing_is_left_or_everything_is_seen(old: Room, new: Room, after_commit):
    for room in (old, new):
        fill(room.pupils_chat, room.homeroom, *DAYS)
    with after_commit():
        move(old, new.school_class, MOVED)
    for chat, by, setting in (
        (old.pupils_chat, old.homeroom, {"leavers_read": "nothing"}),
        (new.pupils_chat, new.homeroom, {"newcomers_see": "all"}),
    ):
        edit_chat(by=f.fresh(by), chat=chat, title=chat.title, purpose="", **setting)
    assert read(old.pupil, old.pupils_chat) == []
    assert get(old.pupil, f"{old.pupils_chat.pk}/").status_code == 404
    assert read(old.pupil, new.pupils_chat) == list(DAYS)


@pytest.mark.parametrize("day", [5, 0])
def test_who_comes_back_does_not_read_what_was_said_meanwhile(old: Room, new: Room, after_commit, day: int):
    fill(old.pupils_chat, old.homeroom, *DAYS)
    for to, days in ((new, MOVED), (old, day)):
        with after_commit():
            move(old, to.school_class, days)
    expected = [d for d in DAYS if d >= MOVED or d <= day]
    assert read(old.pupil, old.pupils_chat) == expected
    assert sees(old.pupil, old.pupils_chat)
    # The next messages are unread and heard again.
    assert unread(old.pupil, old.pupils_chat) == 0
    send_message(by=old.homeroom, chat_id=old.pupils_chat.pk, text="за 0 дней")
    assert unread(old.pupil, old.pupils_chat) == 1
    assert old.pupils_chat.topic in topics(f.fresh(old.pupil))


def test_the_list_does_not_show_what_was_said_while_one_was_away(old: Room, new: Room, after_commit):
    fill(old.pupils_chat, old.homeroom, 20, 9)
    for to, days in ((new, MOVED), (old, 5)):
        with after_commit():
            move(old, to.school_class, days)
    assert ChatGap.objects.filter(user=old.pupil, chat=old.pupils_chat).count() == 1
    [line] = queries.lines(f.fresh(old.pupil))
    assert (line.chat, line.last) == (old.pupils_chat, None)
    # The newest page ends where it does, so that the script goes on from there.
    page = client_of(old.pupil).get(f"/chats/{old.pupils_chat.pk}/")
    assert page.context["script"]["last"] == 1


def test_an_undone_move_leaves_no_trace(old: Room, new: Room, after_commit):
    for room in (old, new):
        fill(room.pupils_chat, room.homeroom, *DAYS)
        fill(room.parents_chat, room.homeroom, *DAYS)
    with after_commit():
        act = move(old, new.school_class, MOVED)
    fill(old.pupils_chat, old.homeroom, 0)
    with after_commit():
        undo.undo(by=f.administrator_of(old.school), act=act)
    assert read(old.pupil, old.pupils_chat) == [*DAYS, 0]
    assert read(old.parent, old.parents_chat) == list(DAYS)
    for user, chat in ((old.pupil, new.pupils_chat), (old.parent, new.parents_chat)):
        assert get(user, f"{chat.pk}/messages/").status_code == 404
        assert not ChatState.objects.filter(user=user, chat=chat).exists()
    assert not ChatGap.objects.exists()


def test_an_undone_return_ends_the_history_where_it_ended(old: Room, new: Room, after_commit):
    fill(old.pupils_chat, old.homeroom, *DAYS)
    with after_commit():
        move(old, new.school_class, MOVED)
    with after_commit():
        back = move(old, old.school_class, 2)
    assert read(old.pupil, old.pupils_chat) == [90, 50, 11, 10, 1, 0]
    with after_commit():
        undo.undo(by=f.administrator_of(old.school), act=back)
    assert read(old.pupil, old.pupils_chat) == [90, 50, 11, 10]
    assert not ChatGap.objects.exists()


def test_a_parent_of_two_stays_while_one_child_stays(old: Room, new: Room, after_commit):
    second = f.make_pupil(old.school_class)
    mother = Person.objects.get(user=old.parent)
    people.add_guardian(by=f.administrator_of(old.school), pupil=second, guardian=mother, kind="mother")
    fill(old.parents_chat, old.homeroom, *DAYS)
    with after_commit():
        move(old, new.school_class, MOVED)
    assert read(old.parent, old.parents_chat) == list(DAYS)


def test_who_has_left_the_school_reads_nothing_until_he_is_in_it_again(old: Room, after_commit):
    fill(old.pupils_chat, old.homeroom, *DAYS)
    terms: dict[str, Any] = {"by": f.administrator_of(old.school), "school": old.school, "people": [old.pupil_person]}
    with after_commit():
        movements.carry_out_movement(kind=Movement.Kind.LEFT, happened_on=days_ago(MOVED), **terms)
    assert get(old.pupil, f"{old.pupils_chat.pk}/messages/").status_code == 404
    assert client_of(old.parent).get(f"/chats/{old.parents_chat.pk}/").status_code == 404
    terms["people"] = [Person.objects.get(pk=old.pupil_person.pk)]
    with after_commit():
        movements.carry_out_movement(
            kind=Movement.Kind.ARRIVED, to_class=old.school_class, happened_on=days_ago(1), **terms
        )
    assert read(old.pupil, old.pupils_chat) == [90, 50, 11, 10, 1, 0]


def test_in_a_kept_chat_nothing_can_be_done(old: Room, new: Room, after_commit):
    own = send_message(by=old.pupil, chat_id=old.pupils_chat.pk, text="за 0 дней").payload["id"]
    with after_commit():
        move(old, new.school_class)
    chat, client = old.pupils_chat.pk, client_of(old.pupil)
    json = {"content_type": "application/json"}
    address = f"/api/v1/chats/{chat}"
    refused = {
        "say": client.post(f"{address}/messages/", {"text": "Ещё"}, **json),
        "read": client.post(f"{address}/read/", {"seq": 1}, **json),
        "edit": client.patch(f"{address}/messages/{own}/", {"text": "Иначе"}, **json),
        "delete": client.delete(f"{address}/messages/{own}/"),
        "page": client.post(f"/chats/{chat}/", {"text": "Ещё"}),
        "members": client.get(f"/chats/{chat}/info/"),
        "leave": client.post(f"/chats/{chat}/leave/"),
        "mute": client.post(f"/chats/{chat}/mute/", {"muted": "1"}),
    }
    assert {name: response.status_code for name, response in refused.items()} == dict.fromkeys(refused, 404)
    told = get(old.pupil, f"{chat}/").json()
    assert (told["former"], told["unread"], told["readers"]) == (True, 0, {})
    assert told["may"] == {"write": False, "manage": False, "leave": False}
    page = client.get(f"/chats/{chat}/").content.decode()
    assert "Вы больше не в этом чате" in page
    assert 'name="text"' not in page


def test_kept_chats_stand_apart(old: Room, new: Room, after_commit):
    fill(old.pupils_chat, old.homeroom, 20, 9)
    with after_commit():
        move(old, new.school_class, MOVED)
    assert [line["id"] for line in get(old.pupil).json()] == [new.pupils_chat.pk]
    [kept] = get(old.pupil, "?former=1").json()
    assert (kept["id"], kept["last_seq"], kept["former"]) == (old.pupils_chat.pk, 1, True)
    page = client_of(old.pupil).get("/chats/").content.decode()
    assert "Прежние чаты" in page
    assert old.pupils_chat.title in page
    assert get(old.homeroom, "?former=1").json() == []


def test_a_quote_of_what_is_hidden_is_left_out(old: Room, new: Room, after_commit):
    fill(new.pupils_chat, new.homeroom, 20)
    hidden = Message.objects.get(chat=new.pupils_chat)
    with after_commit():
        move(old, new.school_class, MOVED)
    send_message(by=new.homeroom, chat_id=new.pupils_chat.pk, text="за 0 дней", reply_to=hidden.pk)
    path = f"{new.pupils_chat.pk}/messages/"
    assert get(old.pupil, path).json()[0]["reply_to"] is None
    assert hidden.text not in client_of(old.pupil).get(f"/chats/{new.pupils_chat.pk}/").content.decode()
    assert get(new.pupil, path).json()[0]["reply_to"]["text"] == hidden.text
    assert post(old.pupil, path, {"text": "Да", "reply_to": hidden.pk}).json()["code"] == "no_such_message"


def test_what_is_hidden_from_somebody_is_not_said_to_everybody(
    old: Room, new: Room, after_commit, published: Published
):
    fill(new.pupils_chat, new.homeroom, 20)
    hidden = Message.objects.get(chat=new.pupils_chat)
    with after_commit():
        move(old, new.school_class, MOVED)
    published.clear()
    with after_commit():
        sent = send_message(by=new.homeroom, chat_id=new.pupils_chat.pk, text="Ответ", reply_to=hidden.pk)
        edit_message(by=new.homeroom, message=hidden, text="Исправлено")
        edit_message(by=new.homeroom, message=Message.objects.get(pk=sent.payload["id"]), text="Ответ!")
        delete_message(by=new.homeroom, message=hidden)
    heard = [payload for _topics, payload in published.messages()]
    assert [payload.get("partial") for payload in heard] == [True] * 4
    assert [payload.get("text") for payload in heard] == ["Ответ", None, "Ответ!", None]
    assert not any(payload.get("reply_to") for payload in heard)
    assert sent.payload["reply_to"]["text"] == hidden.text


def test_where_nobody_is_limited_everybody_hears_everything(old: Room, after_commit, published: Published):
    fill(old.pupils_chat, old.homeroom, 20)
    first = Message.objects.get(chat=old.pupils_chat)
    with after_commit():
        send_message(by=old.homeroom, chat_id=old.pupils_chat.pk, text="Ответ", reply_to=first.pk)
        edit_message(by=old.homeroom, message=first, text="Исправлено")
    assert not any("partial" in payload for _topics, payload in published.messages())


def test_chosen_people_read_from_the_day_on_which_they_were_chosen(old: Room, after_commit):
    chat = create_chat(
        by=f.fresh(old.homeroom),
        kind=Kind.CLASS_OTHER,
        scope=old.school_class,
        title="Поход",
        people=[old.pupil_person],
    )
    fill(chat, old.homeroom, 20, 0)
    mother = Person.objects.get(user=old.parent)
    add_members(by=f.fresh(old.homeroom), chat=chat, people=[mother])
    assert read(old.parent, chat) == [0]
    assert read(old.pupil, chat) == [20, 0]
    remove_member(by=f.fresh(old.homeroom), chat=chat, user=old.parent)
    assert get(old.parent, f"{chat.pk}/messages/").status_code == 404
    assert not ChatState.objects.filter(user=old.parent, chat=chat).exists()


def test_a_chosen_pupil_who_is_moved_keeps_what_was_said(old: Room, new: Room, after_commit):
    chosen: dict[str, Any] = {"kind": Kind.CLASS_OTHER, "scope": old.school_class, "people": [old.pupil_person]}
    chat = create_chat(by=f.fresh(old.homeroom), title="Поход", **chosen)
    chat.members.update(added_at=noon(60))
    fill(chat, old.homeroom, *DAYS)
    with after_commit():
        move(old, new.school_class, MOVED)
    assert read(old.pupil, chat) == [90, 50, 11, 10]


def test_a_part_of_a_class_and_the_activists(old: Room, new: Room, after_commit):
    admin, school = f.administrator_of(old.school), old.school
    teacher = f.make_teaching(old.school_class, "Английский язык", "1-я группа")
    part = old.school_class.study_groups.get(part="1-я группа")
    structure.set_group_members(by=admin, study_group=part, pupils=[old.pupil_person])
    old.pupil_person.group_memberships.update(starts_on=days_ago(60))
    subject = create_chat(by=f.user_of(teacher), kind=Kind.SUBJECT, scope=part)
    director = f.user_of(f.make_staff(school, "director"))
    body = create_chat(by=director, kind=Kind.PARENTS_ACTIVISTS, scope=school)
    fill(subject, f.user_of(teacher), 90, 20, 5)
    fill(body, director, 90, 5)
    mother = Person.objects.get(user=old.parent)
    with after_commit():
        people.set_activist(by=admin, person=mother, kind=Activist.Kind.PARENTS, active=True)
    assert read(old.parent, body) == []
    Activist.objects.update(starts_on=days_ago(20))
    with after_commit():
        people.set_activist(by=admin, person=mother, kind=Activist.Kind.PARENTS, active=False)
        move(old, new.school_class, MOVED)
    assert read(old.pupil, subject) == [90, 20]


def test_the_staff_answer_for_a_class_and_read_everything(old: Room, after_commit):
    fill(old.parents_chat, old.homeroom, *DAYS)
    teacher = f.make_staff(old.school)
    with after_commit():
        staff.assign_homeroom(
            by=f.administrator_of(old.school), school_class=old.school_class, person=teacher, replace=True
        )
    fill(old.parents_chat, old.parent, 0)
    assert read(f.user_of(teacher), old.parents_chat) == [*DAYS, 0]
    assert read(old.homeroom, old.parents_chat) == list(DAYS)
    with after_commit():
        movements.carry_out_movement(
            by=f.administrator_of(old.school),
            school=old.school,
            kind=Movement.Kind.DISMISSED,
            people=[Person.objects.get(user=old.homeroom)],
        )
    assert get(old.homeroom, f"{old.parents_chat.pk}/messages/").status_code == 404


def test_among_the_staff_a_newcomer_reads_everything_and_a_leaver_nothing(old: Room, after_commit):
    director = f.user_of(f.make_staff(old.school, "director"))
    chat = create_chat(by=director, kind=Kind.DEPUTIES, scope=old.school)
    assert (chat.newcomers_see, chat.leavers_read) == ("all", "nothing")
    fill(chat, director, 30, 1)
    person = f.make_staff(old.school)
    with after_commit():
        position = staff.start_position(by=f.administrator_of(old.school), person=person, kind="deputy")
    user = f.user_of(person)
    assert read(user, chat) == [30, 1]
    edit_chat(by=f.fresh(director), chat=chat, title=chat.title, purpose="", newcomers_see="joined")
    assert read(user, chat) == []
    edit_chat(by=f.fresh(director), chat=chat, title=chat.title, purpose="", newcomers_see="all")
    with after_commit():
        staff.end_position(by=f.administrator_of(old.school), position=position)
    assert read(user, chat) == []
    edit_chat(by=f.fresh(director), chat=chat, title=chat.title, purpose="", leavers_read="before")
    assert read(user, chat) == [30, 1]


@pytest.mark.parametrize(
    ("kind", "expected"), [(Kind.PARENTS, ("joined", "before")), (Kind.TEACHERS, ("all", "nothing"))]
)
def test_the_defaults_of_a_new_chat(old: Room, kind: Kind, expected: tuple[str, str]):
    other = f.make_class(old.school, "8А")
    chat = create_chat(by=f.user_of(f.make_homeroom(other)), kind=kind, scope=other)
    assert (chat.newcomers_see, chat.leavers_read) == expected


def test_the_keeper_sets_it_on_the_page_and_a_member_does_not(old: Room):
    path = f"/chats/{old.parents_chat.pk}/edit/"
    data = {"title": "Родители", "newcomers_see": "all", "leavers_read": "nothing"}
    assert client_of(old.parent).post(path, data).status_code == 403
    page = client_of(old.homeroom).get(path).content.decode()
    assert "Новые участники видят" in page
    assert client_of(old.homeroom).post(path, data).status_code == 302
    old.parents_chat.refresh_from_db()
    assert (old.parents_chat.newcomers_see, old.parents_chat.leavers_read) == ("all", "nothing")
    event = Event.objects.filter(kind=EventKind.CHAT_CHANGED).first()
    assert (event.old["newcomers_see"], event.new["newcomers_see"]) == ("с дня вступления", "всю историю")
    assert "новые участники видят" in in_one_line(event)
    with pytest.raises(ChatDenied):
        edit_chat(by=old.parent, chat=old.parents_chat, title="Да", purpose="", newcomers_see="joined")
    with pytest.raises(ValueError, match="nonsense"):
        edit_chat(by=f.fresh(old.homeroom), chat=old.parents_chat, title="Да", purpose="", newcomers_see="nonsense")


def test_the_sweep_finds_whose_return_was_not_heard(old: Room, new: Room, after_commit):
    fill(old.pupils_chat, old.homeroom, *DAYS)
    with after_commit():
        move(old, new.school_class, MOVED)
    move(old, old.school_class, 5)  # nothing was committed, so nobody heard
    assert read(old.pupil, old.pupils_chat) == [90, 50, 11, 10]
    for _ in range(2):
        resume_missed()
        assert read(old.pupil, old.pupils_chat) == [90, 50, 11, 10, 1, 0]


def test_a_chat_costs_its_budget_for_a_member_for_one_who_came_back_and_for_one_who_left(
    old: Room, new: Room, after_commit
):
    fill(old.pupils_chat, old.homeroom, *DAYS)
    paths = (f"/chats/{old.pupils_chat.pk}/", f"/api/v1/chats/{old.pupils_chat.pk}/messages/", "/chats/")
    costs = []
    for to in (None, new, old):
        if to:
            with after_commit():
                move(old, to.school_class)
        costs.append([cost(old.pupil, path) for path in paths])
    assert costs[0] == costs[2]
    assert max(cost for row in costs for cost in row) <= 10, costs
    assert costs[1][1] == costs[0][1] <= 6


def cost(user: User, path: str) -> int:
    client = client_of(user)
    client.get("/channels/")  # what a session costs once
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return len(captured)
