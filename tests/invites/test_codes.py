"""Short codes of slips: typed by hand in any spelling, never stored, hopeless to guess."""

import itertools
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from invites import codes, limits, tokens
from invites.links import code_address
from invites.models import Invite, InviteUse
from invites.services import issuing, personal, slips
from school.models import Event
from tests.factories import make_staff, make_user
from tests.invites.conftest import Visitor
from tests.invites.worlds import Class7B, make_7b

pytestmark = pytest.mark.django_db
CYRILLIC = str.maketrans("CHKMPTX", "СНКМРТХ")


@pytest.fixture
def slip(world: Class7B) -> Invite:
    return personal.create_personal_invite(by=world.homeroom, person=world.child)


def type_code(code: str, address: str = "127.0.0.1") -> Any:
    return Client(REMOTE_ADDR=address).post(reverse("invites:code"), {"code": code})


def leads_to(answer: Any, invite: Invite) -> bool:
    return answer.status_code == 302 and answer["Location"] == reverse("invites:join", args=[tokens.token_of(invite)])


def wrong(code: str) -> str:
    """Another code of the same form."""
    return ("2" if code[0] != "2" else "4") + code[1:]


def test_a_code_is_three_groups_of_four_without_look_alikes(slip: Invite) -> None:
    groups = codes.code_of(slip).split("-")
    assert [len(group) for group in groups] == [4, 4, 4]
    assert not set("".join(groups)) & set("0OoQD1IilLJ3З8BВ")
    twins = "".join(codes.read(char) for char in codes.ALPHABET.lower())
    assert twins == codes.ALPHABET


@pytest.mark.parametrize(
    "typed",
    [
        str,
        str.lower,
        lambda code: code.translate(CYRILLIC),
        lambda code: code.translate(CYRILLIC).lower(),
        lambda code: code.replace("-", ""),
        lambda code: code.replace("-", " "),
        lambda code: f"  {code.replace('-', ' — ')} ",
        lambda code: code.replace("-", "\N{NON-BREAKING HYPHEN}"),
        lambda code: "".join(
            a + b for a, b in itertools.zip_longest(code[::2].translate(CYRILLIC), code[1::2].lower())
        ),
        lambda code: code.translate(str.maketrans("4652", "ЧбSz")),
        lambda code: code.translate(str.maketrans("6HP", "GNr")),
    ],
)
def test_every_way_of_typing_it_opens_the_same_invite(world: Class7B, typed: Any) -> None:
    for _ in range(4):
        slip = slips.create_personal_invites(by=world.homeroom, school_class=world.school_class, role="pupil")[0]
        assert codes.find(typed(codes.code_of(slip))) == slip
        issuing.annul_invites(by=world.homeroom, invites=[slip])


def test_every_character_of_the_alphabet_has_been_typed_in_both_scripts(world: Class7B) -> None:
    """The codes of sixty invites hold all of them, so the test above has not left one out by chance."""
    slip = personal.create_personal_invite(by=world.homeroom, person=world.child)
    seen: set[str] = set()
    for pk in range(slip.pk, slip.pk + 60):
        slip.pk = pk
        code = codes.code_of(slip)
        seen |= set(code)
        assert codes.read(code.translate(CYRILLIC).lower()) == code.replace("-", "")
    assert seen == {*codes.ALPHABET, "-"}


def test_it_costs_one_query_and_changes_nothing(slip: Invite, django_assert_num_queries: Any) -> None:
    code = codes.code_of(slip)
    with django_assert_num_queries(1):
        assert codes.find(code) == slip
    events = Event.objects.count()
    assert leads_to(type_code(code), slip)
    slip.refresh_from_db()
    assert slip.uses == 0
    assert (Event.objects.count(), InviteUse.objects.count()) == (events, 0)
    assert Client().get(reverse("invites:code")).status_code == 200


def test_no_part_of_a_code_is_stored(slip: Invite) -> None:
    plain = codes.read(codes.code_of(slip))
    row = Invite.objects.filter(pk=slip.pk).values().get()
    assert not any(plain[:6] in str(value) for value in row.values())


def test_neighbours_have_nothing_in_common(slip: Invite) -> None:
    """Whoever holds one slip learns nothing of the next: a place is equal as often as by chance."""
    first = codes.read(codes.code_of(slip))
    equal = 0
    for _ in range(200):
        slip.pk += 1
        equal += sum(a == b for a, b in zip(first, codes.read(codes.code_of(slip)), strict=True))
    assert equal < 200 * codes.LENGTH / len(codes.ALPHABET) * 1.4


def test_ids_up_to_the_last_one_have_a_code_of_their_own(slip: Invite) -> None:
    found = set()
    for pk in (1, 2, 13, codes.MOST_ID - 1, codes.MOST_ID):
        slip.pk = pk
        code = codes.code_of(slip)
        number = 0
        for char in codes.read(code):
            number = number * len(codes.ALPHABET) + codes.ALPHABET.index(char)
        assert codes._unscrambled(number) // codes._CHECKS == pk
        found.add(code)
    assert len(found) == 5
    slip.pk = codes.MOST_ID + 1
    assert codes.code_of(slip) == ""


@pytest.mark.parametrize(
    "spoil",
    [
        wrong,
        lambda code: code[:-1],
        lambda code: code + "2",
        lambda code: code[:-1] + "0",
        lambda code: code.replace("-", "")[::-1],
        lambda code: "2" * 12,
        lambda code: "X" * 12,
        lambda code: "ёёёё-ёёёё-ёёёё",
        lambda code: "---",
        lambda code: "",
        lambda code: "²²²²²²²²²²²²",
    ],
)
def test_anything_else_opens_nothing(slip: Invite, spoil: Any) -> None:
    assert codes.find(spoil(codes.code_of(slip))) is None


def test_a_new_nonce_or_key_makes_the_old_code_worthless(slip: Invite, settings: Any) -> None:
    code = codes.code_of(slip)
    slip.nonce = tokens.new_nonce()
    slip.save()
    assert codes.find(code) is None
    code = codes.code_of(slip)
    settings.INVITE_KEY = "another"
    assert codes.find(code) is None


def test_only_what_is_personal_has_a_code_and_no_code_makes_an_administrator(world: Class7B) -> None:
    link = world.link()
    teacher = make_staff(world.school, joined=False)
    order: dict[str, Any] = {"order_number": "1", "order_date": "2025-09-01"}
    highest = personal.create_administrator_invite(by=world.administrator, person=teacher, **order)
    assert (codes.code_of(link), codes.code_of(highest)) == ("", "")
    for invite in (link, highest):
        personal_one = Invite(pk=invite.pk, nonce=invite.nonce, person=teacher, role="teacher")
        assert codes.find(codes.code_of(personal_one)) is None


def test_an_annulled_slip_says_so_by_its_code_too(world: Class7B, slip: Invite) -> None:
    issuing.annul_invites(by=world.homeroom, invites=[slip])
    answer = Client().post(reverse("invites:code"), {"code": codes.code_of(slip)}, follow=True)
    assert answer.status_code == 410
    assert "аннулировано" in answer.content.decode()


def test_a_wrong_code_gets_one_calm_answer(slip: Invite) -> None:
    answers = {
        type_code(typed).context["form"].errors["code"][0] for typed in (wrong(codes.code_of(slip)), "привет", "2222")
    }
    assert len(answers) == 1
    assert "Такого кода нет" in answers.pop()
    assert type_code("").status_code == 200


def test_guessing_is_stopped_for_the_address_alone(slip: Invite) -> None:
    code = codes.code_of(slip)
    for _ in range(limits.CODES_BY_ADDRESS):
        assert type_code(wrong(code)).status_code == 200
    answer = type_code(code)
    assert answer.status_code == 429
    assert "Слишком много" in answer.content.decode()
    assert leads_to(type_code(code, "10.0.0.7"), slip)


def test_a_true_code_does_not_count(slip: Invite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "CODES_BY_ADDRESS", 2)
    monkeypatch.setattr(limits, "CODES_BY_ADDRESS_A_DAY", 2)
    monkeypatch.setattr(limits, "CODES_EVERYWHERE", 2)
    for _ in range(5):
        assert leads_to(type_code(codes.code_of(slip)), slip)


def test_an_address_has_few_guesses_a_day(slip: Invite, monkeypatch: pytest.MonkeyPatch) -> None:
    moment = [1_800_000_000.0]
    monkeypatch.setattr("invites.limits.time.time", lambda: moment[0])
    tried = 0
    while type_code(wrong(codes.code_of(slip))).status_code == 200:
        tried += 1
        moment[0] += limits.WINDOW / 20
    assert tried == limits.CODES_BY_ADDRESS_A_DAY
    moment[0] += limits.DAY
    assert type_code(wrong(codes.code_of(slip))).status_code == 200


def test_many_addresses_together_get_few_guesses_each(slip: Invite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "CODES_EVERYWHERE", 10)
    code = codes.code_of(slip)
    for number in range(10):
        type_code(wrong(code), f"10.0.0.{number}")
    statuses = [type_code(wrong(code), "10.0.1.1").status_code for _ in range(limits.CODES_UNDER_ATTACK + 1)]
    assert statuses == [200] * limits.CODES_UNDER_ATTACK + [429]
    assert leads_to(type_code(code, "10.0.1.2"), slip)


def test_the_page_is_reached_from_the_landing_and_the_sign_in_page(slip: Invite) -> None:
    address = reverse("invites:code")
    for page in (reverse("home"), reverse("account_login"), reverse("account_signup")):
        assert f'href="{address}"' in Client().get(page).content.decode()
    nobody = Visitor().signed_in(make_user())
    assert f'href="{address}"' in nobody.client.get(reverse("home")).content.decode()


def test_the_code_is_shown_to_who_may_give_it_out(world: Class7B, slip: Invite) -> None:
    url = reverse("invites:detail", args=[world.school.pk, slip.pk])
    page = Visitor().signed_in(world.homeroom).client.get(url).content.decode()
    assert codes.code_of(slip) in page
    assert code_address() in page
    other = make_7b()
    assert Visitor().signed_in(other.homeroom).client.get(url).status_code == 404


def test_looking_at_the_page_asks_the_database_nothing(slip: Invite) -> None:
    with CaptureQueriesContext(connection) as queries:
        Client().get(reverse("invites:code"))
    assert len(queries) == 0
