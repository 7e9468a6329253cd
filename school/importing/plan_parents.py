"""The plan for parents: known by phone and name, or by name among the parents of the child."""

from collections import defaultdict

from django.utils.translation import gettext as _

from ..models import Guardianship, Person
from ..text import fold
from .plan import Draft, NewKind, NewTie, Plan, What, merge
from .records import ParentRecord, agree
from .roster import Roster


def _ward(pupil: Person) -> str:
    """The name under which it is remembered that an import tied a parent to this pupil."""
    return f"ward:{pupil.pk}"


class ParentPlanner:
    def __init__(self, plan: Plan, roster: Roster) -> None:
        self.plan, self.roster = plan, roster
        self.new: dict[tuple, list[Draft]] = defaultdict(list)  # by phone and name
        self.tied: set[tuple[int, int]] = set()  # parent and pupil, drafts by id
        self.once_tied: dict[str, list[Person]] = defaultdict(list)  # by what an import remembered
        for pk, written in roster.written.items():
            for name in written:
                if name.startswith("ward:") and pk in roster.people:
                    self.once_tied[name].append(roster.people[pk])

    def plan_parent(self, record: ParentRecord, pupil: Draft) -> None:
        if record.key == (fold(pupil.person.last_name), fold(pupil.person.first_name)) and agree(
            record.patronymic, fold(pupil.person.patronymic)
        ):
            text = _("The parent has the name of the child: correct one of them.")
            self.plan.problem(record.rows, record.name, What.PARENT, text)
            return
        person = self._known(record, pupil)
        draft = self.plan.draft_of(What.PARENT, person, record.rows) if person else self._new(record)
        draft.place = draft.place or pupil.place
        self._tie(draft, record, pupil)
        if person:
            merge(draft, record.fields, self.roster.last_written(person))

    def _known(self, record: ParentRecord, pupil: Draft) -> Person | None:
        """A parent of the child with this name, or somebody with this name and phone; neighbours may share a phone."""
        own = self.roster.guardians.get(pupil.person.pk, {}) if pupil.person.pk else {}
        candidates = [self.roster.people[pk] for pk in own]
        if pupil.person.pk:
            candidates += self.once_tied[_ward(pupil.person)]
        by_phone = self.roster.by_phone.get(record.fields["phone"], []) if record.fields["phone"] else []
        candidates += [person for person in by_phone if person.pk not in self.roster.enrolments]
        fit = [person for person in candidates if _is_named(person, record)]
        return next((person for person in fit if not person.removed_at), fit[0] if fit else None)

    def _new(self, record: ParentRecord) -> Draft:
        """A new parent; the children of one family who stand in several rows have one, known by phone and name."""
        place = (record.fields["phone"], record.key)
        if record.fields["phone"]:
            for draft in self.new[place]:
                if _is_named(draft.person, record):
                    draft.add_rows(record.rows)
                    return draft
        draft = self.plan.new_draft(What.PARENT, Person(school=self.roster.school, **record.fields), record.rows)
        self.new[place].append(draft)
        return draft

    def _tie(self, parent: Draft, record: ParentRecord, pupil: Draft) -> None:
        ward = _ward(pupil.person)
        last = self.roster.last_written(parent.person).get(ward) if parent.person.pk and pupil.person.pk else None
        tie = self.roster.guardians.get(pupil.person.pk, {}).get(parent.person.pk) if pupil.person.pk else None
        said = f"{Guardianship.Kind(record.kind).label}: {pupil.person.full_name}, {pupil.place}"
        if tie is None and last and not pupil.returns:
            parent.keep(said)
        elif tie is None and (id(parent), id(pupil)) not in self.tied:
            self._new_tie(parent, record.kind, pupil, said)
        elif tie and tie.kind != record.kind and record.says_kind:
            if last == tie.kind:
                parent.facts += 1
                parent.note(f"{tie.get_kind_display()} → {said}")
                parent.written[ward] = record.kind
                self.plan.kinds.append(NewKind(tie, parent, pupil, record.kind))
            else:
                parent.keep(f"{tie.get_kind_display()}: {pupil.person.full_name}")

    def _new_tie(self, parent: Draft, kind: str, pupil: Draft, said: str) -> None:
        parent.facts += 1
        parent.note(said)
        parent.returns = parent.returns or bool(parent.person.pk and parent.person.removed_at)
        self.tied.add((id(parent), id(pupil)))
        self.plan.ties.append(NewTie(parent, pupil, kind))


def _is_named(person: Person, record: ParentRecord) -> bool:
    key = fold(person.last_name), fold(person.first_name)
    return key == record.key and agree(fold(person.patronymic), record.patronymic)
