"""The plan for pupils: who is who, who is new, who changes the class; then for their parents."""

from collections import defaultdict

from django.utils.translation import gettext as _

from ..models import Person
from ..text import fold
from .lists import SourceRow
from .plan import PERSON_FIELDS, Allowed, Draft, Line, NewEnrolment, Outcome, Plan, What, merge
from .plan_parents import ParentPlanner
from .records import PupilRecord
from .roster import Roster
from .values import BadValue, ClassName


def plan_families(plan: Plan, roster: Roster, pupils: list[PupilRecord], allowed: Allowed) -> None:
    """Compare the pupils of the list, and their parents, with the school's."""
    planner = _PupilPlanner(plan, roster, allowed)
    parents = ParentPlanner(plan, roster)
    families: list[tuple[Draft, PupilRecord]] = []
    for record, person in planner.matched(pupils):
        try:
            draft, is_in = planner.plan_pupil(record, person)
        except BadValue as error:
            plan.problem(record.rows, record.name, What.PUPIL, str(error))
            continue
        if is_in:
            families.append((draft, record))
    for draft, record in families:
        for parent in record.parents:
            parents.plan_parent(parent, draft)
    planner.list_missing(pupils)


class _PupilPlanner:
    def __init__(self, plan: Plan, roster: Roster, allowed: Allowed) -> None:
        self.plan, self.roster, self.allowed = plan, roster, allowed
        self.claimed: dict[int, PupilRecord] = {}

    def matched(self, pupils: list[PupilRecord]) -> list[tuple[PupilRecord, Person | None]]:
        """Each pupil with the person whom he is: first by what is certain, then by name and class among the others."""
        found: dict[int, Person] = {}
        failed: set[int] = set()
        for look_up in (self._by_number, self._by_birth, self._by_class):
            for record in pupils:
                if id(record) in found or id(record) in failed:
                    continue
                try:
                    if person := look_up(record):
                        found[id(record)] = person
                        self._claim(record, person)
                except BadValue as error:
                    failed.add(id(record))
                    self.plan.problem(record.rows, record.name, What.PUPIL, str(error))
        return [(record, found.get(id(record))) for record in pupils if id(record) not in failed]

    def _claim(self, record: PupilRecord, person: Person) -> None:
        if other := self.claimed.get(person.pk):
            raise same_person([*other.rows, *record.rows], person)
        self.claimed[person.pk] = record

    def _by_number(self, record: PupilRecord) -> Person | None:
        number = record.fields["file_number"]
        found = self._pupils(self.roster.by_number.get(fold(number), [])) if number else []
        if not found:
            return None
        if len(found) > 1:
            raise _ambiguous(record, found)
        person = found[0]
        same_birth = person.birth_date and person.birth_date == record.fields["birth_date"]
        if fold(person.first_name) != record.key[1] and not same_birth:
            text = _("The personal file № %(number)s belongs to another pupil: %(name)s.")
            raise BadValue(text % {"number": number, "name": person.full_name})
        return person

    def _by_birth(self, record: PupilRecord) -> Person | None:
        birth = record.fields["birth_date"]
        found = self._pupils(self.roster.named(record)) if birth else []
        found = [person for person in found if person.birth_date == birth]
        if len(found) > 1:
            raise _ambiguous(record, found)
        return found[0] if found else None

    def _by_class(self, record: PupilRecord) -> Person | None:
        """The only one of this name in the class whom no row means yet. A namesake elsewhere needs to be told apart."""
        namesakes = [person for person in self.roster.named(record) if person.pk not in self.claimed]
        namesakes = [person for person in namesakes if not person.removed_at and self.roster.class_of(person)]
        target = self.roster.classes.get(record.school_class) if record.school_class else None
        here = [person for person in namesakes if self.roster.class_of(person) == target]
        if len(here) > 1:
            raise _ambiguous(record, here)
        if here:
            return here[0]
        gone = [person for person in self._pupils(self.roster.named(record)) if self._was_put_here(person, target)]
        if len(gone) == 1:
            return gone[0]
        birth = record.fields["birth_date"]
        unclear = [person for person in namesakes if not (birth and person.birth_date)]
        if unclear:
            known = ", ".join(f"{person.full_name}, {self.roster.class_of(person)}" for person in unclear)
            text = _(
                "There is %(known)s already. If it is the same pupil, move him on the portal; if not, write the date of"
                " birth in the list and on his card."
            )
            raise BadValue(text % {"known": known})
        return None

    def _was_put_here(self, person: Person, target: object) -> bool:
        """An import put him into this class, and somebody took him out of it by hand."""
        last = self.roster.last_written(person).get("class")
        return person.pk not in self.claimed and last is not None and last == getattr(target, "pk", None)

    def _pupils(self, people: list[Person]) -> list[Person]:
        """Those who may be pupils, and of these the present ones if there are any."""
        fit = [person for person in people if self.roster.may_be_pupil(person)]
        return [person for person in fit if not person.removed_at] or fit

    def plan_pupil(self, record: PupilRecord, person: Person | None) -> tuple[Draft, bool]:
        """The draft, and whether the pupil is, or will be, in the school. Raises `BadValue` without a class."""
        name = record.school_class
        if name is None:  # the records have said so
            raise BadValue("")
        require_class(self.plan, self.roster, name, self.allowed)
        if person is None:
            fields = {field: record.fields[field] for field in PERSON_FIELDS}
            draft = self.plan.new_draft(What.PUPIL, Person(school=self.roster.school, **fields), record.rows)
            draft.place = str(name)
            self._enrol(draft, record, name)
            return draft, True
        draft = self.plan.draft_of(What.PUPIL, person, record.rows)
        draft.place = str(self.roster.class_of(person) or name)
        is_in = self._plan_class(draft, record, name)
        if is_in:
            merge(draft, record.fields, self.roster.last_written(person))
        return draft, is_in

    def _plan_class(self, draft: Draft, record: PupilRecord, name: ClassName) -> bool:
        """Where the list only repeats what the last import wrote, and he is elsewhere by now, somebody moved him."""
        person, target = draft.person, self.roster.classes.get(name)
        enrolment = self.roster.enrolments.get(person.pk)
        if enrolment and target and enrolment.school_class_id == target.pk:
            return True
        last = self.roster.last_written(person).get("class")
        if target and last == target.pk:
            draft.keep(_("class %(name)s") % {"name": enrolment.school_class} if enrolment else _("has left the class"))
            return bool(enrolment)
        draft.returns = person.removed_at is not None
        if enrolment:
            draft.moves = True
            draft.note(f"{enrolment.school_class} → {name}")
        self._enrol(draft, record, name)
        return True

    def _enrol(self, draft: Draft, record: PupilRecord, name: ClassName) -> None:
        old = self.roster.enrolments.get(draft.person.pk) if draft.person.pk else None
        draft.facts += 1
        if not old and draft.person.pk:
            draft.moves = True
            draft.note(_("to be enrolled in %(name)s") % {"name": name})
        self.plan.enrolments.append(NewEnrolment(draft, name, record.order, record.enrolled_on, old))

    def list_missing(self, pupils: list[PupilRecord]) -> None:
        """Who is in the classes of the list and not in it: shown, never expelled."""
        listed = {record.school_class for record in pupils}
        doubtful = {fold(problem.who) for problem in self.plan.problems}
        classes = {self.roster.classes[name].pk for name in listed if name in self.roster.classes}
        by_class: dict[str, list[Person]] = defaultdict(list)
        for pk, enrolment in self.roster.enrolments.items():
            person = self.roster.people[pk]
            if enrolment.school_class_id in classes and pk not in self.claimed and not _stands(person, doubtful):
                by_class[str(enrolment.school_class)].append(person)
        for place, people in sorted(by_class.items()):
            for person in sorted(people, key=lambda person: person.search_key):
                text = _("is in the class and not in the list: stays")
                self.plan.extra.append(Line(Outcome.MISSING, What.PUPIL, [], person.full_name, place, text))


def _stands(person: Person, doubtful: set[str]) -> bool:
    """He may be one of the rows that could not be read."""
    name = fold(f"{person.last_name} {person.first_name}")
    return any(said.startswith(name) for said in doubtful)


def _ambiguous(record: PupilRecord, found: list[Person]) -> BadValue:
    known = "; ".join(person.full_name for person in found[:5])
    text = _("There are several such pupils (%(known)s): add the date of birth or the personal file number.")
    return BadValue(text % {"known": known})


def same_person(rows: list[SourceRow], person: Person) -> BadValue:
    labels = ", ".join(dict.fromkeys(row.label for row in rows))
    text = _("Rows %(rows)s seem to mean the same person: %(name)s.")
    return BadValue(text % {"rows": labels, "name": person.full_name})


def require_class(plan: Plan, roster: Roster, name: ClassName, allowed: Allowed) -> None:
    """The class is there, or is to be made along the way. Raises `BadValue` otherwise."""
    if name in roster.classes or name in plan.classes:
        return
    if not allowed.classes:
        raise BadValue(_("There is no class %(name)s: create it, or tick “Create what is missing”.") % {"name": name})
    plan.classes.append(name)
    plan.extra.append(Line(Outcome.CREATE, What.CLASS, [], str(name), str(name), _("the class will be created")))
