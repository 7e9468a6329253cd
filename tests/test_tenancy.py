"""Many schools in one installation: every row knows its school, and no door shows a row of another one."""

import copy
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import models
from pytest_django import DjangoDbBlocker

from school.models import School
from tests.access.matrix import row_modules
from tests.world import World, world_kept

OUR_APPS = ("school", "chats", "channels_app", "documents", "invites", "stats")
# Composite indexes that do not begin with the school, and why.
OTHER_INDEXES: dict[str, str] = {
    "invites_of_a_class": "a class is of one school; looked for by the class",
    "requests_of_a_class": "a class is of one school; looked for by the class",
    "uses_of_an_invite": "an invite is of one school; looked for by the invite",
}


def our_models() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if model._meta.app_label in OUR_APPS]


def keys(model: type[models.Model]) -> list[Any]:
    return [field for field in model._meta.concrete_fields if field.is_relation]


def path_to_school(model: type[models.Model]) -> str | None:
    """«school», or «chat__school» for a row that its parent leads there; None when it takes more steps."""
    direct = [key.name for key in keys(model) if key.related_model is School]
    through = [key.name for key in keys(model) if any(up.name == "school" for up in keys(key.related_model))]
    return next(iter([*direct, *(f"{name}__school" for name in through)]), None)


def test_every_row_reaches_its_school_in_one_step():
    lost = [model._meta.label for model in our_models() if path_to_school(model) is None]
    assert lost == ["school.School"]


def test_composite_indexes_begin_with_the_school():
    wrong = []
    for model in our_models():
        for index in model._meta.indexes if path_to_school(model) == "school" else []:
            if len(index.fields) > 1 and index.fields[0] != "school" and index.name not in OTHER_INDEXES:
                wrong.append(f"{model._meta.label}.{index.name}: {index.fields}")
    assert not wrong


@pytest.fixture(scope="module")
def kept_world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    with world_kept(django_db_blocker) as built:
        for module in row_modules():
            for place in (built.own, built.other_class, built.other_school):
                getattr(module, "prepare", lambda place: None)(place)
        yield built


@pytest.fixture
def world(kept_world: World) -> World:
    return copy.deepcopy(kept_world)


WITH_A_DOOR = [model for model in our_models() if hasattr(model._default_manager.all(), "visible_to")]


@pytest.mark.django_db
@pytest.mark.parametrize("model", WITH_A_DOOR, ids=lambda model: model._meta.label)
def test_no_door_shows_a_row_of_another_school(model: type[models.Model], world: World):
    own, rows = world.own.school, model._default_manager.all()
    foreign = rows.exclude(pk=own.pk) if model is School else rows.exclude(**{str(path_to_school(model)): own})
    seen: dict[str, Any] = {}
    for role, user in world.users.items():
        if user and (found := list(foreign.visible_to(user))):  # type: ignore[attr-defined]
            seen[role] = found
    assert not seen


# Models without `visible_to`: what they are reached through, never by an id of their own out of a request.
REACHED_THROUGH: dict[str, str] = {
    "school.ActRow": "its act, by who keeps the movement",
    "school.ImportLine": "its import",
    "school.ImportedValues": "the plan of the next import",
    "school.RememberedColumns": "the school, when a list is uploaded",
    "school.AcademicYear": "the school",
    "school.Subject": "the school",
    "school.RegistrationRequest": "Django's admin, the operator",
    "school.RolloverClass": "its plan",
    "school.RolloverPupil": "its plan",
    "school.RoleGroup": "roles and the audience of chats",
    "school.RightOverride": "the school, by who manages rights",
    "school.SchoolGroupPermission": "rights",
    "school.ClassGroupPermission": "rights",
    "school.StudyGroupGroupPermission": "rights",
    "school.SchoolUserPermission": "the school, by who manages rights",
    "school.ClassUserPermission": "the school, by who manages rights",
    "school.StudyGroupUserPermission": "the school, by who manages rights",
    "invites.InviteUse": "its invite",
    "channels_app.Reading": "one's own, through the channel",
    "documents.Acknowledgement": "the version, by who keeps the documents",
    "documents.DocumentVersion": "its document",
    "chats.ChatAudience": "the chat",
    "chats.ChatGap": "one's own, through the chat",
    "chats.ChatMember": "the chat",
    "chats.ChatState": "one's own, through the chat",
}


def test_every_model_has_a_door_or_is_reached_through_one():
    """A new model gets `visible_to`, or a line in REACHED_THROUGH."""
    without = {model._meta.label for model in our_models()} - {model._meta.label for model in WITH_A_DOOR}
    assert sorted(without) == sorted(REACHED_THROUGH)
