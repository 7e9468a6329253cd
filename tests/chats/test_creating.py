"""Who may create which chat, and who is in it (2.2, 2.3, 2.4)."""

from typing import Any

import pytest

from accounts.models import User
from chats.kinds import KINDS, Kind
from chats.members import candidates, member_pairs
from chats.models import Chat
from chats.services import archive_chat, create_chat, edit_chat, restore_chat, send_message
from chats.standing import ChatDenied
from school.errors import Refusal
from school.models import Activist, Event, EventKind, Person, StaffPosition, StudyGroup
from school.regulation import RIGHTS
from school.rights import RightDenied
from school.services import people, structure
from tests import factories as f
from tests.world import World, make_world

from .conftest import Room, sees

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    from django.db import transaction

    with django_db_blocker.unblock(), transaction.atomic():
        yield make_world()
        transaction.set_rollback(True)


CREATORS = {
    Kind.DEPUTIES: {"director", "deputy"},
    Kind.STAFF: {"director", "deputy"},
    Kind.PARENTS_ACTIVISTS: {"director", "deputy"},
    Kind.PUPILS_ACTIVISTS: {"director", "deputy"},
    Kind.MANAGEMENT: {"director", "deputy"},
    Kind.PUPILS: {"homeroom"},
    Kind.PARENTS: {"homeroom"},
    Kind.TEACHERS: {"homeroom"},
    Kind.CLASS_OTHER: {"homeroom"},
    Kind.SUBJECT: {"class_teacher"},
    Kind.TEACHING_OTHER: {"class_teacher"},
}


def test_the_table_of_kinds_agrees_with_the_regulation():
    assert set(KINDS) == set(Kind) == set(CREATORS)
    for rule in KINDS.values():
        assert RIGHTS[rule.right].clause == rule.clause
        assert RIGHTS[rule.right].on == rule.scope
        assert bool(rule.audience) != bool(rule.candidates)


@pytest.mark.parametrize("kind", Kind)
def test_only_those_whom_the_clause_names_create(world: World, kind: Kind):
    place = world.own
    scope: Any = {"school": place.school, "class": place.school_class, "group": place.study_group}[KINDS[kind].scope]
    chosen = {Kind.MANAGEMENT: world.people["director"], Kind.CLASS_OTHER: place.pupil}.get(kind, place.classmate)
    if kind == Kind.MANAGEMENT:
        chosen = world.people["employee"]
    people_ = [chosen] if KINDS[kind].is_hand_picked else []
    created, clauses = set(), set()
    for role, user in world.users.items():
        if user is None:
            continue
        try:
            chat = create_chat(by=f.fresh(user), kind=kind, scope=scope, title="Чат", people=people_)
        except RightDenied as denied:
            clauses.add(denied.explanation.clause)
        else:
            created.add(role)
            assert sees(user, chat)
            Chat.objects.filter(pk=chat.pk).delete()
    assert created == CREATORS[kind]
    assert clauses == {KINDS[kind].clause}


def members(chat: Chat) -> set[User]:
    return set(User.objects.filter(pk__in=[user for _chat, user in member_pairs([chat.pk])]))


def test_the_parents_chat_holds_the_parents_and_the_homeroom_teacher(room: Room):
    assert members(room.parents_chat) == {room.parent, room.homeroom}
    assert room.parents_chat.title == f"{room.school_class}: родители"
    assert room.parents_chat.clause == "2.3"


def test_the_pupils_chat_holds_the_pupils_and_the_homeroom_teacher(room: Room):
    assert members(room.pupils_chat) == {room.pupil, room.homeroom}


def test_the_teachers_chat_holds_the_teachers_of_the_class(room: Room):
    teacher = f.user_of(f.make_teaching(room.school_class))
    chat = create_chat(by=f.fresh(room.homeroom), kind=Kind.TEACHERS, scope=room.school_class)
    assert members(chat) == {teacher, room.homeroom}


def test_chats_of_the_administration(room: Room):
    school = room.school
    director = f.user_of(f.make_staff(school, StaffPosition.Kind.DIRECTOR))
    deputy = f.user_of(f.make_staff(school, StaffPosition.Kind.DEPUTY))
    admin = f.administrator_of(school)
    mother = Person.objects.get(user=room.parent)
    people.set_activist(by=admin, person=mother, kind=Activist.Kind.PARENTS, active=True)
    people.set_activist(by=admin, person=room.pupil_person, kind=Activist.Kind.PUPILS, active=True)
    made = {kind: create_chat(by=f.fresh(deputy), kind=kind, scope=school) for kind in list(Kind)[:4]}
    assert members(made[Kind.DEPUTIES]) == {director, deputy}
    assert members(made[Kind.STAFF]) >= {director, deputy, room.homeroom}
    assert members(made[Kind.PARENTS_ACTIVISTS]) == {director, deputy, room.parent}
    assert members(made[Kind.PUPILS_ACTIVISTS]) == {director, deputy, room.pupil}


def test_the_subject_chat_of_the_whole_class_and_of_a_part(room: Room):
    teacher = f.make_teaching(room.school_class, "Алгебра")
    f.make_teaching(room.school_class, "Английский язык", "1-я группа", teacher)
    whole, part = StudyGroup.objects.filter(school_class=room.school_class).order_by("part")
    other = f.make_pupil(room.school_class)
    structure.set_group_members(by=f.administrator_of(room.school), study_group=part, pupils=[other])
    by = f.user_of(teacher)
    algebra = create_chat(by=by, kind=Kind.SUBJECT, scope=whole)
    english = create_chat(by=by, kind=Kind.SUBJECT, scope=part)
    assert members(algebra) == {by, room.pupil, f.user_of(other)}
    assert members(english) == {by, f.user_of(other)}
    assert algebra.title == f"{room.school_class}: Алгебра"


def test_one_live_chat_of_a_kind(room: Room):
    with pytest.raises(Refusal) as refused:
        create_chat(by=f.fresh(room.homeroom), kind=Kind.PARENTS, scope=room.school_class)
    assert refused.value.code == "chat_exists"
    archive_chat(by=room.homeroom, chat=room.parents_chat)
    second = create_chat(by=f.fresh(room.homeroom), kind=Kind.PARENTS, scope=room.school_class)
    assert sees(room.parent, second)
    with pytest.raises(Refusal) as refused:
        restore_chat(by=f.fresh(room.homeroom), chat=room.parents_chat)
    assert refused.value.code == "chat_exists"


def test_hand_picked_people_are_chosen_inside_the_rule(room: Room):
    stranger = f.make_pupil(f.make_class(room.school, "7А"))
    rule = KINDS[Kind.CLASS_OTHER]
    assert room.pupil_person in candidates(rule, room.school_class, room.homeroom)
    assert stranger not in candidates(rule, room.school_class, room.homeroom)
    by = f.fresh(room.homeroom)
    for chosen, code in (([stranger], "not_a_candidate"), ([], "people_needed")):
        with pytest.raises(Refusal) as refused:
            create_chat(by=by, kind=Kind.CLASS_OTHER, scope=room.school_class, title="Поход", people=chosen)
        assert refused.value.code == code
    with pytest.raises(Refusal) as refused:
        create_chat(by=by, kind=Kind.CLASS_OTHER, scope=room.school_class, people=[room.pupil_person])
    assert refused.value.code == "title_needed"
    chat = create_chat(by=by, kind=Kind.CLASS_OTHER, scope=room.school_class, title="Поход", people=[room.pupil_person])
    assert members(chat) == {room.homeroom, room.pupil}


def test_a_teacher_chooses_among_those_he_teaches_and_colleagues(room: Room):
    teacher = f.make_teaching(room.school_class, "Физика", "1-я группа")
    by, part = f.user_of(teacher), StudyGroup.objects.get(school_class=room.school_class)
    rule = KINDS[Kind.TEACHING_OTHER]
    homeroom = Person.objects.get(user=room.homeroom)
    admin = Person.objects.get(user=f.administrator_of(room.school))
    assert set(candidates(rule, room.school_class, by)) - {admin} == {homeroom}
    structure.set_group_members(by=f.administrator_of(room.school), study_group=part, pupils=[room.pupil_person])
    assert set(candidates(rule, room.school_class, by)) - {admin} == {homeroom, room.pupil_person}


def test_the_event_log_tells(room: Room):
    event = Event.objects.get(kind=EventKind.CHAT_CREATED, subject_id=room.parents_chat.pk)
    assert event.actor == room.homeroom
    assert event.new["clause"] == "2.3"


def test_renaming_does_not_touch_the_numbers(room: Room):
    known = Chat.objects.get(pk=room.parents_chat.pk)
    send_message(by=room.parent, chat_id=known.pk, text="Пока переименовывали")
    edit_chat(by=f.fresh(room.homeroom), chat=known, title="Родители 7Б", purpose="Объявления")
    known.refresh_from_db()
    assert (known.title, known.last_seq) == ("Родители 7Б", 1)
    with pytest.raises(Refusal):
        edit_chat(by=f.fresh(room.homeroom), chat=known, title="  ", purpose="")
    with pytest.raises(ChatDenied):
        edit_chat(by=room.parent, chat=known, title="Моё", purpose="")


def test_no_chat_of_an_archived_class_and_of_the_staff_room(room: Room):
    empty = f.make_class(room.school, "8А")
    by = f.user_of(f.make_homeroom(empty))
    structure.archive_class(by=f.administrator_of(room.school), school_class=empty)
    with pytest.raises((Refusal, RightDenied)):
        create_chat(by=f.fresh(by), kind=Kind.PARENTS, scope=empty)
