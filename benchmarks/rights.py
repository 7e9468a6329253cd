"""Rights: what a page of fifty classes asks about one user."""

import time
from collections.abc import Callable, Iterator

from .harness import Measured, Size, benchmark

OBJECTS = 50
RIGHTS = ("view_people", "create_parents_chat", "invite_parents")

# The same answer without Django: the rights that the user's groups hold, in one statement.
BARE = """
SELECT 'school', p.content_object_id, c.codename FROM school_schoolgrouppermission p
  JOIN auth_permission c ON c.id = p.permission_id JOIN accounts_user_groups g USING (group_id)
  WHERE g.user_id = %(user)s
UNION ALL
SELECT 'class', p.content_object_id, c.codename FROM school_classgrouppermission p
  JOIN auth_permission c ON c.id = p.permission_id JOIN accounts_user_groups g USING (group_id)
  WHERE g.user_id = %(user)s
"""


@benchmark("rights")
def rights_for_fifty_objects(size: Size) -> Iterator[Measured]:
    """Rights: three questions about each of 50 classes, a request anew each time"""
    from django.db import connection

    from school.models import SchoolClass
    from school.rights import may
    from tests import factories as f

    school = f.make_school()
    classes = [f.make_class(school, f"{n % 11 + 1}{letter}") for letter in "АБВГД" for n in range(OBJECTS // 5)]
    teacher = f.make_staff(school)
    for school_class in classes[::2]:
        f.make_homeroom(school_class, teacher)
    user = f.user_of(teacher)

    def portal() -> list[bool]:
        asking = f.fresh(user)
        page = SchoolClass.objects.filter(school=school, kind="class")[:OBJECTS]
        return [may(asking, right, each) for each in page for right in RIGHTS]

    def floor() -> list[bool]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM accounts_user WHERE id = %s", [user.pk])
            cursor.fetchall()
            cursor.execute(
                "SELECT id, school_id FROM school_schoolclass WHERE school_id = %s AND kind = 'class'", [school.pk]
            )
            page = cursor.fetchall()[:OBJECTS]
            cursor.execute(BARE, {"user": user.pk})
            held = set(cursor.fetchall())
        return [("class", pk, right) in held or ("school", of, right) in held for pk, of in page for right in RIGHTS]

    if sum(portal()) != sum(floor()):
        raise AssertionError("the floor gives another answer")
    for _ in range(size.rounds):
        yield Measured("150 answers", "ms", "portal", milliseconds(portal, size))
        yield Measured("150 answers", "ms", "floor", milliseconds(floor, size))


def milliseconds(work: Callable[[], object], size: Size) -> float:
    times = size.of(50, 3)
    started = time.perf_counter()
    for _ in range(times):
        work()
    return (time.perf_counter() - started) * 1000 / times
