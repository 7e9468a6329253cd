"""The API of invites: the wire that outside programs rely on, and the desk."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from accounts.models import User
from invites import limits
from invites.answers import Answers
from invites.models import Invite, InviteUse, JoinRequest
from invites.services import issuing, personal
from invites.tokens import token_of
from tests.factories import make_parent, make_pupil, make_user, user_of
from tests.invites.worlds import Class7B, ask, is_parent, make_7b, mother, use

pytestmark = pytest.mark.django_db
MOTHER = {
    "last_name": "Ёлкина",
    "first_name": "Мария",
    "kind": "mother",
    "child_last_name": "Елкин",
    "child_first_name": "петр",
}


def api(user: User | None = None) -> APIClient:
    client = APIClient()
    if user:
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def door(invite: Invite, act: str = "") -> str:
    return f"/api/v1/invites/{token_of(invite)}/{act}"


def desk(world: Class7B, path: str = "invites/") -> str:
    return f"/api/v1/schools/{world.school.pk}/{path}"


# --- the door ---------------------------------------------------------------------------------------------------------


def test_anybody_with_the_link_sees_what_it_is_and_nothing_changes(world: Class7B) -> None:
    invite = world.link()
    answer = api().get(door(invite))
    assert answer.status_code == 200
    assert answer.data["school"] == world.school.name
    assert (answer.data["place"], answer.data["role"]) == ("7Б", "parent")
    assert answer.data["fields"] == [
        *("last_name", "first_name", "patronymic", "kind", "child_last_name", "child_first_name"),
    ]
    assert not InviteUse.objects.exists()


def test_a_refusal_is_a_problem_with_its_code(world: Class7B) -> None:
    invite = world.link()
    issuing.annul_invites(by=world.homeroom, invites=[invite])
    answer = api().get(door(invite))
    assert (answer.status_code, answer.json()["code"]) == (410, "annulled")
    assert answer["Content-Type"] == "application/problem+json"
    assert api().get("/api/v1/invites/1-guess/").json()["code"] == "unknown"
    pupil = user_of(make_pupil(world.school_class))
    assert api(pupil).get(door(world.link())).json()["code"] == "wrong_role"


def test_redeeming_joins_and_says_where_to_go(world: Class7B) -> None:
    invite, parent = world.link(), make_user()
    assert api().post(door(invite, "redeem/"), MOTHER, format="json").status_code == 401
    answer = api(parent).post(door(invite, "redeem/"), MOTHER, format="json")
    assert answer.status_code == 200
    assert answer.data["outcome"] == "joined"
    assert answer.data["next"] == "/"
    assert is_parent(parent, world.child)
    again = api(parent).post(door(invite, "redeem/"), MOTHER, format="json")
    assert (again.status_code, again.json()["code"]) == (409, "already_member")


def test_a_request_and_a_wrong_answer_are_told_apart(world: Class7B) -> None:
    invite, parent = world.link(), make_user()
    wrong = api(parent).post(door(invite, "redeem/"), {**MOTHER, "last_name": "😀"}, format="json")
    assert (wrong.status_code, list(wrong.json()["errors"])) == (409, ["last_name"])
    asked = api(parent).post(door(invite, "redeem/"), {**MOTHER, "child_first_name": "Лев"}, format="json")
    assert asked.data["outcome"] == "requested"
    assert asked.data["request"] == JoinRequest.objects.get().pk


def test_redeeming_by_a_session_needs_the_csrf_token(world: Class7B) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_user(), backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.post(door(world.link(), "redeem/"), MOTHER).status_code == 403


def test_guesses_are_counted_here_too(world: Class7B) -> None:
    for number in range(limits.WRONG_BY_ADDRESS):
        api().get(f"/api/v1/invites/{number}-guess/")
    answer = api().get("/api/v1/invites/zz-guess/")
    assert answer.status_code == 429
    assert answer["Retry-After"]


# --- the desk ---------------------------------------------------------------------------------------------------------


def test_a_link_is_made_read_and_annulled(world: Class7B) -> None:
    client = api(world.homeroom)
    data = {"role": "parent", "school_class": world.school_class.pk, "max_uses": 30}
    made = client.post(desk(world), data, format="json")
    assert made.status_code == 201
    assert made.data["url"].endswith(f"/join/{token_of(Invite.objects.get())}/")
    assert client.get(desk(world, f"invites/{made.data['id']}/")).data["max_uses"] == 30
    listed = client.get(desk(world), {"state": "active", "role": "parent"}).data
    assert [row["id"] for row in listed["results"]] == [made.data["id"]]
    assert "url" not in listed["results"][0]
    assert client.post(desk(world, "invites/annul/"), {"invites": [made.data["id"]]}, format="json").data["count"] == 1
    assert client.get(desk(world, f"invites/{made.data['id']}/")).data["url"] is None


def test_a_missing_right_names_its_clause_and_a_foreign_class_does_not_exist(world: Class7B) -> None:
    refused = api(world.homeroom).post(desk(world), {"role": "teacher"}, format="json")
    assert (refused.status_code, refused.json()["clause"]) == (403, "2.1")
    foreign = make_7b()
    data = {"role": "parent", "school_class": foreign.school_class.pk}
    assert api(world.homeroom).post(desk(world), data, format="json").status_code == 400
    assert api(world.homeroom).get(desk(foreign)).status_code == 404
    bad = api(world.administrator).post(desk(world), {"role": "director"}, format="json")
    assert (bad.status_code, bad.json()["code"]) == (409, "personal_only")


def test_slips_and_a_personal_invite(world: Class7B) -> None:
    client = api(world.homeroom)
    one = client.post(desk(world, "invites/personal/"), {"person": world.child.pk}, format="json")
    assert one.status_code == 201
    assert one.data["person"] == world.child.pk
    data = {"school_class": world.school_class.pk, "role": "pupil"}
    many = client.post(desk(world, "invites/slips/"), data, format="json")
    assert [row["id"] for row in many.data] == [one.data["id"]]


def test_the_list_costs_the_same_for_three_and_for_thirty(world: Class7B) -> None:
    counts, client = [], api(world.administrator)
    for number in (3, 27):
        for _number in range(number):
            world.link()
        client.get(desk(world))
        with CaptureQueriesContext(connection) as queries:
            client.get(desk(world))
        counts.append(len(queries))
    assert counts[0] == counts[1]


# --- requests ---------------------------------------------------------------------------------------------------------


def test_requests_are_listed_approved_and_rejected(world: Class7B) -> None:
    good, unclear, bad = ask(world), ask(world, mother("Йолкин", "Петя")), ask(world)
    client = api(world.homeroom)
    listed = client.get(desk(world, "join-requests/"), {"status": "waiting"}).data["results"]
    assert [row["id"] for row in listed] == [good.pk, unclear.pk, bad.pk]
    many = client.post(desk(world, "join-requests/approve/"), {"requests": [good.pk, unclear.pk]}, format="json").data
    assert many["approved"] == [good.pk]
    assert [(row["request"], row["code"]) for row in many["left"]] == [(unclear.pk, "choose_child")]
    one = client.post(desk(world, f"join-requests/{unclear.pk}/approve/"), {"child": world.child.pk}, format="json")
    assert one.status_code == 200
    assert is_parent(unclear.user, world.child)
    data = {"requests": [bad.pk], "reason": ""}
    assert client.post(desk(world, "join-requests/reject/"), data, format="json").json()["code"] == "reason_needed"
    data["reason"] = "Не узнал вас"
    assert client.post(desk(world, "join-requests/reject/"), data, format="json").data["count"] == 1


def test_my_own_requests_and_taking_one_back(world: Class7B) -> None:
    request = ask(world)
    client = api(request.user)
    assert [row["id"] for row in client.get("/api/v1/join-requests/").data] == [request.pk]
    assert api(make_user()).delete(f"/api/v1/join-requests/{request.pk}/").status_code == 404
    assert client.delete(f"/api/v1/join-requests/{request.pk}/").status_code == 204
    assert client.delete(f"/api/v1/join-requests/{request.pk}/").status_code == 409


def test_a_parent_of_the_class_decides_nothing(world: Class7B) -> None:
    request = ask(world)
    client = api(user_of(make_parent(world.child)))
    assert client.get(desk(world, "join-requests/")).status_code == 403
    data = {"requests": [request.pk]}
    assert client.post(desk(world, "join-requests/approve/"), data, format="json").status_code == 403


def test_a_claimed_slip_says_so(world: Class7B) -> None:
    invite = personal.create_personal_invite(by=world.homeroom, person=world.child)
    use(invite, answers=Answers())
    assert api().get(door(invite)).json()["code"] == "used_up"
