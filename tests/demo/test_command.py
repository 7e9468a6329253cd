"""`manage.py demo`: the same school every time, made once, whole or not at all."""

from dataclasses import replace

import pytest
from django.db import connection, transaction

from accounts.models import User
from school.models import Event, Person, School
from sferum_portal.demo import making, sign_ins
from sferum_portal.demo.names import FATHERS, Names
from sferum_portal.demo.plan import PASSWORD, SIZES, SignIn
from sferum_portal.demo.stage import Stage
from tests import factories as make
from tests.demo.making import run

pytestmark = pytest.mark.django_db


@pytest.fixture
def only_facts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without what people do in the school: much faster."""
    passwords = ("passwords", sign_ins.give_passwords)
    monkeypatch.setattr(making, "LIFE", (passwords,))
    monkeypatch.setattr(making, "TODAY", ())


def test_the_password_is_known_on_a_development_machine(settings, only_facts: None) -> None:
    settings.DEVELOPMENT = True
    assert PASSWORD in run()
    for sign_in in SignIn:
        assert User.objects.get(phone=sign_ins.phone_of(sign_in)).check_password(PASSWORD)
    assert User.objects.get(is_superuser=True).login == sign_ins.OPERATOR


def test_elsewhere_nobody_has_a_password(settings, only_facts: None) -> None:
    settings.DEVELOPMENT = False
    out = run()
    assert PASSWORD not in out
    assert not User.objects.filter(is_superuser=True).exists()
    assert all(not user.has_usable_password() for user in User.objects.all())


def test_a_second_run_changes_nothing(only_facts: None) -> None:
    run()
    before = Event.objects.count()
    assert "+79000000001" in run()
    assert (School.objects.count(), Event.objects.count()) == (1, before)


def test_if_empty_leaves_a_school_alone() -> None:
    make.make_school()
    assert run(if_empty=True) == ""
    assert School.objects.count() == 1


def test_it_is_the_same_every_time(only_facts: None) -> None:
    def names() -> list[str]:
        with transaction.atomic():
            run()
            people = Person.objects.order_by("pk").values_list("last_name", "first_name", "patronymic", "user__phone")
            answer = [" ".join(filter(None, row)) for row in people]
            transaction.set_rollback(True)
        return answer

    assert names() == names()


def test_a_school_is_made_whole_or_not_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    def break_down(stage: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(making, "LIFE", (("break", break_down),))
    with pytest.raises(RuntimeError):
        run()
    assert not School.objects.exists()
    assert not User.objects.exists()


def test_names_agree_with_the_sex_and_with_the_father() -> None:
    names = Names(seed=5)
    families = [names.family(2) for _ in range(200)]
    for family in families:
        assert family.father
        for person in (family.mother, family.father, *family.children):
            assert person
            assert person.last_name.endswith(("ова", "ева", "ёва", "ина", "ына")) == person.female, person
            assert person.patronymic.endswith("на") == person.female, person
        for child in family.children:
            assert child.patronymic == FATHERS[family.father.first_name][child.female]
    assert Names(seed=5).family(2) == families[0]


def test_the_planner_hears_when_the_tables_have_doubled_and_at_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[int] = []
    made: list[int] = []

    def make_nothing(stage: Stage, on_step: object) -> None:
        stage.school = School()
        made.append(stage.number)

    monkeypatch.setattr(making, "make_school", make_nothing)
    monkeypatch.setattr(making, "_describe_tables", lambda: told.append(len(made)))
    list(making.make_schools(replace(SIZES["tiny"], schools=11), lambda number, step: None))
    assert told == [1, 2, 4, 8, 11]


@pytest.mark.postgres
def test_postgresql_counts_the_rows_of_a_new_school(only_facts: None) -> None:
    run()
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE relname = %s", [Person._meta.db_table])
        assert cursor.fetchone() == (Person.objects.count(),)
