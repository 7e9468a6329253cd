"""The demo school, in its smallest size, obeys every rule and shows everything that the portal can do."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import transaction
from django.db.models import Max, Min
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from accounts.models import User
from channels_app.models import Post
from chats.kinds import Kind
from chats.members import member_pairs
from chats.models import Chat, Message
from invites.models import Invite, InviteState, JoinRequest
from invites.services.schedule import about_to_be_annulled
from school import undo
from school.drift import check_rights
from school.models import Act, Event, Homeroom, ListImport, Movement, PendingAct, School, StaffPosition
from school.queries import facts_without_order
from school.regulation import Role
from school.services.days import first_day
from school.services.verification import Verification
from sferum_portal.demo import sign_ins
from sferum_portal.demo.plan import SignIn
from tests.demo.making import run

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[School]:
    """The school is made once for the module and taken back after it."""
    with django_db_blocker.unblock(), transaction.atomic():
        run()
        yield School.objects.get()
        transaction.set_rollback(True)


@pytest.fixture
def demo(world: School, db: None) -> School:
    return world


def test_it_obeys_the_rules(demo: School) -> None:
    assert demo.is_demo
    assert not check_rights(demo)
    assert Event.objects.filter(school=demo).count() > demo.people.count()
    administrators = StaffPosition.objects.active().filter(school=demo, kind__endswith="administrator")
    assert administrators.count() == 3


def test_it_shows_what_a_director_looks_for(demo: School) -> None:
    classes = demo.classes.taught()
    assert classes.exclude(homerooms__in=Homeroom.objects.active()).count() == 1
    waiting = demo.people.filter(verification=Verification.PENDING, positions__kind="teacher")
    assert waiting.exists()
    assert demo.people.filter(enrolments__isnull=False, guardians__isnull=True).count() >= 4
    assert demo.people.filter(user__isnull=True).exists()


def test_every_role_may_sign_in(demo: School) -> None:
    lines = sign_ins.list_sign_ins(demo)
    assert len(lines) == len(SignIn)
    for line in lines:
        assert User.objects.get(phone=line.sign_in).name == line.name
    roles = {
        SignIn.ADMINISTRATOR: Role.ADMINISTRATOR,
        SignIn.ADDITIONAL_ADMINISTRATOR: Role.ADDITIONAL_ADMINISTRATOR,
        SignIn.DIRECTOR: Role.DIRECTOR,
        SignIn.DEPUTY: Role.DEPUTY,
        SignIn.HOMEROOM: Role.HOMEROOM,
        SignIn.TEACHER: Role.GROUP_TEACHER,
        SignIn.APPLICANT: Role.APPLICANT,
        SignIn.EMPLOYEE: Role.EMPLOYEE,
        SignIn.PARENT: Role.PARENT,
        SignIn.PUPIL: Role.PUPIL,
    }
    for sign_in, role in roles.items():
        user = User.objects.get(phone=sign_ins.phone_of(sign_in))
        assert user.groups.filter(role_group__role=role).exists(), sign_in


def test_chats_of_every_kind_are_full_of_talk(demo: School) -> None:
    chats = Chat.objects.filter(school=demo)
    kinds = set(chats.values_list("kind", flat=True))
    assert kinds == set(Kind) - {Kind.TEACHING_OTHER}
    assert chats.filter(archived_at__isnull=False).count() == 1
    assert not chats.filter(kind=Kind.PARENTS, school_class__parallel=9).exists()
    for chat in chats.live():
        numbers = list(chat.messages.order_by("created_at", "seq").values_list("seq", flat=True))
        assert numbers == list(range(1, chat.last_seq + 1)), chat
        assert chat.last_seq > 3
    weeks = Message.objects.filter(school=demo).aggregate(first=Min("created_at"), last=Max("created_at"))
    assert weeks["last"] - weeks["first"] > timedelta(days=14)


def test_whoever_spoke_is_in_the_chat(demo: School) -> None:
    for chat in Chat.objects.filter(school=demo):
        authors = set(chat.messages.values_list("author_id", flat=True))
        assert authors <= {user for _chat, user in member_pairs([chat.pk])}, chat


def test_invites_are_in_every_state_and_requests_of_every_outcome(demo: School) -> None:
    invites = Invite.objects.filter(school=demo)
    for state in InviteState:
        assert invites.in_state(state).exists(), state
    assert about_to_be_annulled(invites, demo, within=timedelta(days=7)).exists()
    assert invites.filter(annul_reason="unclaimed").exists()
    requests = JoinRequest.objects.filter(school=demo)
    assert {"waiting", "approved", "rejected"} <= set(requests.values_list("status", flat=True))
    late = timezone.now() - timedelta(days=3)
    assert requests.waiting().filter(created_at__lt=late).exists()


def test_the_director_is_told_of_what_is_wrong(demo: School, client: Client) -> None:
    client.force_login(User.objects.get(phone=sign_ins.phone_of(SignIn.DIRECTOR)))
    board = client.get(f"/schools/{demo.pk}/statistics/").context["board"]
    assert len(board.troubles) >= 6, [trouble.text for trouble in board.troubles]


def test_the_movement_of_the_autumn_stands_in_the_journal(demo: School) -> None:
    lines = Movement.objects.filter(school=demo).order_by("pk")
    moved = lines.filter(act__kind=Act.Kind.MOVEMENT)
    assert list(moved.values_list("kind", flat=True)) == ["arrived", "arrived", "transferred", "left"]
    days = list(moved.values_list("happened_on", flat=True))
    assert days == sorted(days)
    assert first_day(demo) <= days[0] <= days[-1] <= timezone.localdate()
    assert all(line.order_number and line.order_date == line.happened_on for line in moved)
    listed = ListImport.objects.get(school=demo)
    assert (listed.state, listed.counts["create"]) == (ListImport.State.APPLIED, 3)
    assert lines.filter(act=listed.act, kind="enrolled").count() == 3
    by = User.objects.get(phone=sign_ins.phone_of(SignIn.ADMINISTRATOR))
    for act in Act.objects.filter(school=demo):  # the latest first
        undo.undo(by=by, act=act)
    assert not check_rights(demo)


def test_papers_wait_for_the_administrator(demo: School, client: Client) -> None:
    phones = {role: sign_ins.phone_of(role) for role in SignIn}
    for role, waits in ((SignIn.ADMINISTRATOR, True), (SignIn.ADDITIONAL_ADMINISTRATOR, False)):
        client.force_login(
            User.objects.get(phone=phones[role]), backend="allauth.account.auth_backends.AuthenticationBackend"
        )
        page = client.get("/").content.decode()
        assert ("ждёт второго администратора" in page) == waits
        assert "без приказа" in page
    assert facts_without_order(demo)
    assert PendingAct.objects.waiting().get(school=demo).proposed_by.phone == phones[SignIn.ADDITIONAL_ADMINISTRATOR]


def test_channels_have_posts_read_by_some(demo: School) -> None:
    for channel in demo.channels.all():
        assert channel.posts.count() >= 5
        assert channel.readings.exists()
    for sign_in, unread in ((SignIn.PARENT, 2), (SignIn.DIRECTOR, 4), (SignIn.ADMINISTRATOR, 0)):
        assert Post.objects.unread_by(User.objects.get(phone=sign_ins.phone_of(sign_in))).count() == unread
    assert Post.objects.filter(school=demo, recalled_at__isnull=False).exists()
    assert Post.objects.filter(school=demo, edited_at__isnull=False).exists()
