"""A fact reads as a sentence wherever it is printed: who, what, where."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from school.models import Activist, Enrolment, GroupMembership, Guardianship, Homeroom, StaffPosition, Teaching
from tests import factories as f
from tests.world import World

pytestmark = pytest.mark.django_db
As = Callable[[User], Client]


def test_facts_read_as_sentences():
    school_class = f.make_class(f.make_school(), "7Б")
    pupil = f.make_pupil(school_class, last_name="Ёлкин", first_name="Пётр", patronymic="")
    parent = f.make_parent(pupil, last_name="Ёлкина", first_name="Мария", patronymic="")
    lead = f.make_homeroom(school_class)
    teacher = f.make_teaching(school_class, "Алгебра")
    pupils_part = GroupMembership(person=pupil, study_group=f.make_study_group(school_class, "Химия", "1-я группа"))
    assert str(Enrolment.objects.get(person=pupil)) == "Ёлкин Пётр: зачисление, 7Б"
    assert str(Guardianship.objects.get(guardian=parent)) == "Ёлкина Мария: мать, Ёлкин Пётр"
    assert str(Homeroom.objects.get()) == f"{lead}: классное руководство, 7Б"
    assert str(Teaching.objects.get()) == f"{teacher}: преподавание, Алгебра"
    assert str(pupils_part) == "Ёлкин Пётр: участие в учебной группе, Химия, 1-я группа"
    assert str(StaffPosition(person=lead, kind="teacher", title="учитель химии")) == f"{lead}: учитель химии"
    assert str(Activist(person=pupil, kind="pupils", starts_on=timezone.localdate())).startswith("Ёлкин Пётр: ")


def test_the_page_of_the_homeroom_names_the_teacher_and_nothing_of_the_database(world: World, as_: As):
    url = reverse("school:homeroom", args=[world.own.school.pk, world.own.school_class.pk])
    page = as_(f.administrator_of(world.own.school)).get(url).content.decode()
    heading = page[page.index("<h1>") : page.index("<form")]
    assert "классное руководство" not in heading
    assert "#" not in heading
    assert f"{world.own.homeroom.full_name}, с" in page[page.index("<form") :]
