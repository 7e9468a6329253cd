"""Pupils and their parents, and who of all the people has joined."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from accounts.models import User
from accounts.services import create_login
from school.models import Activist, Guardianship, Person, SchoolClass, StaffPosition
from school.services import bulk, people

from . import plan
from .names import Family, Name
from .plan import SignIn
from .stage import Stage

ORDER = {"order_number": "112-К", "order_date": dt.date(2025, 8, 29)}


def enrol_families(stage: Stage) -> None:
    """Fill the classes family by family; one family in eight has two children at the school."""
    families = list(_families(stage))
    year, children = (
        stage.school.current_year.starts_on.year,
        dict[int, Person](),
    )  # by the identity of the name, which is drawn once
    for home, school_class in stage.classes.items():
        names = [
            name for family, homes in families for name, own in zip(family.children, homes, strict=True) if own == home
        ]
        entered = year - (school_class.parallel or 1) + 1
        rows = [{**name.fields, **_papers(stage, school_class, entered)} for name in names]
        stage.pupils[home] = bulk.add_pupils(by=stage.administrator, school_class=school_class, rows=rows, order=ORDER)
        children |= {id(name): pupil for name, pupil in zip(names, stage.pupils[home], strict=True)}
    alone = {pupil.pk for home in plan.WITHOUT_ADULTS for pupil in stage.pupils.get(home, [])[:2]}
    broods = [[children[id(name)] for name in family.children] for family, _homes in families]
    _add_parents(stage, [(family, brood) for (family, _homes), brood in zip(families, broods, strict=True)], alone)
    if plan.CLASS_OF_SIGN_INS in stage.classes:
        stage.cast(SignIn.PUPIL, broods[0][0])
        stage.cast(SignIn.PARENT, stage.parents[broods[0][0].pk][0])


def _families(stage: Stage) -> Iterator[tuple[Family, list[str]]]:
    """Each family and the classes of its children; the first is the one that a visitor signs in as."""
    places = [name for name in stage.classes for _ in range(stage.size.pupils + stage.random.randint(-2, 2))]
    stage.random.shuffle(places)
    if plan.CLASS_OF_SIGN_INS in stage.classes:
        homes = [plan.CLASS_OF_SIGN_INS, next(iter(stage.classes))]
        for name in homes:
            places.remove(name)
        yield stage.names.family(2), homes
    while places:
        homes = [places.pop() for _ in range(min(len(places), 2 if stage.by_chance(0.12) else 1))]
        with_mother, with_father = stage.by_chance(0.97), stage.by_chance(0.62)
        yield stage.names.family(len(homes), with_mother=with_mother, with_father=with_father), homes


def _papers(stage: Stage, school_class: SchoolClass, entered: int) -> dict[str, Any]:
    """Date of birth and the number of the personal file; `entered` is the year in which the class began school."""
    born = dt.date(entered - 7, 1, 1) + dt.timedelta(days=stage.random.randrange(365))
    return {"birth_date": born, "file_number": f"{school_class.letter}-{stage.random.randrange(100, 999)}"}


def _add_parents(stage: Stage, families: list[tuple[Family, list[Person]]], alone: set[int]) -> None:
    rows: list[bulk.Family] = []
    for family, brood in families:
        if not any(child.pk in alone for child in brood):
            rows += [(name.fields, brood, _kinship(name)) for name in (family.mother, family.father) if name]
    parents = bulk.add_parents(by=stage.administrator, school=stage.school, families=rows)
    stage.parents = {child.pk: [] for _family, brood in families for child in brood}
    for parent, (_fields, wards, _kind) in zip(parents, rows, strict=True):
        for child in wards:
            stage.parents[child.pk].append(parent)


def _kinship(name: Name) -> str:
    return Guardianship.Kind.MOTHER if name.female else Guardianship.Kind.FATHER


def choose_activists(stage: Stage) -> None:
    """One parent of each class, one pupil of each class from the eighth on (2.2)."""
    for name, school_class in stage.classes.items():
        parent = next((adults[0] for pupil in stage.pupils[name] if (adults := stage.parents[pupil.pk])), None)
        if parent:
            people.set_activist(by=stage.administrator, person=parent, kind=Activist.Kind.PARENTS, active=True)
        if (school_class.parallel or 0) >= 7:
            pupil = stage.pupils[name][0]
            people.set_activist(by=stage.administrator, person=pupil, kind=Activist.Kind.PUPILS, active=True)


# --- joining ----------------------------------------------------------------------------------------------------------


def join_staff(stage: Stage) -> None:
    """The staff has joined, except some of the teachers and employees."""
    late = (StaffPosition.Kind.TEACHER, StaffPosition.Kind.EXTRA_TEACHER, StaffPosition.Kind.EMPLOYEE)
    needed = {person.pk for person in stage.homerooms.values()} | {person.pk for person in stage.sign_ins.values()}
    willing = [
        person
        for kind, persons in stage.staff.items()
        for person in persons
        if person.user_id is None and (kind not in late or person.pk in needed or stage.by_chance(0.85))
    ]
    _join(stage, [(person, _by_phone(stage, person)) for person in willing])


def join_families(stage: Stage) -> None:
    """Parents and pupils who have joined; in some classes few, so that the figures say something."""
    joining: dict[int, tuple[Person, User]] = {}
    for home, school_class in stage.classes.items():
        share = plan.JOINED_SHARE.get(home, 0.75 + 0.25 * stage.random.random())
        primary = (school_class.parallel or 0) <= 4
        for pupil in stage.pupils[home]:
            for number, parent in enumerate(stage.parents[pupil.pk]):
                willing = stage.sign_in_of(parent) or stage.by_chance(share * (1 if number == 0 else 0.5))
                if parent.pk not in joining and willing:
                    joining[parent.pk] = parent, _by_phone(stage, parent)
            if stage.sign_in_of(pupil) or stage.by_chance(share * (0.25 if primary else 0.9)):
                joining[pupil.pk] = pupil, (_by_login if primary else _by_phone)(stage, pupil)
    _join(stage, list(joining.values()))


def _by_phone(stage: Stage, person: Person) -> User:
    return User.objects.create_user(phone=stage.phone_for(person), phone_verified=True, name=person.full_name)


def _by_login(stage: Stage, person: Person) -> User:
    """The youngest have no phone: the school gives them a name to sign in by."""
    return create_login(by=stage.administrator, name=f"{person.last_name} {person.first_name}")


def _join(stage: Stage, pairs: list[tuple[Person, User]]) -> None:
    bulk.attach_users(school=stage.school, pairs=pairs)
    for person, user in pairs:
        person.user = user
