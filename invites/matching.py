"""Finding in the school's lists the record that an applicant means. Never shows the list: answers with one or none.

Names are compared by `fold` (ё and е, look-alikes, case); the patronymic counts where both sides have one.
"""

from collections.abc import Iterable

from accounts.models import User
from school.models import Person, School, SchoolClass
from school.text import fold

from .answers import Answers
from .models import Invite, InviteRole, JoinRequest

_PARENTS_OF_A_CHILD = 2


def pupils_of(school_class: SchoolClass) -> list[Person]:
    """The pupils of the class, each knowing its school without a query."""
    present = Person.objects.present()
    pupils = list(present.filter(enrolments__school_class=school_class, enrolments__ends_on__isnull=True))
    for pupil in pupils:
        pupil.school = school_class.school
    return pupils


def child_meant(school_class: SchoolClass, last_name: str, first_name: str) -> Person | None:
    """The one pupil of the class with exactly this name, or None."""
    return _only(person for person in pupils_of(school_class) if _names(person) == fold(f"{last_name} {first_name}"))


def pupil_meant(school_class: SchoolClass, answers: Answers | JoinRequest) -> Person | None:
    """The one pupil of the class who has not joined, has this name and, where the record has one, this birth date."""
    free = (person for person in pupils_of(school_class) if person.user_id is None and _same(person, answers))
    return _only(person for person in free if person.birth_date in (None, answers.birth_date))


def guardian_meant(child: Person, user: User, answers: Answers | JoinRequest) -> Person | None:
    """A parent of the child in the lists who has not joined, with this name and the phone of this login.

    A record without a phone is taken only if this child is all it gives: a name alone must not open a family's classes,
    nor a teacher's post.
    """
    parents = Person.objects.present().filter(user__isnull=True, wards__pupil=child, wards__ends_on__isnull=True)
    same = [person for person in parents if _same(person, answers)]
    by_phone = _only(person for person in same if person.phone and person.phone == user.phone)
    return by_phone or _only(person for person in same if not person.phone and not _gives_more(person, child))


def staff_meant(school: School, role: str, answers: Answers | JoinRequest) -> Person | None:
    """A member of the staff in the lists who has not joined, with this name and this position."""
    listed = Person.objects.present().filter(
        school=school, user__isnull=True, positions__kind=role, positions__ends_on__isnull=True
    )
    return _only(person for person in listed.search(answers.last_name) if _same(person, answers))


def person_meant(request: JoinRequest) -> Person | None:
    """The record that the applicant himself seems to be; the child of a parent is `child_of`."""
    if request.person:
        return request.person if request.person.user_id is None else None
    if request.role == InviteRole.PUPIL and request.school_class:
        return pupil_meant(request.school_class, request)
    if request.role == InviteRole.PARENT:
        child = child_of(request)
        return guardian_meant(child, request.user, request) if child else None
    return staff_meant(request.school, request.role, request)


def child_of(request: JoinRequest) -> Person | None:
    if request.child or request.school_class is None:
        return request.child
    return child_meant(request.school_class, request.child_last_name, request.child_first_name)


def has_both_parents(child: Person) -> bool:
    """Two adults have joined for the child: a third one is looked at by the homeroom teacher."""
    joined = child.guardians.active().filter(guardian__user__isnull=False)
    return bool(joined.count() >= _PARENTS_OF_A_CHILD)


def own_person(invite: Invite | JoinRequest, user: User) -> Person | None:
    """The record that the user has in the school already, also one that had left."""
    return Person.objects.filter(school=invite.school_id, user=user).first()


def _gives_more(guardian: Person, child: Person) -> bool:
    others = guardian.wards.active().exclude(pupil=child)
    return bool(others.exists() or guardian.positions.active().exists())


def _names(person: Person) -> str:
    return fold(f"{person.last_name} {person.first_name}")


def is_same_name(person: Person, other: Person) -> bool:
    """May the lists hold one human twice? The same name; a patronymic may be missing on one side."""
    return _same(person, other)


def _same(person: Person, answers: Person | Answers | JoinRequest) -> bool:
    if _names(person) != fold(f"{answers.last_name} {answers.first_name}"):
        return False
    patronymics = fold(person.patronymic), fold(answers.patronymic)
    return not all(patronymics) or patronymics[0] == patronymics[1]


def _only(people: Iterable[Person]) -> Person | None:
    found = list(people)
    return found[0] if len(found) == 1 else None


def staff_to_be(request: JoinRequest) -> list[Person]:
    """The members of the staff in the lists who have not joined: whom the applicant may turn out to be."""
    listed = Person.objects.present().filter(
        school=request.school_id, user__isnull=True, positions__isnull=False, positions__ends_on__isnull=True
    )
    return list(listed.distinct())
