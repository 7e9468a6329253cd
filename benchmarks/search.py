"""Search: one out of 100,000 people of a school, among other schools."""

import time
from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from random import Random
from typing import Any

from .harness import Measured, Size, benchmark

TYPED = ("ёлкин", "Elkin", "`krby", "Удлшт", "Петров Иван", "пет", "555-44-33")
PAGE = 50
RARE = {"last_name": "Ёлкин", "first_name": "Пётр", "patronymic": "Ильич", "phone": "+79165554433"}

# The same answer without Django, rights and readings: the rows of one school that hold one pattern.
BARE = """
SELECT * FROM school_person WHERE school_id = %s AND removed_at IS NULL AND {pattern}
ORDER BY last_name, first_name, patronymic, id LIMIT 50
"""
BARE_PATTERNS = {
    "ёлкин": ["% elkin%"],
    "Elkin": ["% elkin%"],
    "`krby": ["% elkin%"],
    "Удлшт": ["% elkin%"],
    "Петров Иван": ["% petrov%", "% ivan%"],
    "пет": ["% pet%"],
}


@benchmark("search")
def finding_people(size: Size) -> Iterator[Measured]:
    """Search: the first 50 of 100,000 people of one school, 50 other schools of 1,000 beside it"""
    from tests import factories as f

    school = f.make_school()
    fill(school, size.of(100_000, 500), Random(7))
    for number in range(size.of(50, 2)):
        fill(f.make_school(), size.of(1_000, 50), Random(number))
    analyze()
    user = f.administrator_of(school)
    for typed in TYPED:
        if portal(school, user, typed) != floor(school, user, typed):
            raise AssertionError(f"the floor gives another answer to «{typed}»")
    for _ in range(size.rounds):
        for typed in TYPED:
            for who, work in (("portal", portal), ("floor", floor)):
                yield Measured(f"«{typed}»", "ms", who, milliseconds(partial(work, school, user, typed), size))


def fill(school: Any, count: int, random: Random) -> None:
    """Pupils of one class, by the thousand; one in ten thousand is the one who is looked for."""
    from django.utils import timezone

    from school.models import Enrolment, Person
    from tests import factories as f

    school_class = f.make_class(school, "7Б")
    made = (Person(school=school, **name) for name in names(count, random))
    while people := list(islice(made, 5000)):
        Person.objects.bulk_create(people, batch_size=1000)
        Enrolment.objects.bulk_create(
            [
                Enrolment(school=school, person=person, school_class=school_class, starts_on=timezone.localdate())
                for person in people
            ],
            batch_size=1000,
        )


def names(count: int, random: Random) -> Iterator[dict[str, str]]:
    from faker.providers.person.ru_RU import Provider

    from sferum_portal.demo.names import BOYS, FATHERS

    surnames = [name for name in Provider.last_names_male if name != RARE["last_name"]]
    for number in range(count):
        if number % 10_000 == 99:
            yield RARE
            continue
        yield {
            "last_name": random.choice(surnames),
            "first_name": random.choice(BOYS),
            "patronymic": random.choice(list(FATHERS.values()))[0],
            "phone": f"+7916{random.randrange(1_000_000, 5_000_000)}",
        }


def analyze() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def portal(school: Any, user: Any, typed: str) -> int:
    """As the page asks: rights anew, only whom the user sees, the present ones."""
    from school.models import Person
    from tests import factories as f

    asking = f.fresh(user)
    rows = Person.objects.visible_to(asking).filter(school=school).present().search(typed, asked_by=asking)
    return len(rows.order_by("last_name", "first_name", "patronymic", "pk")[:PAGE])


def floor(school: Any, user: Any, typed: str) -> int:
    from django.db import connection

    patterns = BARE_PATTERNS.get(typed, [])
    where = " AND ".join(["search_words LIKE %s"] * len(patterns)) or "phone LIKE %s"
    with connection.cursor() as cursor:
        cursor.execute(BARE.format(pattern=where), [school.pk, *(patterns or ["%5554433%"])])
        return len(cursor.fetchall())


def milliseconds(work: Callable[[], object], size: Size) -> float:
    work()
    times = size.of(10, 1)
    started = time.perf_counter()
    for _ in range(times):
        work()
    return (time.perf_counter() - started) * 1000 / times
