"""What the services that change the roster begin and end with: the lock, the guards, the end of a fact."""

from collections.abc import Sequence

from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User

from ..errors import Refusal
from ..eventlog import record
from ..models import EventKind, Fact, Person, SchoolClass, StaffPosition
from ..rights import require
from ..roles import lock_roster

Kind = StaffPosition.Kind
TEACHING_KINDS = (Kind.DIRECTOR, Kind.DEPUTY, Kind.TEACHER, Kind.EXTRA_TEACHER)
ADMINISTRATOR_KINDS = (Kind.ADMINISTRATOR, Kind.ADDITIONAL_ADMINISTRATOR)
BY_APPOINTMENT = (*ADMINISTRATOR_KINDS, Kind.DIRECTOR)  # given by those who may appoint administrators
ORDERED_KINDS = (*BY_APPOINTMENT, Kind.DEPUTY)  # given by an order


def lock_people(*people: Person) -> None:
    """Nobody else changes the roster until the transaction ends, and the people are as the database knows them now."""
    lock_roster(people[0].school_id)
    now = Person.objects.in_bulk([person.pk for person in people])
    for person in people:
        for name in ("user_id", "joined_at", "removed_at", "verification", "verification_asked_at"):
            setattr(person, name, getattr(now[person.pk], name))


def lock_class(school_class: SchoolClass) -> None:
    lock_roster(school_class.school_id)
    school_class.refresh_from_db(fields=["kind", "parallel", "letter", "archived_at"])


def bring_back(*, by: User | None, person: Person) -> None:
    """A person who had left gets a new fact: he is of the school again, and his status «учитель» is asked anew."""
    if person.removed_at is None:
        return
    old = {"removed_at": person.removed_at}
    person.removed_at, person.verification = None, Person.Verification.UNVERIFIED
    person.save(update_fields=["removed_at", "verification"])
    record(EventKind.PERSON_ADDED, by=by, school=person.school, subject=person, old=old)


def require_over(*, by: User, person: Person) -> None:
    """Administrators are dismissed by an order first; the director goes only by those who appoint administrators.

    Otherwise an additional administrator could take the director's place, and with it the right to appoint.
    """
    require_over_all(by=by, people=[person])


def require_over_all(*, by: User, people: Sequence[Person]) -> None:
    """The same for many people of one school, in one query."""
    posts = StaffPosition.objects.active().filter(person__in=people, kind__in=BY_APPOINTMENT)
    held = list(posts.select_related("person"))
    if administrators := [post.person for post in held if post.kind in ADMINISTRATOR_KINDS]:
        one = _("This is an administrator: dismiss him by an order first.")
        several = _("There are administrators among them: %(names)s. Dismiss them by an order first.")
        names = ", ".join(sorted(str(person) for person in administrators))
        raise Refusal(one if len(people) == 1 else several % {"names": names}, code="is_administrator")
    if held:
        require(by, "appoint_administrators", people[0].school)


def require_class_of_pupils(school_class: SchoolClass) -> None:
    """Refuse «Учительская» and the classes of the archive."""
    if school_class.kind != SchoolClass.Kind.CLASS or school_class.archived_at:
        raise Refusal(_("Pupils can only be in a class of the current year."), code="not_a_class_of_pupils")


def require_present(school_class: SchoolClass) -> None:
    """Refuse to change what the archive has: a past year can only be read."""
    if school_class.archived_at:
        raise Refusal(_("This class is in the archive: it can only be read."), code="class_archived")


def end_fact(fact: Fact) -> None:
    """End the fact today; refused when it has ended already, so that the history keeps its first date."""
    model: type[Model] = type(fact)
    today = timezone.localdate()
    if not model._default_manager.filter(pk=fact.pk, ends_on__isnull=True).update(ends_on=today):
        raise Refusal(_("This has ended already."), code="already_ended")
    fact.ends_on = today
