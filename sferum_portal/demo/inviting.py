"""Invites in every state, and requests of every outcome, made and used by the people themselves (2.1, 2.3, 2.5, 2.7)."""

import datetime as dt
import itertools

from django.utils import timezone

from accounts.models import User
from invites.answers import Answers
from invites.models import Invite, InviteRole, JoinRequest
from invites.services.deciding import approve_request, reject_requests
from invites.services.issuing import annul_invites, create_invite
from invites.services.personal import create_personal_invite
from invites.services.redemption import redeem
from invites.services.schedule import annul_unclaimed, expire_due
from invites.services.slips import create_personal_invites
from invites.tokens import token_of
from school.models import Guardianship, Person

from . import ageing, plan
from .stage import Stage

YEAR = dt.timedelta(days=300)
TERM, STAFF_TERM = 14, 7  # days that a link of a class is good for, and one of the staff
OLDEST_LINK = 9  # days ago that the first link of a class was made
LATE = 5  # days that some requests have been waiting


def invite_people(stage: Stage) -> None:
    """Links and slips of the homeroom teachers and of the administrator, before the clock has looked at them."""
    for name, school_class in stage.classes.items():
        if name not in plan.JOINED_SHARE and name not in plan.WITHOUT_HOMEROOM:
            homeroom = _homeroom(stage, name)
            roles = (InviteRole.PARENT, InviteRole.PUPIL)[: 2 if 5 <= (school_class.parallel or 0) <= 8 else 1]
            days = stage.random.randint(1, OLDEST_LINK)
            for role in roles:
                link = create_invite(by=homeroom, school=stage.school, role=role, school_class=school_class)
                ageing.age_invite(link, created=days, expires=days - TERM)
    name = plan.CLASS_OF_SIGN_INS if plan.CLASS_OF_SIGN_INS in stage.classes else next(iter(stage.homerooms))
    for role in (InviteRole.PUPIL, InviteRole.PARENT):
        create_personal_invites(by=_homeroom(stage, name), school_class=stage.classes[name], role=role)
    for person in (person for people in stage.staff.values() for person in people if not person.user_id):
        create_personal_invite(by=stage.administrator, person=person)


def close_invites(stage: Stage) -> None:
    """Some are over: their term ended, nobody used them, somebody annulled them, all places were taken."""
    admin, classes = stage.administrator, list(stage.classes.values())
    links = [
        create_invite(
            by=admin,
            school=stage.school,
            role=InviteRole.PUPIL,
            school_class=school_class,
            expires_at=timezone.now() + YEAR,
            note=note,
        )
        for school_class, note in zip(
            [classes[number % len(classes)] for number in range(4)],
            ("Собрание 1 сентября", "Объявление на стенде", "Рассылка", "Для новеньких"),
            strict=True,
        )
    ]
    unclaimed, expired, annulled, due = links
    ageing.age_invite(unclaimed, created=33)
    ageing.age_invite(expired, created=20, expires=6)
    ageing.age_invite(due, created=26)
    annul_invites(by=admin, invites=[annulled], reason="Ссылку выложили в общий доступ")
    expire_due()
    annul_unclaimed()
    _use_up(stage)


def _use_up(stage: Stage) -> None:
    """A link for two, and two parents of the lists who used it."""
    name = next(iter(stage.homerooms))
    absent = [
        (child, parent) for child in stage.pupils[name] for parent in stage.parents[child.pk] if not _joined(parent)
    ]
    if len(absent) < 2:
        return
    link = create_invite(
        by=_homeroom(stage, name),
        school=stage.school,
        role=InviteRole.PARENT,
        school_class=stage.classes[name],
        max_uses=2,
    )
    for child, parent in absent[:2]:
        _redeem(stage, link, _as_parent(parent.last_name, parent.first_name, parent.patronymic, child))


def request_to_join(stage: Stage) -> None:
    """Requests that wait, some of them too long; one was approved, one refused (2.1)."""
    homes = [name for name, _number in zip(itertools.cycle(stage.homerooms), range(5), strict=False)]
    rounds = [number // len(stage.homerooms) for number in range(len(homes))]
    children = [stage.pupils[name][-1 - turn] for name, turn in zip(homes, rounds, strict=True)]
    made = [_ask_as_parent(stage, name, child) for name, child in zip(homes, children, strict=True)]
    staff_link = create_invite(by=stage.administrator, school=stage.school, role=InviteRole.TEACHER)
    ageing.age_invite(staff_link, created=LATE + 1, expires=LATE + 1 - STAFF_TERM)
    for title in ("учитель музыки", "учитель технологии"):
        newcomer = stage.names.adult(female=True)
        _redeem(stage, staff_link, Answers(**newcomer.fields, title=title))
    ageing.age_requests(made[:3], days=LATE)
    approve_request(by=_homeroom(stage, homes[3]), request=made[3], child=children[3])
    reason = "Такого ученика в классе нет. Проверьте фамилию ребёнка и класс."
    reject_requests(by=_homeroom(stage, homes[4]), requests=[made[4]], reason=reason)


def _ask_as_parent(stage: Stage, home: str, child: Person) -> JoinRequest:
    """Somebody who misspells the child's name, so that the homeroom teacher has to look."""
    link = create_invite(
        by=_homeroom(stage, home), school=stage.school, role=InviteRole.PARENT, school_class=stage.classes[home]
    )
    ageing.age_invite(link, created=LATE + 1, expires=LATE + 1 - TERM)
    misspelt = Answers(
        **stage.names.adult(female=True).fields,
        kind=Guardianship.Kind.GUARDIAN,
        child_last_name=child.last_name + "х",
        child_first_name=child.first_name,
    )
    return JoinRequest.objects.get(user=_redeem(stage, link, misspelt))


def _redeem(stage: Stage, link: Invite, answers: Answers) -> User:
    """Somebody with a new login uses the link."""
    user = User.objects.create_user(phone=next(stage.phones), phone_verified=True)
    redeem(by=user, token=token_of(link), answers=answers)
    return user


def _as_parent(last_name: str, first_name: str, patronymic: str, child: Person) -> Answers:
    return Answers(
        last_name=last_name,
        first_name=first_name,
        patronymic=patronymic,
        kind=Guardianship.Kind.FATHER,
        child_last_name=child.last_name,
        child_first_name=child.first_name,
    )


def _joined(person: Person) -> bool:
    return Person.objects.filter(pk=person.pk, user__isnull=False).exists()


def _homeroom(stage: Stage, name: str) -> User:
    return User.objects.get(persons=stage.homerooms[name].pk)
