"""«/» leads everybody where his role works; the menu and the switcher follow the present school."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from school.services import people
from tests import factories as f
from tests.world import World

pytestmark = pytest.mark.django_db
As = Callable[[User], Client]
HOME = "/"


def test_a_stranger_is_offered_to_sign_in_or_to_register_a_school(client: Client):
    page = client.get(HOME).content.decode()
    assert reverse("account_login") in page
    assert reverse("school:register") in page


def test_somebody_without_a_school_is_told_whom_to_ask(as_: As):
    assert "Попросите ссылку у классного руководителя" in as_(f.make_user()).get(HOME).content.decode()


def test_an_administrator_sees_what_is_to_be_done(world: World, as_: As):
    f.make_class(world.own.school, "1А")
    page = as_(f.administrator_of(world.own.school)).get(HOME).content.decode()
    assert "класс без классного руководителя" in page


def test_what_is_new_comes_after_a_desk_and_stands_alone_without_scripts(world: World, as_: As):
    client = as_(f.user_of(world.own.homeroom))
    assert f'hx-get="{reverse("school:news")}"' in client.get(HOME).content.decode()
    whole = client.get(reverse("school:news")).content.decode()
    part = client.get(reverse("school:news"), headers={"HX-Request": "true"}).content.decode()
    assert "<h1>" in whole
    assert "<h1>" not in part
    assert as_(f.make_user()).get(reverse("school:news")).status_code == 404


def test_a_parent_sees_the_children_and_their_class(world: World, as_: As):
    page = as_(f.user_of(world.own.parent)).get(HOME).content.decode()
    assert world.own.pupil.first_name in page
    assert world.own.school_class.get_absolute_url() in page


def test_who_has_left_is_in_no_school(world: World, as_: As):
    people.remove_person(by=f.administrator_of(world.own.school), person=world.own.pupil, reason="Переезд")
    client = as_(f.user_of(world.own.pupil))
    assert "Вы пока не в школе" in client.get(HOME).content.decode()
    assert client.get(reverse("school:home", args=[world.own.school.pk])).status_code == 404


def test_the_school_page_says_what_waits(world: World, as_: As):
    f.make_class(world.own.school, "1А")
    response = as_(f.administrator_of(world.own.school)).get(reverse("school:home", args=[world.own.school.pk]))
    counts = response.context["counts"]
    assert (counts.waiting, counts.headless, counts.alone) == (1, 1, 0)
    assert (counts.class_count, counts.pupils, counts.parents) == (3, 4, 4)


def test_a_pupil_reads_about_the_school_and_no_figures(world: World, as_: As):
    response = as_(f.user_of(world.own.pupil)).get(reverse("school:home", args=[world.own.school.pk]))
    assert response.context["counts"] is None
    assert world.people["administrator"].full_name in response.content.decode()


def test_the_last_school_is_kept_and_the_switcher_offers_the_other(world: World, as_: As):
    user = f.user_of(world.own.parent)
    pupil = f.make_pupil(world.other_school.school_class)
    f.join(f.make_parent(pupil, joined=False), user)
    client = as_(user)
    client.get(reverse("school:home", args=[world.other_school.school.pk]))
    page = client.get(HOME).content.decode()
    assert pupil.first_name in page
    assert reverse("school:home", args=[world.own.school.pk]) in page
    client.get(reverse("school:home", args=[world.own.school.pk]))
    assert world.own.pupil.first_name in client.get(HOME).content.decode()


def menu(client: Client) -> set[str]:
    navigation = client.get(reverse("school:rights", args=[client.session.get("school", 0) or 0])).context
    return {item.url_name for group in navigation["navigation"]["groups"] for item in group.items}


def test_the_menu_is_by_rights(world: World, as_: As):
    url = reverse("school:rights", args=[world.own.school.pk])

    def lines(user: User) -> set[str]:
        groups = as_(user).get(url).context["navigation"]["groups"]
        return {item.url_name for group in groups for item in group.items}

    admin, pupil = lines(f.administrator_of(world.own.school)), lines(f.user_of(world.own.pupil))
    assert {"school:structure", "school:people", "school:events", "school:staff"} <= admin
    assert "home" in admin
    assert {"home", "school:home", "school:rights"} <= pupil
    assert not pupil & {"school:structure", "school:people", "school:events", "school:staff"}
    assert "school:events" not in lines(f.user_of(world.own.homeroom))
