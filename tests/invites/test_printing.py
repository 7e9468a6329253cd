"""Slips on paper: who is on them, what the codes open, what becomes of those given out before."""

import threading
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from invites import codes, tokens
from invites.models import Invite, InviteState
from invites.paper import ON_SHEET, Common, Slip, draw
from invites.ranks import AboveOwnRole, may_share
from invites.services import issuing, personal, printing, slips
from school.errors import Refusal
from school.models import Event, EventKind, Person, StaffPosition
from school.rights import RightDenied
from school.services.staff import start_position
from tests.factories import (
    administrator_of,
    fresh,
    join,
    make_class,
    make_homeroom,
    make_parent,
    make_pupil,
    make_staff,
    user_of,
)
from tests.invites.conftest import Visitor
from tests.invites.papers import codes_of, links_of, pages_of
from tests.invites.worlds import Class7B, make_7b

pytestmark = pytest.mark.django_db
NAMES = ["Зоя", "Иван", "Кира", "Лев", "Мила", "Нина", "Олег", "Пётр", "Римма"]


def families(world: Class7B, count: int = len(NAMES)) -> list[Person]:
    """Pupils and a mother of each; nobody has joined."""
    pupils = [
        make_pupil(world.school_class, joined=False, last_name="Щукин-Ӕ", first_name=name) for name in NAMES[:count]
    ]
    return [
        make_parent(pupil, joined=False, last_name="Щукина", first_name=f"Мать {pupil.first_name}", patronymic="")
        for pupil in pupils
    ]


def printed(world: Class7B, role: str = "parent", **how: Any) -> bytes:
    return printing.print_class_slips(by=world.homeroom, school_class=world.school_class, role=role, **how)


def opened_by(link: str) -> Person:
    """Whose invite the join page of the link shows, opened by somebody who has not signed in."""
    answer = Client().get(urlsplit(link).path)
    assert answer.status_code == 200
    person: Person = answer.context["invite"].person
    assert person.short_name in answer.content.decode()
    return person


# --- what is on the paper ---------------------------------------------------------------------------------------------


def test_every_qr_code_of_a_class_opens_the_invite_of_its_person(world: Class7B) -> None:
    mothers = families(world)
    pdf = printed(world)
    assert len(pages_of(pdf)) == 2
    assert sorted(p.pk for p in map(opened_by, links_of(pdf))) == sorted(p.pk for p in mothers)


def test_the_code_beside_a_name_opens_the_invite_of_that_name(world: Class7B) -> None:
    families(world, 5)
    text = "\n".join(pages_of(printed(world)))
    names = [line for line in text.splitlines() if line.startswith("Щукина Мать")]
    found = [codes.find(code) for code in codes_of(text)]
    assert [invite.person.full_name for invite in found] == names
    assert len(names) == 5


def test_a_slip_says_for_whom_whose_parent_where_to_type_and_what_the_school_never_asks(world: Class7B) -> None:
    make_parent(world.child, joined=False, last_name="Ёлкина", first_name="Анна")
    text = pages_of(printed(world))[0]
    for words in (
        *("ДЛЯ РОДИТЕЛЯ · 7Б", "Ёлкина Анна", "мать: Ёлкин П. И., 7Б", world.school.short_name),
        *("или введите код на странице", "/code", "Не отдавайте ребёнку", "Школа никогда не просит код из СМС"),
    ):
        assert words in text
    expires = timezone.localtime(Invite.objects.get().expires_at)
    assert f"Действует до {expires.day} " in text
    assert "ДЛЯ УЧЕНИКА · 7Б" in pages_of(printed(world, "pupil"))[0]


def test_twins_stand_on_one_slip_and_a_child_of_another_class_does_not(world: Class7B) -> None:
    twin = make_pupil(world.school_class, joined=False, last_name="Ёлкин", first_name="Яков")
    brother = make_pupil(make_class(world.school, "3А"), joined=False, last_name="Ёлкин", first_name="Глеб")
    make_parent(world.child, twin, brother, joined=False, kind="guardian")
    text = pages_of(printed(world))[0].replace("\n", " ")
    assert "Ёлкин П. И., опекун: Ёлкин Я." in text
    assert "Глеб" not in text
    assert "Ёлкин Г." not in text


def test_it_is_in_russian_whoever_prints(world: Class7B) -> None:
    make_parent(world.child, joined=False)
    client = Visitor().signed_in(world.homeroom).client
    url = reverse("invites:print_slips", args=[world.school.pk, world.school_class.pk, "parent"])
    answer = client.post(url, headers={"Accept-Language": "en"})
    assert "ДЛЯ РОДИТЕЛЯ" in pages_of(answer.content)[0]


def made_up(number: int, pile: str = "7Б", **fields: str) -> Slip:
    words = dict.fromkeys(("for_whom", "name", "note", "school", "until", "not_for"), "Слово")
    return Slip(**{**words, "pile": pile, "code": "", "link": f"https://a.example/{number}", **fields})


COMMON = Common("Т", "С", "К", "a.example/code", "Ш", lambda pile, number, sheets: f"{pile}: {number}/{sheets}")


def test_a_pile_begins_on_a_new_sheet_and_is_named_on_it() -> None:
    told: list[int] = []
    pdf = draw([*(made_up(n, "7А") for n in range(ON_SHEET + 1)), made_up(99, "7Б")], COMMON, told.append)
    texts = pages_of(pdf)
    assert [next(line for line in text.splitlines() if "/" in line and ":" in line) for text in texts] == [
        *("7А: 1/2", "7А: 2/2", "7Б: 1/1"),
    ]
    assert told == [ON_SHEET, ON_SHEET + 1, ON_SHEET + 2]


def test_the_longest_names_stay_on_their_slip() -> None:
    long = "Константинопольская-Задунайская Александра Владиславовна Абдурахмангаджиевна"
    fields = dict.fromkeys(("for_whom", "name", "note", "school", "not_for"), long * 2)
    pdf = draw([made_up(n, **fields) for n in range(ON_SHEET)], COMMON)
    assert sorted(links_of(pdf)) == [f"https://a.example/{n}" for n in range(ON_SHEET)]


# --- who is printed, and for how many queries ---------------------------------------------------------------------------


def test_who_has_joined_has_no_slip_and_good_ones_are_printed_again(world: Class7B) -> None:
    mothers = families(world, 3)
    first = Invite.objects.filter(role="parent")
    printed(world)
    before = set(first.values_list("pk", flat=True))
    join(mothers[0])
    assert len(links_of(printed(world))) == 2
    assert set(Invite.objects.values_list("pk", flat=True)) == before


def test_what_expired_is_made_anew(world: Class7B) -> None:
    families(world, 2)
    printed(world)
    old = set(Invite.objects.values_list("pk", flat=True))
    Invite.objects.update(created_at="2020-01-01T00:00Z", expires_at="2020-02-01T00:00Z")
    assert len(links_of(printed(world))) == 2
    assert Invite.objects.exclude(pk__in=old).count() == 2


def test_a_reprint_kills_the_old_slips_if_asked(world: Class7B) -> None:
    families(world, 3)
    old_links = links_of(printed(world))
    old_code = codes.code_of(Invite.objects.first())
    new_links = links_of(printed(world, reissue=True))
    assert len(new_links) == 3
    assert not set(old_links) & set(new_links)
    for link in old_links:
        answer = Client().get(urlsplit(link).path)
        assert answer.status_code == 410
        assert "аннулировано" in answer.content.decode()
    assert codes.find(old_code).state == InviteState.ANNULLED
    assert {opened_by(link).last_name for link in new_links} == {"Щукина"}
    annulled = Event.objects.filter(kind=EventKind.INVITE_ANNULLED)
    assert annulled.count() == 3
    assert set(annulled.values_list("new__reason", flat=True)) == {"reissued"}


def test_a_reprint_of_some_leaves_the_others_alone(world: Class7B) -> None:
    mothers = families(world, 3)
    printed(world)
    printed(world, people=mothers[:1], reissue=True)
    assert set(Invite.objects.in_state("annulled").values_list("person", flat=True)) == {mothers[0].pk}
    assert Invite.objects.in_state("active").count() == 3


def test_printing_is_in_the_event_log(world: Class7B) -> None:
    families(world, 2)
    printed(world, reissue=True)
    event = Event.objects.get(kind=EventKind.SLIPS_PRINTED)
    assert (event.actor, event.school, event.subject_name) == (world.homeroom, world.school, "7Б")
    assert event.new == {"slips": 2, "class": "7Б", "role": "parent", "reissue": True}
    log = Visitor().signed_in(world.administrator).client.get(reverse("school:events", args=[world.school.pk]))
    assert "прежние аннулированы" in log.content.decode()


def test_nobody_to_print_for_is_said_and_logged_as_nothing(world: Class7B) -> None:
    with pytest.raises(Refusal, match="некому"):
        printed(world)
    assert not Event.objects.filter(kind=EventKind.SLIPS_PRINTED).exists()


def test_only_who_may_invite_prints(world: Class7B) -> None:
    families(world, 1)
    teacher = user_of(make_staff(world.school))
    for by in (teacher, make_7b().homeroom):
        with pytest.raises(RightDenied):
            printing.print_class_slips(by=by, school_class=world.school_class, role="parent")
        with pytest.raises(RightDenied):
            printing.print_staff_slips(by=by, school=world.school)
    assert not Invite.objects.exists()


def test_three_slips_cost_what_thirty_cost(world: Class7B) -> None:
    counts = []
    for number in (3, 27):
        for _ in range(number):
            make_parent(make_pupil(world.school_class, joined=False), joined=False)
        printed(world)
        by = fresh(world.homeroom)
        with CaptureQueriesContext(connection) as queries:
            printing.print_class_slips(by=by, school_class=world.school_class, role="parent", reissue=True)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 20


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_who_print_at_once_make_one_set_of_slips() -> None:
    world = make_7b()
    families(world, 6)
    start = threading.Barrier(4)

    def work(by: User) -> None:
        try:
            start.wait()
            printing.print_class_slips(by=by, school_class=world.school_class, role="parent")
        finally:
            connection.close()

    actors = [world.homeroom, administrator_of(world.school), world.homeroom, administrator_of(world.school)]
    threads = [threading.Thread(target=work, args=(fresh(by),)) for by in actors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Invite.objects.count() == 6


# --- nobody invites above his own role ----------------------------------------------------------------------------------


def test_a_director_among_the_parents_is_not_invited_by_the_homeroom_teacher(world: Class7B) -> None:
    """Whoever opens a personal invite becomes its person, with all his posts."""
    director = make_parent(world.child, joined=False, last_name="Орлова", first_name="Инна")
    start_position(by=world.administrator, person=director, kind=StaffPosition.Kind.DIRECTOR)
    make_parent(world.child, joined=False, kind="father")
    assert len(links_of(printed(world))) == 1
    with pytest.raises(AboveOwnRole):
        personal.create_personal_invite(by=world.homeroom, person=director, role="parent")
    with pytest.raises(Refusal, match="некому"):
        printed(world, people=[director])
    invite = personal.create_personal_invite(by=world.administrator, person=director, role="parent")
    assert not may_share(fresh(world.homeroom), invite)
    assert may_share(world.administrator, invite)
    page = Visitor().signed_in(world.homeroom).client.get(director.get_absolute_url()).content.decode()
    assert "Пригласить лично" not in page
    assert "Карточка в PDF" not in page
    slips_page = reverse("invites:slips", args=[world.school.pk, world.school_class.pk, "parent"])
    assert "Орлова" not in Visitor().signed_in(world.homeroom).client.get(slips_page).content.decode()


def test_the_staff_are_printed_each_in_his_highest_post(world: Class7B) -> None:
    teacher = make_staff(world.school, joined=False, verified=False)
    deputy = make_staff(world.school, "deputy", joined=False, verified=False)
    make_staff(world.school, "employee")
    text = "\n".join(pages_of(printing.print_staff_slips(by=world.administrator, school=world.school)))
    assert text.count("ДЛЯ УЧИТЕЛЯ") == text.count("ДЛЯ ЗАМЕСТИТЕЛЯ ДИРЕКТОРА") == 1
    assert set(Invite.objects.values_list("person", "role")) == {(teacher.pk, "teacher"), (deputy.pk, "deputy")}
    made = slips.create_staff_invites(by=world.administrator, school=world.school, people=[teacher])
    assert [invite.person for invite in made] == [teacher]


def test_a_parent_of_two_classes_is_invited_from_his_card_by_either_homeroom_teacher(world: Class7B) -> None:
    other = make_class(world.school, "3А")
    homeroom = user_of(make_homeroom(other))
    parent = make_parent(world.child, make_pupil(other, joined=False), joined=False)
    for by, name in ((homeroom, "3А"), (world.homeroom, "7Б")):
        assert f"ДЛЯ РОДИТЕЛЯ · {name}" in pages_of(printing.print_person_slip(by=by, person=parent))[0]


# --- in the browser -----------------------------------------------------------------------------------------------------


def test_the_pdf_is_a_download_that_nothing_keeps(world: Class7B) -> None:
    families(world, 1)
    client = Visitor().signed_in(world.homeroom).client
    args = [world.school.pk, world.school_class.pk, "parent"]
    page = client.get(reverse("invites:slips", args=args)).content.decode()
    assert f'action="{reverse("invites:print_slips", args=args)}"' in page
    assert client.get(reverse("invites:print_slips", args=args)).status_code == 405
    answer = client.post(reverse("invites:print_slips", args=args))
    assert answer["Content-Type"] == "application/pdf"
    assert "7Б для родителей.pdf" in unquote(answer["Content-Disposition"])
    assert answer["Content-Disposition"].startswith("attachment")
    assert "no-store" in answer["Cache-Control"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    again = client.get(reverse("invites:slips", args=args)).content.decode()
    assert codes.code_of(Invite.objects.get()) in again


def test_one_slip_from_the_card_and_a_new_one_instead_of_the_lost(world: Class7B) -> None:
    client = Visitor().signed_in(world.homeroom).client
    url = reverse("invites:print_person", args=[world.school.pk, world.child.pk])
    assert url in client.get(world.child.get_absolute_url()).content.decode()
    first = links_of(client.post(url).content)
    assert links_of(client.post(url).content) == first
    second = links_of(client.post(url, {"reissue": "on"}).content)
    assert second != first
    assert Client().get(urlsplit(first[0]).path).status_code == 410
    assert opened_by(second[0]) == world.child
    page = client.get(reverse("invites:detail", args=[world.school.pk, Invite.objects.in_state("annulled").get().pk]))
    assert "выпущена новая" in page.content.decode()


def test_the_staff_have_a_page_of_slips(world: Class7B) -> None:
    teacher = make_staff(world.school, joined=False, verified=False)
    client = Visitor().signed_in(world.administrator).client
    url = reverse("invites:staff_slips", args=[world.school.pk])
    assert "1 человек не вступил" in client.get(url).content.decode()
    client.post(reverse("invites:create_staff_slips", args=[world.school.pk]))
    assert teacher.full_name in client.get(url).content.decode()
    pdf = client.post(reverse("invites:print_staff_slips", args=[world.school.pk])).content
    assert [opened_by(link) for link in links_of(pdf)] == [teacher]


def test_refused_is_said_on_the_page(world: Class7B) -> None:
    client = Visitor().signed_in(world.homeroom).client
    args = [world.school.pk, world.school_class.pk, "parent"]
    answer = client.post(reverse("invites:print_slips", args=args), follow=True)
    assert answer.redirect_chain == [(reverse("invites:slips", args=args), 302)]
    assert "некому печатать" in answer.content.decode()


def test_the_token_on_paper_is_the_invites_own(world: Class7B) -> None:
    families(world, 1)
    link = links_of(printed(world))[0]
    assert urlsplit(link).path == reverse("invites:join", args=[tokens.token_of(Invite.objects.get())])
    issuing.annul_invites(by=world.homeroom, invites=list(Invite.objects.all()))
    assert Client().get(urlsplit(link).path).status_code == 410
