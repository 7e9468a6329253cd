"""Two pairs of hands: what one administrator proposes another approves, or a day passes in which any can cancel."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from accounts.models import User
from school import acts as registry
from school.acts import DELAY, ActKind
from school.drift import check_rights
from school.errors import Refusal
from school.models import Event, EventKind, PendingAct, Person, StaffPosition
from school.rights import RightDenied
from school.services import acts, administrators, people, staff
from school.services.acts import approve_act, cancel_act, carry_out_due
from school.services.administrators import appoint_administrator
from school.tasks import carry_out_acts
from tests import factories as f
from tests.world import World

pytestmark = pytest.mark.django_db
As = Callable[[User], Client]
ORDER: Any = {"order_number": "12", "order_date": dt.date(2025, 9, 1)}


def code_of(act: Callable[[], Any]) -> str:
    with pytest.raises(Refusal) as refusal:
        act()
    return refusal.value.code


def user(world: World, role: str) -> User:
    return f.user_of(world.people[role])


def propose(world: World, person: Person | None = None, by: str = "administrator", **more: Any) -> PendingAct:
    act = appoint_administrator(by=user(world, by), person=person or world.own.homeroom, **ORDER, **more)
    assert act is not None
    return act


def is_administrator(person: Person) -> bool:
    return person.positions.active().filter(kind__endswith="administrator").exists()


def later(**time: Any) -> dt.datetime:
    return timezone.now() + DELAY + dt.timedelta(**time)


def kinds_logged(act: PendingAct) -> list[int]:
    rows = Event.objects.filter(subject_type="pendingact", subject_id=act.pk).order_by("pk")
    return list(rows.values_list("kind", flat=True))


# --- proposing and approving ----------------------------------------------------------------------------------------


def test_an_appointment_waits_and_is_done_by_the_second_administrator(world: World):
    act, person = propose(world), world.own.homeroom
    assert act.is_waiting
    assert act.due_at - act.proposed_at == dt.timedelta(hours=24)
    assert person.full_name in act.summary
    assert not is_administrator(person)
    approve_act(by=user(world, "additional_administrator"), act=act)
    post = person.positions.active().get(kind=StaffPosition.Kind.ADDITIONAL_ADMINISTRATOR)
    assert (post.order_number, post.order_date) == ("12", ORDER["order_date"])
    assert kinds_logged(act) == [EventKind.ACT_PROPOSED, EventKind.ACT_APPROVED]
    appointed = Event.objects.filter(kind=EventKind.ADMINISTRATOR_APPOINTED, person_id=person.pk).get()
    assert appointed.actor == user(world, "administrator")
    assert not check_rights(world.own.school)


def test_nobody_approves_his_own_act_or_one_that_does_not_wait(world: World):
    act, second = propose(world), user(world, "additional_administrator")
    assert code_of(lambda: approve_act(by=user(world, "administrator"), act=act)) == "own_act"
    approve_act(by=second, act=act)
    assert code_of(lambda: approve_act(by=second, act=act)) == "not_waiting"
    assert code_of(lambda: cancel_act(by=second, act=act)) == "not_waiting"


def test_the_same_is_not_proposed_twice_while_it_waits(world: World):
    act = propose(world)
    assert code_of(lambda: propose(world)) == "already_proposed"
    cancel_act(by=user(world, "additional_administrator"), act=act)
    assert propose(world).is_waiting


def test_what_cannot_be_is_refused_when_it_is_proposed(world: World):
    assert code_of(lambda: propose(world, world.people["applicant"])) == "not_eligible"
    assert code_of(lambda: propose(world, world.people["administrator"])) == "position_exists"
    with pytest.raises(RightDenied):
        propose(world, by="additional_administrator")
    assert not PendingAct.objects.exists()


@pytest.mark.parametrize("role", ["deputy", "homeroom", "employee", "parent"])
def test_others_neither_approve_nor_cancel(world: World, role: str):
    act = propose(world)
    for decide in (approve_act, cancel_act):
        with pytest.raises(RightDenied):
            decide(by=user(world, role), act=act)
    assert not PendingAct.objects.visible_to(user(world, role)).exists()


def test_the_administrator_of_another_school_does_not_count(world: World):
    act, stranger = propose(world), f.administrator_of(world.other_school.school)
    with pytest.raises(RightDenied):
        approve_act(by=stranger, act=act)
    assert not PendingAct.objects.visible_to(stranger).exists()


def test_a_dismissed_administrator_with_an_old_page_open_approves_nothing(world: World):
    act, second = propose(world), user(world, "additional_administrator")
    assert second.has_perm("school.approve_acts", world.own.school)  # kept for the request
    administrators.dismiss_administrator(
        by=user(world, "administrator"), person=world.people["additional_administrator"], **ORDER
    )
    with pytest.raises(RightDenied):
        approve_act(by=second, act=act)


# --- the director ---------------------------------------------------------------------------------------------------


def test_the_director_appoints_at_once_and_approves(world: World):
    director = f.user_of(f.settle(world.people["director"]))
    assert appoint_administrator(by=director, person=world.own.homeroom, **ORDER) is None
    assert is_administrator(world.own.homeroom)
    act = propose(world, world.own.class_teacher)
    approve_act(by=director, act=act)
    assert is_administrator(world.own.class_teacher)


def test_a_director_made_a_moment_ago_is_no_second_pair_of_hands(world: World):
    """Otherwise an administrator would put his own man into the director's place, and appoint through him."""
    admin, mine = user(world, "administrator"), world.own.class_teacher
    staff.end_position(by=admin, position=world.people["director"].positions.get(kind="director"))
    staff.start_position(by=admin, person=mine, kind=StaffPosition.Kind.DIRECTOR)
    puppet = f.user_of(mine)
    assert code_of(lambda: approve_act(by=puppet, act=propose(world))) == "new_director"
    act = appoint_administrator(by=puppet, person=world.other_class.homeroom, **ORDER)
    assert act is not None
    approve_act(by=admin, act=act)  # an administrator is the second pair of a new director
    assert is_administrator(world.other_class.homeroom)


def test_a_login_put_in_the_directors_place_is_no_second_pair_of_hands(world: World):
    director = f.settle(world.people["director"])
    people.detach_user(by=user(world, "administrator"), person=director)
    f.join(Person.objects.get(pk=director.pk))
    thief = f.user_of(Person.objects.get(pk=director.pk))
    assert code_of(lambda: approve_act(by=thief, act=propose(world))) == "new_director"
    cancel_act(by=thief, act=PendingAct.objects.waiting().get())  # stopping is always allowed


# --- the delay ------------------------------------------------------------------------------------------------------


def test_what_nobody_cancels_is_done_after_a_day_and_once(world: World):
    act = propose(world)
    assert carry_out_due(now=later(minutes=-1)) == 0
    assert carry_out_due(now=later(minutes=1)) == 1
    assert carry_out_due(now=later(minutes=2)) == 0
    act.refresh_from_db()
    assert (act.approved_by, act.carried_out_at is not None) == (None, True)
    assert is_administrator(world.own.homeroom)
    assert kinds_logged(act) == [EventKind.ACT_PROPOSED, EventKind.ACT_CARRIED_OUT]
    assert Event.objects.get(kind=EventKind.ACT_CARRIED_OUT).actor is None


def test_a_school_with_one_administrator_has_the_delay(world: World):
    school = f.make_school()
    person = f.make_staff(school)
    act = appoint_administrator(by=f.administrator_of(school), person=person, **ORDER)
    assert act is not None
    assert code_of(lambda: approve_act(by=f.administrator_of(school), act=act)) == "own_act"
    assert carry_out_due(now=later(minutes=1)) == 1
    assert is_administrator(person)


def test_what_is_cancelled_is_never_done(world: World):
    act = propose(world)
    cancel_act(by=user(world, "additional_administrator"), act=act)
    assert carry_out_due(now=later(hours=1)) == 0
    assert not is_administrator(world.own.homeroom)
    assert kinds_logged(act) == [EventKind.ACT_PROPOSED, EventKind.ACT_CANCELLED]


def test_who_proposed_may_cancel_it_himself(world: World):
    act = propose(world)
    assert cancel_act(by=user(world, "administrator"), act=act).cancelled_by == user(world, "administrator")


def test_a_proposer_who_may_not_any_more_has_proposed_nothing(world: World):
    act, heir = propose(world), world.people["additional_administrator"]
    administrators.appoint_at_once(by=user(world, "administrator"), person=heir, main=True, **ORDER)
    assert code_of(lambda: approve_act(by=f.user_of(heir), act=act)) == "proposer_denied"
    assert carry_out_due(now=later(hours=1)) == 0
    act.refresh_from_db()
    assert act.failure == "Тот, кто это предложил, больше не вправе это делать."
    assert Event.objects.get(kind=EventKind.ACT_FAILED).new == {"reason": act.failure}
    assert not is_administrator(world.own.homeroom)
    assert carry_out_due(now=later(hours=2)) == 0


def test_what_became_impossible_fails_with_its_reason(world: World):
    act = propose(world)
    people.remove_person(by=user(world, "administrator"), person=world.own.homeroom)
    assert code_of(lambda: approve_act(by=user(world, "additional_administrator"), act=act)) == "not_eligible"
    carry_out_due(now=later(hours=1))
    act.refresh_from_db()
    assert "вступивший учитель" in act.failure


def test_an_error_of_the_program_leaves_the_act_and_the_others_go_on(world: World, monkeypatch: pytest.MonkeyPatch):
    def breaks(by: User, school: Any, payload: dict[str, Any]) -> None:
        raise RuntimeError

    monkeypatch.setitem(registry._kinds, "breaks", ActKind("breaks", "Ломается", "manage_people", breaks))
    admin = user(world, "administrator")
    act = acts.propose_act(by=admin, school=world.own.school, kind="breaks", payload={}, summary="Ломается")
    propose(world)
    assert carry_out_due(now=later(hours=1)) == 1
    act.refresh_from_db()
    assert act.is_waiting


def test_the_schedule_calls_it(world: World, settings: Any):
    act = propose(world)
    yesterday = timezone.now() - DELAY
    PendingAct.objects.filter(pk=act.pk).update(proposed_at=yesterday - DELAY, due_at=yesterday)
    assert carry_out_acts() == 1
    assert "school.tasks.carry_out_acts" in {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}


@pytest.mark.parametrize(
    "impossible",
    [
        {"approved_at": timezone.now()},
        {"approved_by": "proposer", "approved_at": timezone.now(), "carried_out_at": timezone.now()},
        {"approved_by": "second", "approved_at": timezone.now()},
        {"cancelled_at": timezone.now()},
        {"failed_at": timezone.now()},
        {"failure": "Причина"},
        {"carried_out_at": timezone.now(), "failed_at": timezone.now(), "failure": "Причина"},
        {"cancelled_by": "second", "cancelled_at": timezone.now(), "carried_out_at": timezone.now()},
        {"due_at": timezone.now() - dt.timedelta(days=2)},
    ],
)
def test_the_database_refuses_impossible_states(world: World, impossible: dict[str, Any]):
    who = {"proposer": user(world, "administrator"), "second": user(world, "additional_administrator")}
    act = propose(world)
    values = {name: who.get(value, value) if isinstance(value, str) else value for name, value in impossible.items()}
    with pytest.raises(IntegrityError), transaction.atomic():
        PendingAct.objects.filter(pk=act.pk).update(**values)
