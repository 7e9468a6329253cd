"""A link with 30 places and 200 people at once."""

import threading
from collections import Counter

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import User
from invites.models import InviteUse
from invites.services import redemption
from invites.tokens import token_of
from school.errors import Refusal
from school.models import Enrolment, Event, EventKind, Guardianship, Person
from school.text import fold
from tests.factories import make_user
from tests.invites.worlds import Class7B, make_7b, mother

PEOPLE, PLACES = 200, 30
_AT_ONCE = 40  # connections; the server has 100


def name_of(number: int) -> str:
    return "Ян" + "абвгдежзик"[number // 20] + "лмнопрстуфхцчшщыэюйь"[number % 20]


def _enrol_many(world: Class7B) -> None:
    """Pupils who have not joined have no roles yet, so rows are enough and two hundred calls are saved."""
    names = [{"last_name": "Сосна", "first_name": name_of(number)} for number in range(PEOPLE)]
    people = [Person(school=world.school, search_key=fold(" ".join(name.values())), **name) for name in names]
    today = timezone.localdate()
    Enrolment.objects.bulk_create(
        Enrolment(school=world.school, person=person, school_class=world.school_class, starts_on=today)
        for person in Person.objects.bulk_create(people)
    )


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_hundred_people_at_thirty_places() -> None:
    world = make_7b()
    invite = world.link(max_uses=PLACES)
    token = token_of(invite)
    _enrol_many(world)
    users = [make_user() for _number in range(PEOPLE)]
    outcomes: Counter[str] = Counter()
    free, start = threading.Semaphore(_AT_ONCE), threading.Event()

    def join(user: User, number: int) -> None:
        start.wait()
        with free:
            try:
                answers = mother("Сосна", name_of(number))
                outcomes[redemption.redeem(by=user, token=token, answers=answers).outcome] += 1
            except Refusal as refusal:
                outcomes[refusal.code] += 1
            finally:
                connection.close()

    threads = [threading.Thread(target=join, args=(user, number)) for number, user in enumerate(users)]
    for thread in threads:
        thread.start()
    start.set()
    for thread in threads:
        thread.join()
    invite.refresh_from_db()
    assert outcomes == {"joined": PLACES, "used_up": PEOPLE - PLACES}
    assert invite.uses == PLACES
    assert Guardianship.objects.active().count() == PLACES
    assert Counter(InviteUse.objects.values_list("outcome", flat=True)) == {"joined": 30, "refused": 170}
    assert Event.objects.filter(kind=EventKind.INVITE_REDEEMED).count() == PLACES


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_double_click_in_two_threads_joins_once() -> None:
    world = make_7b()
    token, user = token_of(world.link()), make_user()
    outcomes: Counter[str] = Counter()

    def click() -> None:
        try:
            outcomes[redemption.redeem(by=user, token=token, answers=mother()).outcome] += 1
        except Refusal as refusal:
            outcomes[refusal.code] += 1
        finally:
            connection.close()

    threads = [threading.Thread(target=click) for _number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes == {"joined": 1, "already_member": 7}
    assert user.persons.count() == 1
