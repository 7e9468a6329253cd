"""What the tests of a new school year begin with: a plan, the worker, everything that the school has."""

from typing import Any

from django.apps import apps
from django.db import models

from accounts.models import User
from school.models import Act, Rollover, School
from school.services import rollover as services
from school.services import rollover_apply
from tests import factories as f

# What an act leaves behind on purpose: the act itself, the journal, the log and the plan.
LEFT_BEHIND = {"school.Act", "school.ActRow", "school.Event", "school.Movement"}
LEFT_BEHIND |= {"school.Rollover", "school.RolloverClass", "school.RolloverPupil"}
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
        name: ([row for row in before[name] if row not in after[name]], [row for row in after[name] if row not in before[name]])
        for name in before
        if before[name] != after[name]
    }


def make_plan(school: School, **settings: Any) -> Rollover:
    admin = f.administrator_of(school)
    plan = services.start_rollover(by=admin, school=school)
    if settings:
        change(plan, **settings)
    return plan


def change(plan: Rollover, **settings: Any) -> Rollover:
    names = ("starts_on", "ends_on", "chats", "carries_teaching", "first_classes", "order_number", "order_date")
    kept = {name: getattr(plan, name) for name in names}
    return services.edit_rollover(by=f.administrator_of(plan.school), rollover=plan, **{**kept, **settings})


def carry_out(plan: Rollover) -> Rollover:
    """Begun by the administrator, done by the worker; the row as it is then."""
    services.begin_rollover(by=f.administrator_of(plan.school), rollover=plan)
    rollover_apply.carry_out_due()
    plan.refresh_from_db()
    return plan


def new_year(school: School, **settings: Any) -> Act:
    """A new year by the usual plan."""
    plan = carry_out(make_plan(school, **settings))
    assert plan.state == Rollover.State.APPLIED, plan.reason
    assert plan.act
    return plan.act


def tracked_models() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if model._meta.app_label in APPS]
