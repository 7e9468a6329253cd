"""The demo school, in its smallest size: it obeys every rule, is the same every time, and is made once."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.db import transaction

from accounts.models import User
from school.drift import check_rights
from school.models import Event, Homeroom, Person, School, StaffPosition
from school.regulation import Role
from school.services.verification import Verification
from sferum_portal.demo import making, sign_ins
from sferum_portal.demo.names import FATHERS, Names
from sferum_portal.demo.plan import PASSWORD, SignIn
from tests import factories as make

pytestmark = pytest.mark.django_db


def run(**options: object) -> str:
    out = StringIO()
    call_command("demo", **{"size": "tiny", "stdout": out, **options})  # type: ignore[arg-type]
    return out.getvalue()


@pytest.fixture
def demo() -> School:
    run()
    return School.objects.get()


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
    assert demo.people.filter(enrolments__isnull=False, guardians__isnull=True).count() == 4
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


def test_the_password_is_known_on_a_development_machine(settings) -> None:
    settings.DEVELOPMENT = True
    assert PASSWORD in run()
    for sign_in in SignIn:
        assert User.objects.get(phone=sign_ins.phone_of(sign_in)).check_password(PASSWORD)
    assert User.objects.get(is_superuser=True).login == sign_ins.OPERATOR


def test_elsewhere_nobody_has_a_password(settings) -> None:
    settings.DEVELOPMENT = False
    out = run()
    assert PASSWORD not in out
    assert not User.objects.filter(is_superuser=True).exists()
    assert all(not user.has_usable_password() for user in User.objects.all())


def test_a_second_run_changes_nothing(demo: School) -> None:
    before = Event.objects.count()
    assert "+79000000001" in run()
    assert (School.objects.count(), Event.objects.count()) == (1, before)


def test_if_empty_leaves_a_school_alone() -> None:
    make.make_school()
    assert run(if_empty=True) == ""
    assert School.objects.count() == 1


def test_it_is_the_same_every_time() -> None:
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

    monkeypatch.setattr(making, "LIFE", (*making.LIFE[:2], ("break", break_down)))
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
