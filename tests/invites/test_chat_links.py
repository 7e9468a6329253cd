"""Links into a chat whose people are chosen by hand, inside the rule of the chat."""

from typing import Any

import pytest
from django.http import Http404

from chats.kinds import Kind
from chats.models import Chat
from chats.services import create_chat
from invites.models import Invite
from invites.refusals import InviteRefused
from invites.services.deciding import approve_request
from school.errors import Refusal
from school.services import staff
from tests.factories import make_parent, make_pupil, make_staff, make_user, user_of
from tests.invites.worlds import Class7B, make_7b, mother, use

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> Class7B:
    return make_7b()


@pytest.fixture
def chat(world: Class7B) -> Chat:
    """«Поход» of 7Б: its homeroom teacher and one pupil."""
    pupil = make_pupil(world.school_class)
    return create_chat(
        by=world.homeroom, kind=Kind.CLASS_OTHER, scope=world.school_class, title="Поход", people=[pupil]
    )


def is_in(user: Any, chat: Chat) -> bool:
    return Chat.objects.visible_to(user).filter(pk=chat.pk).exists()


def test_a_parent_of_the_class_enters_without_being_asked_anything(world: Class7B, chat: Chat) -> None:
    invite, parent = world.link(chat=chat), user_of(make_parent(world.child))
    result = use(invite, parent)
    assert result.outcome == "joined"
    assert is_in(parent, chat)
    with pytest.raises(InviteRefused) as refusal:
        use(invite, parent)
    assert refusal.value.code == "already_member"
    invite.refresh_from_db()
    assert invite.uses == 1


def test_a_stranger_joins_the_school_and_the_chat_at_once(world: Class7B, chat: Chat) -> None:
    parent = make_user()
    use(world.link(chat=chat), parent, mother())
    assert is_in(parent, chat)


def test_an_approved_request_leads_into_the_chat(world: Class7B, chat: Chat) -> None:
    request = use(world.link(chat=chat, needs_approval=True), answers=mother()).request
    assert request
    assert not is_in(request.user, chat)
    approve_request(by=world.homeroom, request=request)
    assert is_in(request.user, chat)


def test_a_pupil_does_not_enter_by_the_parents_link(world: Class7B, chat: Chat) -> None:
    with pytest.raises(InviteRefused) as refusal:
        use(world.link(chat=chat), user_of(make_pupil(world.school_class)))
    assert refusal.value.code == "wrong_role"


def test_only_the_keeper_makes_a_link_and_only_inside_the_rule(world: Class7B, chat: Chat) -> None:
    with pytest.raises(Http404):
        make_link(world, world.administrator, chat)
    with pytest.raises(Refusal) as refusal:
        make_link(world, world.homeroom, _parents_chat(world))
    assert refusal.value.code == "kept_by_roster"
    assert not Invite.objects.exists()


def test_a_link_dies_with_its_makers_right(world: Class7B, chat: Chat) -> None:
    invite = world.link(chat=chat)
    staff.assign_homeroom(
        by=world.administrator, school_class=world.school_class, person=make_staff(world.school), replace=True
    )
    Chat.objects.filter(pk=chat.pk).update(owner=world.administrator)
    chat.members.all().delete()
    with pytest.raises(InviteRefused) as refusal:
        use(invite, user_of(make_parent(world.child)))
    assert refusal.value.code == "annulled"


def make_link(world: Class7B, by: Any, chat: Chat) -> Invite:
    from invites.services.issuing import create_invite

    return create_invite(by=by, school=world.school, role="parent", school_class=world.school_class, chat=chat)


def _parents_chat(world: Class7B) -> Chat:
    return create_chat(by=world.homeroom, kind=Kind.PARENTS, scope=world.school_class)
