"""Whose the history of a chat is, by days: who comes, who is moved away, who comes back, whose movement is undone."""

from typing import Any

import pytest

from chats import queries
from chats.hearing import topics
from chats.history import resume_missed
from chats.kinds import Kind
from chats.models import ChatGap, ChatState, Message
from chats.services import (
    add_members,
    create_chat,
    edit_chat,
    remove_member,
    send_message,
)
from school import undo
from school.models import Activist, Movement, Person
from school.services import movements, people, staff, structure
from tests import factories as f

from .conftest import Room, sees, unread
from .days import DAYS, MOVED, days_ago, fill, move, noon, read
from .test_api import client_of, get

pytestmark = pytest.mark.django_db


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


def test_a_part_that_was_joined_after_the_day_of_the_move_is_not_read(old: Room, new: Room, after_commit):
    """The order is of ten days ago and recorded today; the pupil was put into a part of the class five days ago."""
    teacher = f.make_teaching(old.school_class, "Английский язык", "1-я группа")
    part = old.school_class.study_groups.get(part="1-я группа")
    admin = f.administrator_of(old.school)
    structure.set_group_members(by=admin, study_group=part, pupils=[old.pupil_person])
    old.pupil_person.group_memberships.update(starts_on=days_ago(5))
    subject = create_chat(by=f.user_of(teacher), kind=Kind.SUBJECT, scope=part)
    fill(subject, f.user_of(teacher), *DAYS)
    with after_commit():
        move(old, new.school_class, MOVED)
    assert read(old.pupil, subject) == []


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


def test_the_sweep_finds_whose_return_was_not_heard(old: Room, new: Room, after_commit):
    fill(old.pupils_chat, old.homeroom, *DAYS)
    with after_commit():
        move(old, new.school_class, MOVED)
    move(old, old.school_class, 5)  # nothing was committed, so nobody heard
    assert read(old.pupil, old.pupils_chat) == [90, 50, 11, 10]
    for _ in range(2):
        resume_missed()
        assert read(old.pupil, old.pupils_chat) == [90, 50, 11, 10, 1, 0]
