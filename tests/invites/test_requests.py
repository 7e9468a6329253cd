"""Join requests: made, withdrawn, approved, rejected (2.1)."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.http import Http404

from invites.answers import Answers
from invites.models import JoinRequest
from invites.ranks import AboveOwnRole
from invites.services import personal
from invites.services.deciding import approve_request, approve_requests, reject_requests
from invites.services.requesting import withdraw_request
from school.errors import Refusal
from school.models import Event, EventKind, Person, StaffPosition
from school.rights import RightDenied
from tests.conftest import Published
from tests.factories import make_class, make_parent, make_pupil, make_staff, user_of
from tests.invites.worlds import Class7B, ask, is_parent, make_7b, mother, use

pytestmark = pytest.mark.django_db
TEACHER = Answers("Орлова", "Инна", title="учитель физики")


@pytest.fixture
def world() -> Class7B:
    return make_7b()


def test_the_homeroom_teacher_approves_a_parent(world: Class7B) -> None:
    request = ask(world)
    approve_request(by=world.homeroom, request=request)
    request.refresh_from_db()
    assert (request.status, request.decided_by) == ("approved", world.homeroom)
    assert is_parent(request.user, world.child)
    event = Event.objects.get(kind=EventKind.JOIN_APPROVED)
    assert (event.actor, event.subject_id) == (world.homeroom, request.pk)


def test_the_teacher_chooses_the_child_who_was_not_recognised(world: Class7B) -> None:
    request = ask(world, mother("Йолкин", "Петя"))
    with pytest.raises(Refusal) as refusal:
        approve_request(by=world.homeroom, request=request)
    assert (refusal.value.code, refusal.value.field) == ("choose_child", "child")
    stranger = make_pupil(make_class(world.school, "7А"))
    with pytest.raises(Refusal) as refusal:
        approve_request(by=world.homeroom, request=request, child=stranger)
    assert refusal.value.code == "not_in_class"
    approve_request(by=world.homeroom, request=request, child=world.child)
    assert is_parent(request.user, world.child)


def test_a_pupil_is_recognised_or_enrolled_as_new(world: Class7B) -> None:
    import datetime as dt

    known = ask(world, Answers("Ёлкин", "Пётр", birth_date=dt.date(2000, 1, 1)), role="pupil")
    assert approve_request(by=world.homeroom, request=known) == world.child
    new = ask(world, Answers("Новиков", "Лев", birth_date=dt.date(2000, 1, 1)), role="pupil")
    person = approve_request(by=world.homeroom, request=new)
    assert person.enrolments.active().get().school_class == world.school_class
    assert person.birth_date == dt.date(2000, 1, 1)


def test_a_record_of_another_class_is_not_given_away(world: Class7B) -> None:
    import datetime as dt

    request = ask(world, Answers("Новиков", "Лев", birth_date=dt.date(2000, 1, 1)), role="pupil")
    other = make_pupil(make_class(world.school, "7А"), joined=False)
    with pytest.raises(Refusal) as refusal:
        approve_request(by=world.homeroom, request=request, person=other)
    assert refusal.value.code == "bad_person"


def test_staff_get_the_position_and_wait_for_the_status(world: Class7B) -> None:
    request = ask(world, TEACHER, role="teacher")
    person = approve_request(by=world.administrator, request=request)
    assert person.positions.active().get().title == "учитель физики"
    assert person.verification == Person.Verification.PENDING
    assert request.user.groups.filter(role_group__role="applicant").exists()


def test_a_teacher_of_the_lists_is_recognised(world: Class7B) -> None:
    listed = make_staff(world.school, joined=False, last_name="Орлова", first_name="Инна", patronymic="")
    assert approve_request(by=world.administrator, request=ask(world, TEACHER, role="teacher")) == listed


def test_as_new_leaves_the_record_of_the_lists_alone(world: Class7B) -> None:
    listed = make_staff(world.school, joined=False, last_name="Орлова", first_name="Инна", patronymic="")
    request = ask(world, TEACHER, role="teacher")
    assert approve_request(by=world.administrator, request=request, as_new=True) != listed


def test_only_whoever_decides_for_the_class_or_the_school_may(world: Class7B) -> None:
    request = ask(world)
    others = [user_of(make_staff(world.school)), user_of(make_parent(world.child)), make_7b().administrator]
    for user in others:
        assert not JoinRequest.objects.visible_to(user).exists()
        with pytest.raises(RightDenied):
            approve_request(by=user, request=request)
        with pytest.raises(RightDenied):
            reject_requests(by=user, requests=[request], reason="нет")
    assert list(JoinRequest.objects.visible_to(world.homeroom)) == [request]
    staff = ask(world, TEACHER, role="teacher")
    assert staff not in JoinRequest.objects.visible_to(world.homeroom)
    with pytest.raises(RightDenied):
        approve_request(by=world.homeroom, request=staff)


def test_nobody_approves_himself_or_above_himself(world: Class7B) -> None:
    own = ask(world, by=world.homeroom)
    with pytest.raises(Refusal) as refusal:
        approve_request(by=world.homeroom, request=own)
    assert refusal.value.code == "own_request"


def test_a_record_brings_no_position_above_the_deciders(world: Class7B) -> None:
    from school.regulation import Role
    from school.services.rights import set_right

    set_right(by=world.administrator, school=world.school, role=Role.TEACHER, codename="decide_requests", allowed=True)
    director = make_staff(world.school, StaffPosition.Kind.DIRECTOR, joined=False)
    request = ask(world, TEACHER, role="teacher")
    with pytest.raises(AboveOwnRole):
        approve_request(by=user_of(make_staff(world.school)), request=request, person=director)


def test_many_are_approved_and_those_that_need_a_choice_stay(world: Class7B) -> None:
    good, unclear = ask(world), ask(world, mother("Йолкин", "Петя"))
    decision = approve_requests(by=world.homeroom, requests=[good, unclear])
    assert decision.approved == [good]
    assert [(request, refusal.code) for request, refusal in decision.left] == [(unclear, "choose_child")]
    unclear.refresh_from_db()
    assert unclear.is_waiting


def test_many_are_rejected_with_a_reason_that_is_read(
    world: Class7B, published: Published, django_capture_on_commit_callbacks: Any
) -> None:
    requests = [ask(world), ask(world)]
    with pytest.raises(Refusal) as refusal:
        reject_requests(by=world.homeroom, requests=requests, reason="  ")
    assert refusal.value.field == "reason"
    with django_capture_on_commit_callbacks(execute=True):
        assert reject_requests(by=world.homeroom, requests=requests, reason="Не узнал вас") == 2
    assert reject_requests(by=world.homeroom, requests=requests, reason="Ещё раз") == 0
    requests[0].refresh_from_db()
    assert (requests[0].status, requests[0].reason) == ("rejected", "Не узнал вас")
    assert Event.objects.filter(kind=EventKind.JOIN_REJECTED).count() == 2
    told = {topic for topics, _payload in published.messages("request_decided") for topic in topics}
    assert told == {f"user:{request.user_id}" for request in requests}


def test_a_request_holds_a_place_until_it_is_refused_or_withdrawn(world: Class7B) -> None:
    invite = world.link(needs_approval=True, max_uses=2)
    first, second = (use(invite, answers=mother()).request for _number in range(2))
    assert first
    assert second
    invite.refresh_from_db()
    assert invite.state == "used_up"
    reject_requests(by=world.homeroom, requests=[first], reason="Нет")
    withdraw_request(by=second.user, request=second)
    invite.refresh_from_db()
    assert (invite.uses, invite.state) == (0, "active")


def test_only_the_applicant_withdraws_and_only_once(world: Class7B) -> None:
    request = ask(world)
    with pytest.raises(Http404):
        withdraw_request(by=world.homeroom, request=request)
    withdraw_request(by=request.user, request=request)
    assert Event.objects.get(kind=EventKind.JOIN_WITHDRAWN).actor == request.user
    with pytest.raises(Refusal) as refusal:
        withdraw_request(by=request.user, request=request)
    assert refusal.value.code == "already_decided"
    with pytest.raises(Refusal):
        approve_request(by=world.homeroom, request=request)


def test_a_personal_slip_with_approval_keeps_the_person(world: Class7B) -> None:
    invite = personal.create_personal_invite(by=world.homeroom, person=world.child)
    invite.needs_approval = True
    invite.save()
    request = use(invite).request
    assert request
    assert approve_request(by=world.homeroom, request=request) == world.child


def test_one_waiting_request_of_a_user_in_a_class(world: Class7B) -> None:
    request = ask(world)
    with pytest.raises(IntegrityError), transaction.atomic():
        JoinRequest.objects.create(
            school=world.school,
            school_class=world.school_class,
            role="parent",
            invite=request.invite,
            user=request.user,
            last_name="Ёлкина",
            first_name="Мария",
        )
    staff = ask(world, TEACHER, role="teacher")
    with pytest.raises(IntegrityError), transaction.atomic():
        JoinRequest.objects.create(
            school=world.school, role="teacher", invite=staff.invite, user=staff.user, last_name="О", first_name="И"
        )
