"""What the tests of a new school year begin with: a plan, the worker, everything that the school has."""

from typing import Any

from django.apps import apps

from accounts.models import User
from school.models import Act, Person, Rollover, RolloverPupil, School, SchoolClass
from school.rollover_plan import ClassName
from school.services import acts, bulk, rollover_apply
from school.services import rollover as services
from school.services.rollover import ClassEdit, Decision
from school.services.rollover_begin import begin_rollover
from school.services.structure import parse_class_name
from tests import factories as f

Fate = RolloverPupil.Fate

# What an act leaves behind on purpose: the act itself, the journal, the log and the plan.
LEFT_BEHIND = {"school.Act", "school.ActRow", "school.Event", "school.Movement"}
LEFT_BEHIND |= {"school.Rollover", "school.RolloverClass", "school.RolloverPupil", "school.PendingAct"}
APPS = ("school", "chats", "invites", "auth")


def tables() -> dict[str, list[Any]]:
    """Every row of these apps, column by column; of who is in which group and what a group may, the pairs alone."""
    found: dict[str, list[Any]] = {}
    for model in apps.get_models(include_auto_created=True):
        if model._meta.app_label in APPS and model._meta.label not in LEFT_BEHIND:
            found[model._meta.label] = list(model._default_manager.order_by("pk").values())
    found["accounts.User_groups"] = sorted(User.groups.through.objects.values_list("user_id", "group_id"))
    return found


def differences(before: dict[str, list[Any]], after: dict[str, list[Any]]) -> dict[str, Any]:
    """The tables that are not the same, with the rows that are in one of them only."""
    return {
        name: (
            [row for row in before[name] if row not in after[name]],
            [row for row in after[name] if row not in before[name]],
        )
        for name in before
        if before[name] != after[name]
    }


def make_plan(school: School, **settings: Any) -> Rollover:
    admin = f.administrator_of(school)
    plan = services.start_rollover(by=admin, school=school)
    return change(plan, **settings) if settings else plan


def change(plan: Rollover, **settings: Any) -> Rollover:
    names = ("starts_on", "ends_on", "chats", "carries_teaching", "first_classes", "order_number", "order_date")
    kept = {name: getattr(plan, name) for name in names}
    return services.edit_rollover(by=f.administrator_of(plan.school), rollover=plan, **{**kept, **settings})


def rename(plan: Rollover, **names: str) -> None:
    """rename(plan, **{"9А": "10Б", "9Б": ""}): an empty name lets the class graduate."""
    edits = {plan.school.classes.taught().get(parallel=p, letter=x): ClassEdit(to) for (p, x), to in _named(names)}
    services.edit_classes(by=f.administrator_of(plan.school), rollover=plan, edits=edits)


def _named(names: dict[str, str]) -> list[tuple[tuple[int, str], str]]:
    return [(parse_class_name(old), to) for old, to in names.items()]


def lead(plan: Rollover, school_class: SchoolClass, to: str, person: Person | None) -> None:
    """The class goes on under another homeroom teacher, or under nobody."""
    edits = {school_class: ClassEdit(to, homeroom=person, keeps_homeroom=False)}
    services.edit_classes(by=f.administrator_of(plan.school), rollover=plan, edits=edits)


def decide(plan: Rollover, person: Person, fate: str, to: str = "", place: str = "") -> None:
    """What becomes of a pupil who does not go along."""
    school_class = person.enrolments.active().get().school_class
    decision = Decision(fate, ClassName(*parse_class_name(to)) if to else None, place)
    by = f.administrator_of(plan.school)
    services.decide_pupils(by=by, rollover=plan, school_class=school_class, decisions={person.pk: decision})


def class_of(person: Person) -> str:
    """The class in which the person is now; empty for nobody."""
    enrolment = person.enrolments.active().select_related("school_class").first()
    return enrolment.school_class.name if enrolment else ""


def fill(school_class: SchoolClass, number: int) -> list[Person]:
    """So many new pupils, none of whom has joined."""
    names = [{"last_name": f"Выпускников{n}", "first_name": "Пётр"} for n in range(number)]
    return bulk.add_pupils(by=f.administrator_of(school_class.school), school_class=school_class, rows=names)


def carry_out(plan: Rollover) -> Rollover:
    """Begun by the administrator, or when its day has come where many leave; done by the worker; the row as it is then."""
    if act := begin_rollover(by=f.administrator_of(plan.school), rollover=plan):
        assert acts.carry_out_due(now=act.due_at) == 1
    rollover_apply.carry_out_due()
    plan.refresh_from_db()
    return plan


def new_year(school: School, **settings: Any) -> Act:
    """A new year by the usual plan."""
    plan = carry_out(make_plan(school, **settings))
    assert plan.state == Rollover.State.APPLIED, plan.reason
    assert plan.act
    return plan.act
