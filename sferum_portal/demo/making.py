"""The making of the demo schools, step by step."""

from collections.abc import Callable, Iterator
from functools import partial

from django.db import connection, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from school.models import School
from school.roles import projecting_once

from . import ageing, chatting, families, inviting, movement, papers, posts, school_life, sign_ins
from .names import Names
from .plan import Size
from .stage import Stage, numbers_from

Step = tuple[Promise | str, Callable[[Stage], None]]

# Facts first, all at once; what people do by the rights that follow comes after.
FACTS: tuple[Step, ...] = (
    (_("classes"), school_life.make_classes),
    (_("staff"), school_life.hire_staff),
    (_("confirmation of the teachers"), school_life.confirm_teachers),
    (_("homeroom teachers"), school_life.assign_homerooms),
    (_("subjects and study groups"), school_life.assign_teaching),
    (_("pupils and parents"), families.enrol_families),
    (_("parts of the classes"), school_life.divide_classes),
    (_("activists"), families.choose_activists),
    (_("the staff joins"), families.join_staff),
    (_("families join"), families.join_families),
    (_("administrators"), school_life.appoint_administrators),
)
LIFE: tuple[Step, ...] = (
    (_("four weeks pass"), ageing.age_school),
    (_("movement of the autumn"), movement.move_pupils),
    (_("invites"), inviting.invite_people),
    (_("invites that are over"), inviting.close_invites),
    (_("join requests"), inviting.request_to_join),
    (_("people come and go"), ageing.age_people),
    (_("chats"), chatting.create_chats),
    (_("messages"), chatting.fill_chats),
    (_("age of the chats"), ageing.age_chats),
    (_("posts in the channels"), posts.publish_posts),
    (_("documents"), papers.issue_documents),
    (_("what waits for a second administrator"), movement.ask_for_export),
    (_("passwords"), sign_ins.give_passwords),
)
# After the commit: those who joined have caught up with their chats by then, and find only this unread.
TODAY: tuple[Step, ...] = ((_("what is said today"), chatting.talk_today),)
STEPS = len(FACTS) + len(LIFE) + len(TODAY) + 1


def demo_school() -> School | None:
    """The demo school whose people a visitor signs in as."""
    return School.objects.filter(is_demo=True).order_by("pk").first()


def make_schools(size: Size, on_step: Callable[[int, str], None]) -> Iterator[School]:
    """Make the schools one by one, each whole or not at all; `on_step` hears the school's number and the step's name."""
    phones = numbers_from(1001)
    for number in range(1, size.schools + 1):
        stage = Stage(size, number, Names(seed=number), phones)
        make_school(stage, partial(on_step, number))
        if number.bit_count() == 1 or number == size.schools:  # the tables have doubled, or this was the last one
            _describe_tables()
        yield stage.school


def _describe_tables() -> None:
    """Tell PostgreSQL's planner how large the tables are now: its own look at them comes later, or never where it is off.

    Without it the last of 42 schools took one and a half times as long as with it.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def make_school(stage: Stage, on_step: Callable[[str], None]) -> None:
    with transaction.atomic():
        school_life.open_school(stage)
        with projecting_once(stage.school):
            _play(stage, FACTS, on_step)
            on_step(str(_("who may do what")))
        _play(stage, LIFE, on_step)
    with transaction.atomic():
        _play(stage, TODAY, on_step)


def _play(stage: Stage, steps: tuple[Step, ...], on_step: Callable[[str], None]) -> None:
    for name, act in steps:
        on_step(str(name))
        act(stage)
