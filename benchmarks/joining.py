"""Joining: the parents of a school open one link on one evening."""

import itertools
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from .harness import Measured, Size, benchmark

AT_ONCE = 16
_numbers = itertools.count()


@benchmark("joining")
def parents_joining(size: Size) -> Iterator[Measured]:
    """Joining: 300 parents by one link, 16 at a time"""
    parents = size.of(300, 20)
    for _ in range(size.rounds):
        yield Measured("joined", "per s", "portal", joined_by_portal(parents), more_is_better=True)
        yield Measured("joined", "per s", "floor", joined_by_floor(parents), more_is_better=True)


def at_once(work: Callable[[Any], object], items: list[Any]) -> float:
    """Items a second; every thread closes the connection that it opened."""
    from django.db import connections

    def one(item: Any) -> None:
        try:
            work(item)
        finally:
            connections.close_all()

    started = time.perf_counter()
    with ThreadPoolExecutor(AT_ONCE) as threads:
        list(threads.map(one, items))
    return len(items) / (time.perf_counter() - started)


def surname(number: int) -> str:
    """A name of letters, another for every number."""
    return "Фамилия" + "".join("абвгдежзик"[int(digit)] for digit in str(number))


def joined_by_portal(parents: int) -> float:
    """Each names himself and his child, and is in the class and its chats: facts, groups, event log."""
    from invites.answers import Answers
    from invites.services import issuing
    from invites.services.redemption import redeem
    from invites.tokens import token_of
    from school.models import Enrolment
    from tests import factories as f

    school = f.make_school()
    school_class = f.make_class(school)
    admin = f.administrator_of(school)
    pupils = [f.make_pupil(school_class, joined=False, last_name=surname(n), first_name="Имя") for n in range(parents)]
    invite = issuing.create_invite(by=admin, school=school, role="parent", school_class=school_class)
    token = token_of(invite)

    def join(number: int) -> None:
        child = pupils[number]
        said = Answers(
            last_name=child.last_name,
            first_name="Мария",
            kind="mother",
            child_last_name=child.last_name,
            child_first_name=child.first_name,
        )
        redeem(by=users[number], token=token, answers=said)

    users = [f.make_user() for _ in pupils]
    speed = at_once(join, list(range(parents)))
    invite.refresh_from_db()
    if invite.uses != parents or Enrolment.objects.filter(school=school).count() != parents:
        raise AssertionError(f"{invite.uses} of {parents} joined")
    return speed


def joined_by_floor(parents: int) -> float:
    """The rows that have to be there afterwards, by plain SQL in one transaction each."""
    from django.db import connection, transaction

    from tests import factories as f

    table = f"floor_joining_{next(_numbers)}"
    users = [f.make_user().pk for _ in range(parents)]
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE {table} (id bigserial PRIMARY KEY, kind text, who bigint, what text)")
        cursor.execute(f"INSERT INTO {table} (kind, who) VALUES ('uses', 0)")

    def join(user: int) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE {table} SET who = who + 1 WHERE kind = 'uses' RETURNING who")
            for kind in ("person", "guardianship", "group", "group", "event", "event", "use"):
                cursor.execute(f"INSERT INTO {table} (kind, who, what) VALUES (%s, %s, %s)", [kind, user, "Мария"])

    return at_once(join, users)
