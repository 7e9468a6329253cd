"""The desk of invites in the browser: list, new link, one link, sheets and slips, annulment (2.1, 2.3)."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from chats.kinds import Kind
from chats.services import create_chat
from invites.models import Invite
from invites.services import issuing, personal
from school.models import School
from tests.factories import make_class, make_parent, make_pupil, make_staff, user_of
from tests.invites.conftest import Visitor
from tests.invites.worlds import Class7B, make_7b, mother, use

pytestmark = pytest.mark.django_db


def at(name: str, world: Class7B, *args: Any) -> str:
    return reverse(f"invites:{name}", args=[world.school.pk, *args])


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


@pytest.fixture
def admin(world: Class7B) -> Visitor:
    return Visitor().signed_in(world.administrator)


@pytest.fixture
def homeroom(world: Class7B) -> Visitor:
    return Visitor().signed_in(world.homeroom)


def test_the_homeroom_teacher_makes_a_link_in_two_clicks(world: Class7B, homeroom: Visitor) -> None:
    page = text_of(homeroom.client.get(world.school_class.get_absolute_url()))
    assert "Пригласить родителей" in page
    data = {"role": "parent", "school_class": world.school_class.pk}
    answer = homeroom.client.post(at("create", world), data)
    invite = Invite.objects.get()
    assert answer["Location"] == at("detail", world, invite.pk)
    page = text_of(homeroom.client.get(answer["Location"]))
    assert "/join/" in page
    assert "data:image/svg+xml" in page
    assert "/join/" in text_of(homeroom.client.get(world.school_class.get_absolute_url()))


def test_terms_are_set_in_the_form(world: Class7B, admin: Visitor) -> None:
    data = {"role": "teacher", "days": "3", "max_uses": "5", "approval": "yes", "note": "педсовет"}
    admin.client.post(at("create", world), data)
    invite = Invite.objects.get()
    assert (invite.max_uses, invite.needs_approval, invite.note, invite.school_class) == (5, True, "педсовет", None)
    assert abs(invite.expires_at - timezone.now() - dt.timedelta(days=3)) < dt.timedelta(minutes=1)


def test_only_what_one_may_is_offered(world: Class7B, homeroom: Visitor) -> None:
    make_class(world.school, "7А")
    form = homeroom.client.get(at("create", world)).context["form"]
    assert [value for value, _label in form.fields["role"].choices] == ["pupil", "parent"]
    assert [label for _value, label in form.fields["school_class"].choices] == ["—", "7Б"]


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"role": "parent"}, "school_class"),
        ({"role": "director"}, "role"),
        ({"role": "teacher", "max_uses": "0"}, "max_uses"),
    ],
)
def test_what_makes_no_sense_is_said_at_its_field(
    world: Class7B, admin: Visitor, data: dict[str, str], field: str
) -> None:
    make_class(world.school, "7А")
    assert admin.client.post(at("create", world), data).context["form"].errors[field]
    assert not Invite.objects.exists()


def test_the_list_is_filtered_and_begins_with_the_active_ones(world: Class7B, admin: Visitor) -> None:
    parents, teachers, annulled = world.link(), world.link("teacher"), world.link("pupil")
    issuing.annul_invites(by=world.homeroom, invites=[annulled])

    def shown(**query: Any) -> set[Invite]:
        return set(admin.client.get(at("list", world), query).context["page_obj"].object_list)

    assert shown() == {parents, teachers}
    assert shown(state="") == {parents, teachers, annulled}
    assert shown(state="annulled") == {annulled}
    assert shown(role="teacher") == {teachers}
    assert shown(school_class=world.school_class.pk) == {parents}
    assert shown(kind="slip") == set()
    assert shown(state="nonsense", page="999") == {parents, teachers, annulled}


def test_each_sees_what_he_may_issue_or_annul(world: Class7B, homeroom: Visitor) -> None:
    own, foreign = world.link(), make_7b().link()
    staff = world.link("teacher")
    assert list(homeroom.client.get(at("list", world)).context["page_obj"]) == [own]
    assert homeroom.client.get(at("detail", world, staff.pk)).status_code == 404
    assert homeroom.client.get(at("detail", world, foreign.pk)).status_code == 404
    assert homeroom.client.get(reverse("invites:detail", args=[foreign.school_id, foreign.pk])).status_code == 404


def test_the_list_costs_the_same_for_three_and_for_forty(world: Class7B, admin: Visitor) -> None:
    counts = []
    for number in (3, 37):
        for _number in range(number):
            world.link()
        admin.client.get(at("list", world))
        with CaptureQueriesContext(connection) as queries:
            admin.client.get(at("list", world))
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 16


def test_what_is_about_to_be_annulled_is_shown_beforehand(world: Class7B, admin: Visitor) -> None:
    School.objects.filter(pk=world.school.pk).update(unclaimed_days=5)
    invite = world.link()
    Invite.objects.filter(pk=invite.pk).update(created_at=timezone.now() - dt.timedelta(days=4))
    page = text_of(admin.client.get(at("list", world)))
    assert "Будут аннулированы" in page
    assert "5 дней" in page
    assert "будет аннулирована" in text_of(admin.client.get(world.school.get_absolute_url()))


def test_one_and_many_are_annulled_with_a_reason(world: Class7B, homeroom: Visitor) -> None:
    invites = [world.link(), world.link("pupil")]
    answer = homeroom.client.post(
        at("annul", world), {"invite": [i.pk for i in invites], "reason": "утекла"}, follow=True
    )
    assert "Аннулировано 2 приглашения" in text_of(answer)
    assert {i.annul_reason for i in Invite.objects.all()} == {"утекла"}
    answer = homeroom.client.post(at("annul", world), {"invite": []}, follow=True)
    assert "Выберите хотя бы одно" in text_of(answer)


def test_the_log_says_who_joined_and_who_was_refused_and_why(world: Class7B, homeroom: Visitor) -> None:
    invite = world.link(max_uses=1)
    use(invite, answers=mother(last_name="Ёлкина"))
    with pytest.raises(Exception, match="вступили все"):
        use(invite, answers=mother())
    page = text_of(homeroom.client.get(at("detail", world, invite.pk)))
    assert "Ёлкина Мария" in page
    assert "По этому приглашению уже вступили все" in page


def test_a_dead_link_is_not_shown(world: Class7B, homeroom: Visitor) -> None:
    invite = world.link()
    issuing.annul_invites(by=world.homeroom, invites=[invite])
    assert "/join/" not in text_of(homeroom.client.get(at("detail", world, invite.pk)))
    assert homeroom.client.get(at("sheet", world, invite.pk)).status_code == 302


def test_an_additional_administrator_sees_that_there_is_an_invite_above_him_but_not_its_link(
    world: Class7B, admin: Visitor
) -> None:
    from school.services.administrators import appoint_at_once

    order: dict[str, Any] = {"order_number": "1", "order_date": dt.date(2025, 9, 1)}
    second = make_staff(world.school)
    appoint_at_once(by=world.administrator, person=second, **order)
    third = make_staff(world.school, joined=False)
    invite = personal.create_administrator_invite(by=world.administrator, person=third, **order)
    visitor = Visitor().signed_in(user_of(second))
    page = visitor.client.get(at("detail", world, invite.pk))
    assert page.status_code == 200
    assert "/join/" not in text_of(page)
    assert visitor.client.get(at("sheet", world, invite.pk)).status_code == 403
    assert visitor.client.get(at("create_administrator", world)).status_code == 403


def test_an_administrator_is_invited_in_the_form(world: Class7B, admin: Visitor) -> None:
    teacher = make_staff(world.school, joined=False, last_name="Орлова", first_name="Инна")
    data = {"person": "Орлова Инна", "order_number": "12-од", "order_date": "2025-09-01"}
    answer = admin.client.post(at("create_administrator", world), data)
    assert Invite.objects.get().person == teacher
    assert answer["Location"] == at("detail", world, Invite.objects.get().pk)
    assert admin.client.post(at("create_administrator", world), {"person": ""}).context["form"].errors["order_number"]


def test_the_sheet_says_in_large_letters_for_whom(world: Class7B, homeroom: Visitor) -> None:
    page = text_of(homeroom.client.get(at("sheet", world, world.link().pk)))
    assert 'class="sheet__whom">для родителей' in page
    assert "Не передавайте детям" in page


def test_slips_carry_the_names_and_no_link_text(world: Class7B, homeroom: Visitor) -> None:
    make_pupil(world.school_class, joined=False, last_name="О'Нил", first_name="Шон")
    url = at("slips", world, world.school_class.pk, "pupil")
    assert "2 человека не вступили" in text_of(homeroom.client.get(url))
    answer = homeroom.client.post(at("create_slips", world, world.school_class.pk, "pupil"))
    assert answer["Location"] == url
    page = text_of(homeroom.client.get(url))
    assert "Ёлкин Пётр Ильич" in page
    assert "О&#x27;Нил Шон" in page
    assert page.count("data:image/svg+xml") == 2
    assert homeroom.client.get(at("slips", world, world.school_class.pk, "teacher")).status_code == 404


def test_slips_cost_the_same_for_three_and_for_thirty(world: Class7B, homeroom: Visitor) -> None:
    counts = []
    for number in (3, 27):
        for _number in range(number):
            make_pupil(world.school_class, joined=False)
        homeroom.client.post(at("create_slips", world, world.school_class.pk, "pupil"))
        with CaptureQueriesContext(connection) as queries:
            homeroom.client.get(at("slips", world, world.school_class.pk, "pupil"))
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 16


def test_a_person_is_invited_from_his_card(world: Class7B, homeroom: Visitor) -> None:
    card = text_of(homeroom.client.get(world.child.get_absolute_url()))
    assert "Пригласить лично" in card
    answer = homeroom.client.post(at("invite_person", world, world.child.pk))
    invite = Invite.objects.get()
    assert answer["Location"] == at("detail", world, invite.pk)
    assert "Личное приглашение" in text_of(homeroom.client.get(world.child.get_absolute_url()))
    joined = make_pupil(world.school_class)
    assert "Пригласить лично" not in text_of(homeroom.client.get(joined.get_absolute_url()))
    assert homeroom.client.post(at("invite_person", world, joined.pk))["Location"] == joined.get_absolute_url()


def test_a_parent_opens_an_account_for_his_child_from_the_main_page(world: Class7B) -> None:
    parent = Visitor().signed_in(user_of(make_parent(world.child)))
    assert "Создать учётную запись ребёнку" in text_of(parent.client.get(reverse("home")))
    answer = parent.client.post(at("invite_child", world, world.child.pk))
    page = parent.client.get(answer["Location"])
    assert page.status_code == 200
    assert "data:image/svg+xml" in text_of(page)
    stranger = make_pupil(world.school_class, joined=False)
    assert parent.client.post(at("invite_child", world, stranger.pk)).status_code == 404
    assert parent.client.post(at("invite_person", world, world.child.pk)).status_code == 403


def test_a_link_into_a_chat_is_made_from_the_chat(world: Class7B, homeroom: Visitor) -> None:
    pupil = make_pupil(world.school_class)
    chat = create_chat(
        by=world.homeroom, kind=Kind.CLASS_OTHER, scope=world.school_class, title="Поход", people=[pupil]
    )
    assert "«Поход»" in text_of(homeroom.client.get(at("create", world), {"chat": chat.pk}))
    homeroom.client.post(
        at("create", world), {"role": "parent", "school_class": world.school_class.pk, "chat": chat.pk}
    )
    assert Invite.objects.get().chat == chat
    admin = Visitor().signed_in(world.administrator)
    assert admin.client.get(at("create", world), {"chat": chat.pk}).status_code == 404
