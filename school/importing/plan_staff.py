"""The plan for the staff: positions by the words of the title, homerooms and subjects. Nobody's position is ended."""

from django.utils.translation import gettext as _

from ..models import Person, StaffPosition
from ..services.roster import TEACHING_KINDS
from ..text import fold
from .lists import SourceRow
from .plan import Allowed, Draft, Line, NewHomeroom, NewPosition, NewTeaching, Outcome, Plan, What, merge
from .plan_pupils import require_class, same_person
from .records import StaffRecord
from .roster import Roster
from .values import BadValue, ClassName, post_of

Kind = StaffPosition.Kind


def plan_staff(plan: Plan, roster: Roster, staff: list[StaffRecord], allowed: Allowed) -> None:
    """Compare the staff of the list with the school's. Administrators are neither appointed nor dismissed."""
    planner = _StaffPlanner(plan, roster, allowed)
    for record in staff:
        try:
            planner.plan_member(record)
        except BadValue as error:
            plan.problem(record.rows, record.name, What.STAFF, str(error))
    planner.list_missing()


def plan_classes(plan: Plan, roster: Roster, classes: dict[ClassName, list[SourceRow]]) -> None:
    """The classes of the list that are not there yet."""
    for name, rows in classes.items():
        if name in roster.classes:
            plan.extra.append(Line(Outcome.SKIP, What.CLASS, rows, str(name)))
        else:
            plan.classes.append(name)
            text = _("the class will be created")
            plan.extra.append(Line(Outcome.CREATE, What.CLASS, rows, str(name), "", text))


class _StaffPlanner:
    def __init__(self, plan: Plan, roster: Roster, allowed: Allowed) -> None:
        self.plan, self.roster, self.allowed = plan, roster, allowed
        self.led = {pk: homeroom.person_id for pk, homeroom in roster.homerooms.items()}
        self.led_anew: dict[ClassName, Draft] = {}
        self.directors = [pk for pk, kinds in roster.positions.items() if Kind.DIRECTOR in kinds]
        self.has_new_director = False
        self.claimed: dict[int, StaffRecord] = {}
        self.taught: set[tuple[int, str, ClassName]] = set()

    def plan_member(self, record: StaffRecord) -> None:
        person = self._known(record)
        if person:
            self._claim(record, person)
        kind = post_of(record.title, teaches=bool(record.has_subject or record.homerooms))
        if kind == Kind.DIRECTOR:
            self._require_director(person)
        if person is None:
            fields = dict(record.fields)
            draft = self.plan.new_draft(What.STAFF, Person(school=self.roster.school, **fields), record.rows)
        elif person.removed_at and self._was_employed(person):
            self.plan.draft_of(What.STAFF, person, record.rows).keep(_("has left the school"))
            return
        else:
            draft = self.plan.draft_of(What.STAFF, person, record.rows)
            draft.what = What.STAFF
        kinds = self._plan_position(draft, record, kind)
        for name in record.homerooms:
            self._try(record, lambda name=name: self._plan_homeroom(draft, name, kinds))
        for subject, name in record.teaches:
            self._try(record, lambda s=subject, n=name: self._plan_teaching(draft, s, n, kinds))
        if person:
            merge(draft, record.fields, self.roster.last_written(person))
            draft.returns = bool(person.removed_at)

    def _claim(self, record: StaffRecord, person: Person) -> None:
        if other := self.claimed.get(person.pk):
            raise same_person([*other.rows, *record.rows], person)
        self.claimed[person.pk] = record

    def _try(self, record: StaffRecord, act: object) -> None:
        """A class that cannot be given is a problem of its own; the person is taken all the same."""
        try:
            act()  # type: ignore[operator]
        except BadValue as error:
            self.plan.problem(record.rows, record.name, What.STAFF, str(error))

    def _known(self, record: StaffRecord) -> Person | None:
        """One of the staff with this name, or somebody with this name and phone or birth date (a parent who teaches)."""
        named = [person for person in self.roster.named(record) if person.pk not in self.roster.enrolments]
        birth, phone = record.fields["birth_date"], record.fields["phone"]
        named = [person for person in named if not (birth and person.birth_date and person.birth_date != birth)]
        staff = [person for person in named if self.roster.is_staff(person)]
        staff = staff or [person for person in named if self._was_employed(person)]
        if len(staff) > 1:
            staff = [person for person in staff if _is_certain(person, record)]
            if len(staff) != 1:
                raise BadValue(_("There are several members of the staff with this name: add the phone."))
        if staff:
            return staff[0]
        certain = [person for person in named if _is_certain(person, record)]
        return certain[0] if certain and (birth or phone) else None

    def _was_employed(self, person: Person) -> bool:
        """An import gave him a position."""
        return any(name.startswith("position:") for name in self.roster.last_written(person))

    def _require_director(self, person: Person | None) -> None:
        if person and person.pk in self.directors:
            return
        if self.directors or self.has_new_director:
            raise BadValue(_("The school has a director already: end that position first."))
        if not self.allowed.director:
            raise BadValue(_("The director is entered by who appoints administrators (2.1): not by you."))
        self.has_new_director = True

    def _plan_position(self, draft: Draft, record: StaffRecord, kind: Kind) -> set[str]:
        """The kinds of positions that he will hold."""
        held = self.roster.positions.get(draft.person.pk, {}) if draft.person.pk else {}
        last = self.roster.last_written(draft.person) if draft.person.pk else {}
        said = record.title or str(kind.label)
        if held and not record.title and not ({kind} & held.keys()):
            return set(held)
        if kind in held:
            self._plan_title(draft, held[kind], record.title, last)
        elif f"position:{kind}" in last:
            draft.keep(said)
            return set(held)
        else:
            draft.facts += 1
            draft.note(said)
            draft.written[f"position:{kind}"] = record.title
            self.plan.positions.append(NewPosition(draft, kind, record.title))
        return {*held, kind}

    def _plan_title(self, draft: Draft, position: StaffPosition, title: str, last: dict) -> None:
        if not title or fold(position.title) == fold(title):
            return
        if position.title and last.get(f"position:{position.kind}") != position.title:
            draft.keep(position.title)
            return
        draft.facts += 1
        draft.note(f"{position.title} → {title}" if position.title else title)
        draft.written[f"position:{position.kind}"] = title
        self.plan.positions.append(NewPosition(draft, position.kind, title, position))

    def _plan_homeroom(self, draft: Draft, name: ClassName, kinds: set[str]) -> None:
        school_class = self.roster.classes.get(name)
        leads = self.led.get(school_class.pk) if school_class else None
        said = _("homeroom teacher of %(place)s") % {"place": name}
        if leads and leads == draft.person.pk:
            return
        if leads:
            other = self.roster.people[leads].full_name
            raise BadValue(_("Class %(name)s has a homeroom teacher: %(other)s.") % {"name": name, "other": other})
        if name in self.led_anew:
            other = self.led_anew[name].person.full_name
            raise BadValue(_("Class %(name)s has a homeroom teacher: %(other)s.") % {"name": name, "other": other})
        if school_class and self._had(draft, f"homeroom:{school_class.pk}"):
            draft.keep(said)
            return
        self._require_teacher(draft, kinds)
        require_class(self.plan, self.roster, name, self.allowed)
        self.led_anew[name] = draft
        draft.facts += 1
        draft.note(said)
        self.plan.homerooms.append(NewHomeroom(draft, name))

    def _plan_teaching(self, draft: Draft, subject: str, name: ClassName, kinds: set[str]) -> None:
        school_class, known = self.roster.classes.get(name), self.roster.subjects.get(fold(subject))
        group = self.roster.groups.get((school_class.pk, known.pk)) if school_class and known else None
        if group and (draft.person.pk, group.pk) in self.roster.teachings:
            return
        if group and self._had(draft, f"teaching:{group.pk}"):
            draft.keep(f"{subject}, {name}")
            return
        self._require_teacher(draft, kinds)
        require_class(self.plan, self.roster, name, self.allowed)
        if known is None and not self.allowed.classes:
            text = _("There is no subject “%(name)s”: add it, or tick “Create what is missing”.")
            raise BadValue(text % {"name": subject})
        if (id(draft), fold(subject), name) in self.taught:
            return
        self.taught.add((id(draft), fold(subject), name))
        draft.facts += 1
        draft.note(f"{subject}, {name}")
        self.plan.teachings.append(NewTeaching(draft, subject, name))

    def _had(self, draft: Draft, name: str) -> bool:
        return bool(draft.person.pk) and name in self.roster.last_written(draft.person)

    def _require_teacher(self, draft: Draft, kinds: set[str]) -> None:
        if not kinds & set(TEACHING_KINDS):
            raise BadValue(_("%(name)s holds no teaching position.") % {"name": draft.person.full_name})

    def list_missing(self) -> None:
        for pk in self.roster.positions:
            person = self.roster.people[pk]
            if not self.plan.has_draft(person):
                text = _("is one of the staff and not in the list: stays")
                self.plan.extra.append(Line(Outcome.MISSING, What.STAFF, [], person.full_name, "", text))


def _is_certain(person: Person, record: StaffRecord) -> bool:
    """The phone or the birth date is the same too."""
    same = [getattr(person, name) and getattr(person, name) == record.fields[name] for name in ("phone", "birth_date")]
    return any(same)
