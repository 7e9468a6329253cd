"""The one place where tests build their world, through the services."""

import datetime as dt
import itertools
from typing import Any

from django.utils import timezone

from accounts.models import User
from school.models import AcademicYear, Guardianship, Person, School, SchoolClass, StaffPosition, StudyGroup
from school.services import people, pupils, schools, staff, structure, verification

_numbers = itertools.count(1)
_NAMES = ["Абрамова", "Белов", "Власова", "Громов", "Дьяконова", "Ершов", "Жукова", "Зимин"]


def make_user(**fields: Any) -> User:
    """A login by phone that has proved its phone."""
    number = next(_numbers)
    fields.setdefault("phone", f"+7916{number:07d}")
    return User.objects.create_user(name=fields.pop("name", f"Пользователь {number}"), phone_verified=True, **fields)


def make_operator() -> User:
    return User.objects.create_superuser(login=f"operator{next(_numbers)}", password="operator-password")


def _names() -> dict[str, str]:
    number = next(_numbers)
    return {"last_name": _NAMES[number % len(_NAMES)], "first_name": f"Имя{number}", "patronymic": "Петровна"}


def make_school(**fields: Any) -> School:
    """A school with a main administrator who has joined: `administrator_of(school)`."""
    number = next(_numbers)
    fields = {"name": f"МБОУ СОШ № {number}", "short_name": f"Школа № {number}", "city": "Владикавказ", **fields}
    school = schools.create_school(by=None, **fields)
    schools.seat_first_administrator(by=None, school=school, user=make_user(), **_names())
    return school


def administrator_of(school: School) -> User:
    """The main administrator's login, with nothing kept from earlier questions."""
    position = StaffPosition.objects.active().get(school=school, kind=StaffPosition.Kind.ADMINISTRATOR)
    return user_of(position.person)


def fresh(user: User) -> User:
    """The same login as the next request sees it."""
    return User.objects.get(pk=user.pk)


def make_class(school: School, name: str = "7Б") -> SchoolClass:
    parallel, letter = structure.parse_class_name(name)
    return structure.create_class(by=administrator_of(school), school=school, parallel=parallel, letter=letter)


def make_staff(
    school: School, kind: str = StaffPosition.Kind.TEACHER, *, joined: bool = True, verified: bool = True, **fields: Any
) -> Person:
    """A member of the staff; joined and with the status «учитель» unless said otherwise."""
    admin = administrator_of(school)
    person = staff.add_staff(by=admin, school=school, kind=StaffPosition.Kind(kind), **{**_names(), **fields})
    if joined:
        join(person)
    if verified:
        verification.confirm_teachers(by=admin, school=school, people=[person])
    return Person.objects.get(pk=person.pk)


def make_homeroom(school_class: SchoolClass, person: Person | None = None) -> Person:
    person = person or make_staff(school_class.school)
    staff.assign_homeroom(by=administrator_of(school_class.school), school_class=school_class, person=person)
    return person


def make_teaching(
    school_class: SchoolClass, subject: str = "Алгебра", part: str = "", person: Person | None = None
) -> Person:
    person = person or make_staff(school_class.school)
    group = make_study_group(school_class, subject, part)
    staff.assign_teaching(by=administrator_of(school_class.school), study_group=group, person=person)
    return person


def make_study_group(school_class: SchoolClass, subject: str = "Алгебра", part: str = "") -> StudyGroup:
    admin = administrator_of(school_class.school)
    added = structure.add_subject(by=admin, school=school_class.school, name=subject)
    return structure.create_study_group(by=admin, school_class=school_class, subject=added, part=part)


def make_pupil(school_class: SchoolClass, *, joined: bool = True, **fields: Any) -> Person:
    person = pupils.add_pupil(
        by=administrator_of(school_class.school), school_class=school_class, **{**_names(), **fields}
    )
    return join(person) if joined else person


def make_parent(*children: Person, joined: bool = True, kind: str = "mother", **fields: Any) -> Person:
    school = children[0].school
    admin = administrator_of(school)
    person = people.new_person(by=admin, school=school, **{**_names(), **fields})
    for child in children:
        people.add_guardian(by=admin, pupil=child, guardian=person, kind=Guardianship.Kind(kind))
    return join(person) if joined else person


def join(person: Person, user: User | None = None) -> Person:
    """The person signs in for the first time."""
    user = user or make_user(name=person.full_name)
    return people.attach_user(by=user, person=person, user=user)


def settle(director: Person) -> Person:
    """As if he had been the director, and had been here, for some days: he is a second pair of hands."""
    ago = timezone.now() - dt.timedelta(days=4)
    director.positions.update(starts_on=ago.date())
    Person.objects.filter(pk=director.pk).update(joined_at=ago)
    return Person.objects.get(pk=director.pk)


def user_of(person: Person) -> User:
    assert person.user_id
    return User.objects.get(pk=person.user_id)


def current_year(school: School) -> AcademicYear:
    return school.current_year


def today() -> Any:
    return timezone.localdate()
