"""Movement (движение): who comes, moves and leaves, many by one document (2.1).

Every road leads through `carry_out_movement`: the facts, the lines of the journal, the event and what other apps keep of
these people are one transaction, remembered so that it can be taken back for 14 days (`school.undo`).
"""

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User

from .. import consequences, undo
from ..errors import Refusal, require_same_school
from ..eventlog import record
from ..models import Act, Enrolment, EventKind, Movement, PendingAct, Person, School, SchoolClass, StaffPosition
from ..projection import with_families
from ..rights import require
from ..roles import projecting_once
from . import people as lists
from . import pupils, staff
from .acts import propose_act
from .days import checked_day
from .roster import lock_people, require_over_all

Kind = Movement.Kind
Order = dict[str, Any]  # order_number, order_date

COMING = (Kind.ENROLLED, Kind.ARRIVED)
MOVING = (Kind.TRANSFERRED, Kind.CONDITIONAL, Kind.REPEATS)
LEAVING = (Kind.LEFT, Kind.GRADUATED)
REMOVING = (*LEAVING, Kind.DISMISSED)
KINDS = (*COMING, *MOVING, *LEAVING, Kind.HIRED, Kind.DISMISSED)  # `promoted` is the new school year's
MANY_REMOVED = 30
REMOVAL = "remove_by_movement"  # the kind of act that a second administrator approves (`school.acts`)


@dataclass(frozen=True)
class Document:
    """One movement: what is the same for all its people. `happened_on` is checked where it is carried out.

    `place`: from where they came or to where they go. `position` and `title` are those of the hired. `entirely`: the
    dismissed lose their other roles too (a parent's). `newcomers` are the fields of people who are not in the lists yet.
    """

    kind: Kind
    to_class: SchoolClass | None = None
    happened_on: dt.date | None = None
    order: Order = field(default_factory=dict)
    place: str = ""
    position: str = ""
    title: str = ""
    entirely: bool = False
    newcomers: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True)
class CarriedOut:
    """The act, its lines and what followed in other apps, in words; `concerned` are its people and their parents."""

    act: Act
    lines: list[Movement]
    followed: list[str]
    concerned: set[int]


def carry_out_movement(
    *,
    by: User,
    school: School,
    kind: Kind,
    people: Iterable[Person] = (),
    happened_on: dt.date | None = None,
    order: Order | None = None,
    **more: Any,
) -> Act:
    """Enrol, move, remove, hire or dismiss these people, all or none. `more` is the rest of `Document`.

    Returns the act that `school.undo` takes back. Raises `RightDenied`; `Refusal` with the reason (an administrator, a day
    to come or before the earlier entry, a class that does not fit, nobody chosen).
    """
    document = Document(Kind(kind), happened_on=happened_on, order=order or {}, **more)
    return carry_out(by=by, school=school, document=document, people=people).act


def submit_movement(*, by: User, school: School, document: Document, people: Iterable[Person]) -> Act | PendingAct:
    """What a page asks for: carried out; put before a second administrator where more than `MANY_REMOVED` would go."""
    chosen = list({person.pk: person for person in people}.values())
    if not _removes_many(document, chosen):
        return carry_out(by=by, school=school, document=document, people=chosen).act
    _ask(by, school, document, chosen)
    require_over_all(by=by, people=chosen)
    return propose_act(
        by=by,
        school=school,
        kind=REMOVAL,
        payload={
            "kind": document.kind,
            "people": [person.pk for person in chosen],
            "names": [person.full_name for person in chosen],
            "happened_on": document.happened_on and document.happened_on.isoformat(),
            "place": document.place,
            "order_number": document.order.get("order_number") or "",
            "order_date": str(document.order.get("order_date") or ""),
        },
        summary=_title(document, len(chosen)),
    )


def carry_out_removal(by: User, school: School, payload: dict[str, Any]) -> None:
    """What was put before a second administrator is done to those who are still there."""
    dates = {name: payload[name] and dt.date.fromisoformat(payload[name]) for name in ("happened_on", "order_date")}
    order = {"order_number": payload["order_number"], "order_date": dates["order_date"] or None}
    document = Document(Kind(payload["kind"]), happened_on=dates["happened_on"], order=order, place=payload["place"])
    people = Person.objects.present().filter(school=school, pk__in=payload["people"])
    carry_out(by=by, school=school, document=document, people=people, approved=True)


@transaction.atomic
def remove_together(*, by: User, school: School, people: Collection[Person], reason: str, order: Order) -> None:
    """Many leave at once (`services.removal`, which has asked and holds the lock): an act that can be undone, in a fixed
    number of statements. Pupils and staff have their lines in the journal; whoever is neither is taken off the lists.
    """
    enrolled = dict(Enrolment.objects.active().filter(person__in=people).values_list("person_id", "school_class_id"))
    employed = set(StaffPosition.objects.active().filter(person__in=people).values_list("person_id", flat=True))
    document = Document(Kind.LEFT, order=order, place=reason)
    title = _title(document, len(people))
    with undo.remembered(Act.Kind.MOVEMENT, by=by, school=school, title=title, people=people) as act:
        lists.leave_together(by=by, people=list(people), reason=reason, order=order)
        lines = [
            Movement(
                person=person,
                kind=Kind.LEFT if person.pk in enrolled else Kind.DISMISSED,
                from_class_id=enrolled.get(person.pk),
            )
            for person in people
            if person.pk in enrolled or person.pk in employed
        ]
        _write_lines(act, document, lines)
        record(EventKind.MOVEMENT_CARRIED_OUT, by=by, school=school, subject=act, new=_in_words(document, lines))
        consequences.followed(by, school, with_families(person.pk for person in people))


def _removes_many(document: Document, people: Collection[Person]) -> bool:
    return document.kind in REMOVING and len(people) > MANY_REMOVED


@transaction.atomic
def remove_from_school(*, by: User, person: Person, reason: str = "", order: Order | None = None) -> None:
    """The button «Remove from the school»: a pupil's leaving, a dismissal, or a parent taken off the lists."""
    document: dict[str, Any] = {"by": by, "school": person.school, "order": order or {}, "place": reason}
    if person.removed_at is None and person.enrolments.active().exists():
        carry_out_movement(kind=Kind.LEFT, people=[person], **document)
    elif person.removed_at is None and person.positions.active().exists():
        carry_out_movement(kind=Kind.DISMISSED, people=[person], entirely=True, **document)
    else:  # the movement is that of pupils and staff
        lists.remove_person(by=by, person=person, reason=reason, **(order or {}))
        consequences.followed(by, person.school, {person.pk})


def give_position(*, by: User, person: Person, kind: str, title: str = "", **order: Any) -> StaffPosition:
    """The button «Give a position»: to somebody who has none it is hiring, and stands in the journal."""
    if person.positions.active().exists():
        return staff.start_position(by=by, person=person, kind=StaffPosition.Kind(kind), title=title, **order)
    terms: dict[str, Any] = {"position": kind, "title": title, "order": order}
    carry_out_movement(by=by, school=person.school, kind=Kind.HIRED, people=[person], **terms)
    fact: StaffPosition = person.positions.active().get(kind=kind)
    return fact


@transaction.atomic
def end_position(*, by: User, position: StaffPosition) -> None:
    """The button «End the position»: with the last one the person is dismissed, which stands in the journal.

    The record stays in the lists, without a post: it may get another one. Raises what `staff.end_position` raises.
    """
    person = position.person
    require(by, "manage_staff", person.school)
    lock_people(person)
    is_last = not person.positions.active().exclude(pk=position.pk).exists()
    with journalled(by=by, person=person, lines=[Movement(person=person, kind=Kind.DISMISSED)] if is_last else []):
        staff.end_position(by=by, position=position)


@contextmanager
def journalled(*, by: User, person: Person, lines: list[Movement]) -> Iterator[None]:
    """What is done inside to the facts of one person stands in the journal by these lines, as one act that can be undone.

    Without lines it is no movement and nothing is remembered. The caller has asked, holds the lock and the transaction.
    """
    if not lines:
        yield
        return
    documents = [Document(Kind(line.kind), to_class=line.to_class) for line in lines]
    title = "; ".join(_title(document, 1) for document in documents)
    with undo.remembered(Act.Kind.MOVEMENT, by=by, school=person.school, title=title, people=[person]) as act:
        yield
        for document, line in zip(documents, lines, strict=True):
            _write_lines(act, document, [line])
            new = _in_words(document, [line])
            record(EventKind.MOVEMENT_CARRIED_OUT, by=by, school=person.school, subject=act, new=new)
        consequences.followed(by, person.school, set(with_families([person.pk])))


def carry_out(
    *, by: User, school: School, document: Document, people: Iterable[Person], approved: bool = False
) -> CarriedOut:
    """What `carry_out_movement` does, with all that came of it; the preview does the same and rolls back.

    `approved`: a second administrator has agreed that many go at once, or nothing of it stays.
    """
    chosen = list({person.pk: person for person in people}.values())
    _ask(by, school, document, chosen)
    if _removes_many(document, chosen) and not approved:
        raise Refusal(
            _("So many people are removed by two administrators."), code="second_administrator_needed", field="people"
        )
    title = _title(document, len(chosen) + len(document.newcomers))
    concerned: list[Person] = []
    with undo.remembered(Act.Kind.MOVEMENT, by=by, school=school, title=title, people=chosen) as act:
        if chosen:
            lock_people(*chosen)
        concerned += Person.objects.filter(pk__in=with_families(person.pk for person in chosen))
        with projecting_once(school, concerned, by=by):
            made = [lists.new_person(by=by, school=school, **fields) for fields in document.newcomers]
            chosen += made
            concerned += made
            lines = [_STEPS[document.kind](by, document, person) for person in chosen]
        _write_lines(act, document, lines)
        record(EventKind.MOVEMENT_CARRIED_OUT, by=by, school=school, subject=act, new=_in_words(document, lines))
        ids = {person.pk for person in concerned}
        return CarriedOut(act, lines, consequences.followed(by, school, ids), ids)


def _ask(by: User, school: School, document: Document, chosen: Collection[Person]) -> None:
    require(by, "manage_staff" if document.kind == Kind.HIRED else "manage_people", school)
    if document.kind not in KINDS:
        raise Refusal(_("This is carried out by the new school year."), code="not_here", field="kind")
    if not chosen and not document.newcomers:
        raise Refusal(_("Choose at least one person."), code="people_needed", field="people")
    require_same_school(school, *chosen, document.to_class)
    if document.kind in (*COMING, *MOVING) and document.to_class is None:
        raise Refusal(_("Choose the class."), code="class_needed", field="to_class")
    checked_day(school, document.happened_on)


def _title(document: Document, number: int) -> str:
    what = str(document.kind.label)
    if document.to_class:
        what = f"{what}: {document.to_class}"
    return f"{what}, {ngettext('%(n)s person', '%(n)s people', number) % {'n': number}}"


def _in_words(document: Document, lines: Collection[Movement]) -> dict[str, Any]:
    return {
        "kind": document.kind,
        "people": [line.person.full_name for line in lines],
        "class": str(document.to_class or ""),
        "place": document.place,
        "happened_on": lines and next(iter(lines)).happened_on,
        **document.order,
    }


def _write_lines(act: Act, document: Document, lines: Collection[Movement]) -> None:
    day = checked_day(act.school, document.happened_on)
    for line in lines:
        line.act, line.school, line.kind, line.happened_on = act, act.school, line.kind or document.kind, day
        line.place = " ".join(document.place.split())[:200]
        line.order_number = document.order.get("order_number") or ""
        line.order_date = document.order.get("order_date")
    Movement.objects.bulk_create(lines)


def _come(by: User, document: Document, person: Person) -> Movement:
    assert document.to_class  # noqa: S101 (asked in `_ask`)
    fact = pupils.enrol(
        by=by, person=person, school_class=document.to_class, order=document.order, day=document.happened_on
    )
    return Movement(person=person, to_class=fact.school_class)


def _move(by: User, document: Document, person: Person) -> Movement:
    assert document.to_class  # noqa: S101 (asked in `_ask`)
    here = pupils.enrolment_of(person)
    _require_parallel(document.kind, here, document.to_class)
    kind = EventKind.PUPIL_REPEATS if document.kind == Kind.REPEATS else EventKind.PUPIL_MOVED
    to: dict[str, Any] = {"to_class": document.to_class, "order": document.order, "day": document.happened_on}
    pupils.move(by=by, person=person, kind=kind, **to)
    return Movement(person=person, from_class=here.school_class, to_class=document.to_class)


def _require_parallel(kind: Kind, here: Enrolment, to_class: SchoolClass) -> None:
    """Conditionally one goes up, to repeat the year one does not."""
    before, after = here.school_class.parallel or 0, to_class.parallel or 0
    words = {"name": here.person, "before": here.school_class, "after": to_class}
    if kind == Kind.CONDITIONAL and after <= before:
        text = (
            _("%(name)s is in %(before)s: conditionally one is promoted to a higher class, %(after)s is none.") % words
        )
        raise Refusal(text, code="wrong_parallel", field="to_class")
    if kind == Kind.REPEATS and after > before:
        text = _("%(name)s is in %(before)s: who repeats the year does not go up to %(after)s.") % words
        raise Refusal(text, code="wrong_parallel", field="to_class")


def _leave(by: User, document: Document, person: Person) -> Movement:
    here = pupils.enrolment_of(person)
    kind = EventKind.PUPIL_GRADUATED if document.kind == Kind.GRADUATED else EventKind.PERSON_REMOVED
    lists.leave(by=by, person=person, day=document.happened_on, kind=kind, reason=document.place, **document.order)
    return Movement(person=person, from_class=here.school_class)


def _hire(by: User, document: Document, person: Person) -> Movement:
    if not document.position:
        raise Refusal(_("Choose the position."), code="position_needed", field="position")
    staff.require_may_give(by=by, school=person.school, kind=document.position)
    terms = {"kind": document.position, "title": document.title, "day": document.happened_on, **document.order}
    staff.open_position(by=by, person=person, **terms)
    return Movement(person=person)


def _dismiss(by: User, document: Document, person: Person) -> Movement:
    end = lists.leave if document.entirely else staff.dismiss
    end(by=by, person=person, day=document.happened_on, reason=document.place, **document.order)
    return Movement(person=person)


_STEPS: dict[Kind, Callable[[User, Document, Person], Movement]] = {
    **dict.fromkeys(COMING, _come),
    **dict.fromkeys(MOVING, _move),
    **dict.fromkeys(LEAVING, _leave),
    Kind.HIRED: _hire,
    Kind.DISMISSED: _dismiss,
}
