"""The school, its staff and its classes: everything that the administrator enters first (2.1)."""

import datetime as dt
from typing import Any

from accounts.models import User
from school.models import Person, SchoolClass, StaffPosition, Subject
from school.services import administrators, schools, staff, structure, verification

from . import plan
from .names import Name
from .plan import SignIn
from .stage import Stage, phone_of

Kind = StaffPosition.Kind
ORDER: dict[str, Any] = {"order_number": "87-О", "order_date": dt.date(2025, 8, 28)}  # the documents are in `papers`
HOMEROOM_ORDER: dict[str, Any] = {"order_number": "88-О", "order_date": dt.date(2025, 8, 29)}


def open_school(stage: Stage) -> None:
    """The school and its administrator, who teaches too."""
    suffix = "" if stage.number == 1 else f" № {stage.number}"
    stage.school = schools.create_school(
        by=None,
        name=plan.NAME + suffix,
        short_name=plan.NAME + suffix,
        city=plan.CITY,
        address="ул. Школьная, 1",
        diary_url="https://dnevnik.example.ru/",
        is_demo=True,
    )
    name = stage.names.adult(female=False)
    phone = phone_of(SignIn.ADMINISTRATOR) if stage.number == 1 else next(stage.phones)
    stage.administrator = User.objects.create_user(
        phone=phone, phone_verified=True, name=" ".join(name.fields.values())
    )
    person = schools.seat_first_administrator(
        by=None, school=stage.school, user=stage.administrator, **name.fields, **ORDER
    )
    stage.staff[Kind.ADMINISTRATOR] = [person]
    stage.cast(SignIn.ADMINISTRATOR, person)


def make_classes(stage: Stage) -> None:
    structure.create_classes(by=stage.administrator, school=stage.school, names=", ".join(stage.size.classes))
    stage.classes = {item.name: item for item in SchoolClass.objects.filter(school=stage.school, kind="class")}
    stage.classes = {name: stage.classes[name] for name in stage.size.classes}


def hire_staff(stage: Stage) -> None:
    """Everybody on the list of the staff, with a position; the status «учитель» comes later."""
    _hire(stage, Kind.DIRECTOR, ["директор"])
    _hire(stage, Kind.DEPUTY, [f"заместитель директора {line}" for line in plan.DEPUTIES])
    _hire(stage, Kind.TEACHER, ["учитель"] * stage.size.teachers)
    _hire(stage, Kind.EXTRA_TEACHER, list(plan.EXTRA_TEACHERS))
    _hire(stage, Kind.EMPLOYEE, list(plan.EMPLOYEES))
    for sign_in, kind in (
        (SignIn.DIRECTOR, Kind.DIRECTOR),
        (SignIn.DEPUTY, Kind.DEPUTY),
        (SignIn.EMPLOYEE, Kind.EMPLOYEE),
    ):
        stage.cast(sign_in, stage.staff[kind][0])
    stage.cast(SignIn.ADDITIONAL_ADMINISTRATOR, stage.staff[Kind.DEPUTY][1])
    stage.cast(SignIn.APPLICANT, stage.staff[Kind.TEACHER][-1])


def _hire(stage: Stage, kind: Kind, titles: list[str]) -> None:
    for title in titles:
        name: Name = stage.names.adult(female=stage.by_chance(0.8))
        person = staff.add_staff(by=stage.administrator, school=stage.school, kind=kind, title=title, **name.fields)
        stage.staff.setdefault(kind, []).append(person)


def teachers(stage: Stage) -> list[Person]:
    """The teachers whose status is confirmed, in a steady order."""
    return stage.staff[Kind.TEACHER][: -_waiting(stage)]


def _waiting(stage: Stage) -> int:
    return min(plan.TEACHERS_WAITING, stage.size.teachers // 4)


def confirm_teachers(stage: Stage) -> None:
    """The administrator has confirmed most; a few wait, one was refused."""
    confirmed = [*teachers(stage), *stage.staff[Kind.DEPUTY], *stage.staff[Kind.EXTRA_TEACHER][:-1]]
    verification.confirm_teachers(by=stage.administrator, school=stage.school, people=confirmed)
    refused = stage.staff[Kind.TEACHER][-2:-1]
    reason = "В списке школы нет такого учителя. Проверьте фамилию и обратитесь к секретарю."
    verification.reject_teachers(by=stage.administrator, school=stage.school, people=refused, reason=reason)


def assign_homerooms(stage: Stage) -> None:
    """A homeroom teacher for each class except those that the director is to notice."""
    free = iter(teachers(stage))
    for name, school_class in stage.classes.items():
        if name not in plan.WITHOUT_HOMEROOM:
            person = next(free)
            staff.assign_homeroom(by=stage.administrator, school_class=school_class, person=person, **HOMEROOM_ORDER)
            stage.homerooms[name] = person
    if plan.CLASS_OF_SIGN_INS in stage.homerooms:
        stage.cast(SignIn.HOMEROOM, stage.homerooms[plan.CLASS_OF_SIGN_INS])


def assign_teaching(stage: Stage) -> None:
    """Who teaches what where: in the primary classes the homeroom teacher, further on the subject teachers (2.4)."""
    specialists = _specialists(stage)
    for name, school_class in stage.classes.items():
        parallel = school_class.parallel or 0
        if parallel <= 4:
            for subject in plan.PRIMARY_SUBJECTS:
                _teach(stage, school_class, subject, stage.homerooms[name])
        for number, (subject, people) in enumerate(specialists.items()):
            if parallel > 4 or subject in plan.EVERY_CLASS_HAS:
                _teach(
                    stage,
                    school_class,
                    subject,
                    people[(parallel + number) % len(people)],
                    people[parallel % len(people)],
                )
    own_class = {person.pk for person in stage.homerooms.values()}
    without_class = [person for people in specialists.values() for person in people if person.pk not in own_class]
    stage.cast(SignIn.TEACHER, without_class[0])


def _specialists(stage: Stage) -> dict[str, list[Person]]:
    """Those who have no primary class share the subjects, the ones without a homeroom first."""
    primary = {stage.homerooms[name].pk for name, item in stage.classes.items() if (item.parallel or 0) <= 4}
    pool = [person for person in teachers(stage)[::-1] if person.pk not in primary]
    shared: dict[str, list[Person]] = {}
    position = 0
    for subject, wanted in plan.SUBJECTS.items():
        shared[subject] = [pool[(position + number) % len(pool)] for number in range(wanted)]
        position += wanted
    return shared


def _teach(stage: Stage, school_class: SchoolClass, subject: str, person: Person, second: Person | None = None) -> None:
    in_parts = second is not None and subject == "Английский язык" and school_class.name in plan.IN_PARTS
    known = _subject(stage, subject)
    for part, teacher in zip(plan.PARTS if in_parts else ("",), (person, second or person), strict=False):
        group = structure.create_study_group(
            by=stage.administrator, school_class=school_class, subject=known, part=part
        )
        staff.assign_teaching(by=stage.administrator, study_group=group, person=teacher)


def _subject(stage: Stage, name: str) -> Subject:
    if name not in stage.subjects:
        stage.subjects[name] = structure.add_subject(by=stage.administrator, school=stage.school, name=name)
    return stage.subjects[name]


def divide_classes(stage: Stage) -> None:
    """Which pupils are in which part of the divided classes; they are divided by the alphabet."""
    for name in plan.IN_PARTS:
        if name in stage.classes:
            pupils = sorted(stage.pupils[name], key=str)
            halves = (pupils[: len(pupils) // 2], pupils[len(pupils) // 2 :])
            groups = stage.classes[name].study_groups.exclude(part="").order_by("part")
            for group, half in zip(groups, halves, strict=True):
                structure.set_group_members(by=stage.administrator, study_group=group, pupils=half)


def appoint_administrators(stage: Stage) -> None:
    """Two deputies help the administrator (2.1: at least two administrators)."""
    for person in stage.staff[Kind.DEPUTY][1:3]:
        fresh = Person.objects.get(pk=person.pk)
        administrators.appoint_at_once(by=stage.administrator, person=fresh, **ORDER)
