"""The join page: three steps for somebody without an account, refusals, somebody else's device."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from chats.kinds import Kind
from chats.services import create_chat
from invites import limits
from invites.models import Invite, InviteUse, JoinRequest
from invites.refusals import TEXTS
from invites.services import issuing, personal
from invites.services.deciding import approve_request, reject_requests
from invites.tokens import token_of
from school.models import Event, Person
from tests.factories import make_parent, make_pupil, make_user, user_of
from tests.invites.conftest import PHONE, Visitor
from tests.invites.worlds import Class7B, ask, is_parent, mother, use

pytestmark = pytest.mark.django_db
MOTHER = {
    "last_name": "Ёлкина",
    "first_name": "Мария",
    "kind": "mother",
    "child_last_name": "Елкин",
    "child_first_name": "петр",
}


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def end(invite: Invite) -> None:
    created = timezone.now() - dt.timedelta(days=15)
    Invite.objects.filter(pk=invite.pk).update(created_at=created, expires_at=created + dt.timedelta(days=14))


# --- three steps ------------------------------------------------------------------------------------------------------


def test_a_parent_without_an_account_is_in_the_chat_after_three_steps(world: Class7B, visitor: Visitor) -> None:
    chat = create_chat(by=world.homeroom, kind=Kind.PARENTS, scope=world.school_class)
    invite = world.link()
    first = text_of(visitor.open(invite))
    assert "для родителей" in first
    assert "7Б" in first
    assert world.school.name in first
    assert world.homeroom.name in first
    assert "классный руководитель" in first
    assert visitor.open(invite, "join_phone").status_code == 200
    assert visitor.prove_phone(invite).url == reverse("invites:join", args=[token_of(invite)])
    assert "Фамилия ребёнка" in text_of(visitor.open(invite))
    answer = visitor.send(invite, **MOTHER)
    parent = User.objects.get(phone=PHONE)
    assert answer.url == f"/chats/{chat.pk}/"
    assert is_parent(parent, world.child)
    assert parent.phone_verified


def test_without_a_chat_the_next_step_is_said(world: Class7B, visitor: Visitor) -> None:
    parent = make_user(name="")
    answer = visitor.signed_in(parent).send(world.link(), **MOTHER)
    assert answer.url == reverse("home")
    assert "Чат родителей" in text_of(visitor.client.get(answer.url))


def test_a_name_that_does_not_match_waits_visibly(world: Class7B, visitor: Visitor) -> None:
    parent, invite = make_user(), world.link()
    answer = visitor.signed_in(parent).send(invite, **{**MOTHER, "child_first_name": "Павел"})
    assert answer.url == reverse("invites:join", args=[token_of(invite)])
    page = text_of(visitor.open(invite))
    assert "Заявка отправлена" in page
    assert "Елкин Павел" in page
    assert text_of(visitor.open(invite, "standing")) == "waiting_for_approval"
    request = JoinRequest.objects.get(user=parent)
    approve_request(by=world.homeroom, request=request, child=world.child)
    assert text_of(visitor.open(invite, "standing")) == "already_member"


def test_a_rejected_request_says_why_and_may_be_made_again(world: Class7B, visitor: Visitor) -> None:
    request = ask(world)
    reject_requests(by=world.homeroom, requests=[request], reason="Это не ваш класс")
    page = text_of(visitor.signed_in(request.user).open(request.invite))
    assert "Это не ваш класс" in page
    assert "Фамилия ребёнка" in page


def test_a_request_is_withdrawn_on_the_page(world: Class7B, visitor: Visitor) -> None:
    request = ask(world)
    visitor.signed_in(request.user).send(request.invite, "withdraw", request=request.pk)
    request.refresh_from_db()
    assert request.status == "withdrawn"
    stranger = Visitor().signed_in(make_user())
    assert stranger.send(request.invite, "withdraw", request=request.pk).status_code == 404


def test_a_double_click_is_harmless(world: Class7B, visitor: Visitor) -> None:
    invite, parent = world.link(), make_user()
    visitor.signed_in(parent)
    first, second = visitor.send(invite, **MOTHER), visitor.send(invite, **MOTHER)
    assert first.url == second.url
    invite.refresh_from_db()
    assert invite.uses == 1


def test_an_answer_to_correct_is_said_at_its_field(world: Class7B, visitor: Visitor) -> None:
    answer = visitor.signed_in(make_user()).send(world.link(), **{**MOTHER, "last_name": "Мама 😀"})
    assert answer.status_code == 200
    assert answer.context["form"].errors["last_name"]


def test_a_teacher_who_is_a_parent_is_not_asked_for_his_name_again(world: Class7B, visitor: Visitor) -> None:
    page = text_of(visitor.signed_in(world.homeroom).open(world.link()))
    assert "child_last_name" in page
    assert 'name="last_name"' not in page


# --- a GET changes nothing --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["join", "join_phone", "join_login", "standing"])
@pytest.mark.parametrize("who", ["guest", "parent", "pupil"])
def test_a_get_changes_nothing(world: Class7B, visitor: Visitor, page: str, who: str) -> None:
    invite = personal.create_personal_invite(by=world.homeroom, person=world.child) if who == "pupil" else world.link()
    if who == "parent":
        visitor.signed_in(make_user())

    def state() -> Any:
        counts = [model.objects.count() for model in (User, Person, InviteUse, JoinRequest, Event)]
        return counts, Invite.objects.filter(pk=invite.pk).values().get()

    before = state()
    assert visitor.open(invite, page).status_code in (200, 302)
    assert visitor.client.head(reverse(f"invites:{page}", args=[token_of(invite)])).status_code in (200, 302)
    assert state() == before


def test_an_invite_that_ended_between_the_page_and_the_post_is_refused(world: Class7B, visitor: Visitor) -> None:
    invite, parent = world.link(), make_user()
    assert visitor.signed_in(parent).open(invite).status_code == 200
    end(invite)
    answer = visitor.send(invite, **MOTHER)
    assert answer.status_code == 410
    assert str(TEXTS["expired"]) in text_of(answer)
    assert not is_parent(parent, world.child)


# --- refusals ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["expired", "annulled", "used_up"])
def test_a_dead_link_says_why_to_a_guest_and_takes_no_phone(world: Class7B, visitor: Visitor, code: str) -> None:
    invite = world.link(max_uses=1)
    if code == "expired":
        end(invite)
    elif code == "annulled":
        issuing.annul_invites(by=world.homeroom, invites=[invite])
    else:
        use(invite, answers=mother())
    answer = visitor.open(invite)
    assert answer.status_code == 410
    assert str(TEXTS[code]) in text_of(answer)
    assert visitor.send(invite, "join_phone", phone=PHONE).status_code == 302
    assert not User.objects.filter(phone=PHONE).exists()


def test_a_wrong_token_is_unknown_and_shows_nothing(world: Class7B, visitor: Visitor) -> None:
    token = token_of(world.link())[:-1] + "!"
    answer = visitor.client.get(reverse("invites:join", args=[token]))
    assert answer.status_code == 404
    assert str(TEXTS["unknown"]) in text_of(answer)
    assert world.school.name not in text_of(answer)


def test_guessing_tokens_is_stopped_in_russian(world: Class7B, visitor: Visitor, settings: Any) -> None:
    good = world.link()
    for number in range(limits.WRONG_BY_ADDRESS):
        assert visitor.client.get(reverse("invites:join", args=[f"{number}-guess"])).status_code == 404
    answer = visitor.client.get(reverse("invites:join", args=["zz-guess"]))
    assert answer.status_code == 429
    assert "Слишком много попыток" in text_of(answer)
    assert visitor.open(good).status_code == 429
    assert Client(REMOTE_ADDR="10.0.0.7").get(reverse("invites:join", args=[token_of(good)])).status_code == 200


def test_a_school_under_attack_gives_each_address_few_guesses(world: Class7B, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "WRONG_BY_SCHOOL", 10)
    token = token_of(world.link()).partition("-")[0] + "-guess"
    for number in range(12):
        Client(REMOTE_ADDR=f"10.0.0.{number}").get(reverse("invites:join", args=[token]))
    statuses = [
        Client(REMOTE_ADDR="10.0.1.1").get(reverse("invites:join", args=[token])).status_code
        for _number in range(limits.WRONG_UNDER_ATTACK + 1)
    ]
    assert statuses == [404] * limits.WRONG_UNDER_ATTACK + [429]
    assert Client(REMOTE_ADDR="10.0.1.2").get(reverse("invites:join", args=[token_of(world.link())])).status_code == 200


# --- somebody else's device -------------------------------------------------------------------------------------------


def test_a_parents_link_on_the_childs_phone_leads_to_the_parents_phone(world: Class7B, visitor: Visitor) -> None:
    child = user_of(make_pupil(world.school_class, last_name="Сосна", first_name="Ян"))
    invite = world.link()
    answer = visitor.signed_in(child).open(invite)
    page = text_of(answer)
    assert answer.status_code == 403
    assert "Сосна Ян" in page
    assert "Продолжить на телефоне родителя" in page
    assert "data:image/svg+xml" in page
    assert "Это не вы?" in page
    assert "Войти заново" in page
    assert visitor.send(invite, **MOTHER).status_code == 403
    out = visitor.client.post(reverse("account_logout"), {"next": reverse("invites:join", args=[token_of(invite)])})
    assert out["Location"] == reverse("invites:join", args=[token_of(invite)])


def test_whoever_was_signed_in_before_is_named_below_the_question(world: Class7B, visitor: Visitor) -> None:
    page = text_of(visitor.signed_in(make_user(name="Иванова Мария")).open(world.link()))
    assert page.index("Фамилия ребёнка") < page.index("Вы вошли как Иванова Мария.")
    assert "Это не вы?" in page
    assert "Войти заново" in page


def test_nobody_asks_a_newcomer_whether_it_is_he(world: Class7B, visitor: Visitor) -> None:
    invite = world.link()
    visitor.prove_phone(invite)
    page = text_of(visitor.open(invite))
    assert page.index("Фамилия ребёнка") < page.index("Входить на портал вы будете по номеру +7 916")
    assert "Это не вы?" not in page
    assert "Войти заново" not in page
    assert "Это телефон ребёнка?" in page


def test_another_link_in_the_same_browser_asks_again(world: Class7B, visitor: Visitor) -> None:
    """A pupil joined a minute ago by his own link; now the parents' link is opened in his browser."""
    visitor.prove_phone(world.link(role="pupil"))
    page = text_of(visitor.open(world.link()))
    assert "Вы вошли как +7 916" in page
    assert "Это не вы?" in page


def test_a_pupil_who_proves_his_phone_at_the_parents_link_still_finds_the_way_out(
    world: Class7B, visitor: Visitor
) -> None:
    child = user_of(make_pupil(world.school_class, last_name="Сосна", first_name="Ян"))
    User.objects.filter(pk=child.pk).update(phone=PHONE, phone_verified=True)
    invite = world.link()
    visitor.prove_phone(invite)
    answer = visitor.open(invite)
    assert answer.status_code == 403
    assert "Войти заново" in text_of(answer)


def test_a_parent_of_twins_adds_the_other_one_by_the_same_link(world: Class7B, visitor: Visitor) -> None:
    twin = make_pupil(world.school_class, joined=False, last_name="Ёлкин", first_name="Павел")
    parent, invite = user_of(make_parent(world.child)), world.link()
    assert "Добавить другого ребёнка" in text_of(visitor.signed_in(parent).open(invite))
    visitor.send(invite, kind="mother", child_last_name="Ёлкин", child_first_name="Павел")
    assert is_parent(parent, twin)


# --- slips ------------------------------------------------------------------------------------------------------------


def test_a_slip_asks_only_whether_it_is_he(world: Class7B, visitor: Visitor) -> None:
    parent = make_parent(world.child, joined=False, last_name="Ёлкина", first_name="Мария")
    invite = personal.create_personal_invite(by=world.homeroom, person=parent)
    user = make_user()
    assert "Это вы?" in text_of(visitor.signed_in(user).open(invite))
    visitor.send(invite)
    parent.refresh_from_db()
    assert parent.user == user


def test_a_pupil_without_a_phone_gets_a_login_and_is_signed_in(world: Class7B, visitor: Visitor) -> None:
    invite = personal.create_personal_invite(by=world.homeroom, person=world.child)
    page = text_of(visitor.open(invite, "join_login"))
    assert "elkin.petr" in page
    answer = visitor.send(invite, "join_login", login="elkin.petr", password="красный-дракон-7")
    assert answer.status_code == 302
    assert visitor.client.session["_auth_user_id"] == str(User.objects.get(login="elkin.petr").pk)
    world.child.refresh_from_db()
    assert world.child.user


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"login": "1", "password": "красный-дракон-7"}, "login"),
        ({"login": "elkin.petr", "password": "12345678"}, "password"),
        ({"login": "", "password": ""}, "login"),
    ],
)
def test_a_bad_login_is_said_at_its_field(world: Class7B, visitor: Visitor, data: dict[str, str], field: str) -> None:
    invite = personal.create_personal_invite(by=world.homeroom, person=world.child)
    assert visitor.send(invite, "join_login", **data).context["form"].errors[field]


def test_a_parent_makes_the_childs_login_on_his_own_phone_and_stays_himself(world: Class7B, visitor: Visitor) -> None:
    parent = user_of(make_parent(world.child))
    invite = personal.create_child_invite(by=parent, pupil=world.child)
    assert "ребёнка здесь" in text_of(visitor.signed_in(parent).open(invite))
    answer = visitor.send(invite, "join_login", login="elkin.petr", password="красный-дракон-7")
    assert "elkin.petr" in text_of(answer)
    assert visitor.client.session["_auth_user_id"] == str(parent.pk)


def test_nobody_else_makes_a_login_out_of_a_slip_while_signed_in(world: Class7B, visitor: Visitor) -> None:
    invite = personal.create_personal_invite(by=world.homeroom, person=world.child)
    answer = visitor.signed_in(world.homeroom).send(
        invite, "join_login", login="elkin.petr", password="красный-дракон-7"
    )
    assert answer.url == reverse("invites:join", args=[token_of(invite)])
    assert not User.objects.filter(login="elkin.petr").exists()


def test_a_link_of_the_class_makes_no_logins(world: Class7B, visitor: Visitor) -> None:
    assert visitor.open(world.link("pupil"), "join_login").status_code == 302


def test_a_child_under_14_is_told_what_to_do(world: Class7B, visitor: Visitor) -> None:
    invite = world.link("pupil")
    born = (timezone.localdate() - dt.timedelta(days=365 * 10)).isoformat()
    answer = visitor.signed_in(make_user()).send(invite, last_name="Ёлкин", first_name="Пётр", birth_date=born)
    assert answer.context["form"].errors["birth_date"] == [str(TEXTS["under_age"])]


def test_the_page_costs_the_same_in_a_class_of_three_and_of_thirty(world: Class7B, visitor: Visitor) -> None:
    invite, counts = world.link(), []
    visitor.signed_in(make_user()).open(invite)
    for number in (3, 30):
        for _number in range(number):
            make_pupil(world.school_class, joined=False)
        with CaptureQueriesContext(connection) as queries:
            visitor.open(invite)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 20
