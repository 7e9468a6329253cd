"""The slips of a whole school: a row first, a task second, a file for a day."""

import datetime as dt
import os
import stat
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from invites import paper, tasks
from invites.models import Invite, InviteState, SlipPrint
from invites.models.prints import folder
from invites.services import printing, prints
from school.errors import Refusal
from school.models import Event, EventKind, StaffPosition
from school.rights import RightDenied
from school.services.staff import end_position
from tests.factories import administrator_of, make_class, make_parent, make_pupil, make_school, make_staff, user_of
from tests.invites.conftest import Visitor
from tests.invites.papers import links_of, pages_of
from tests.invites.worlds import Class7B

pytestmark = pytest.mark.django_db


@pytest.fixture
def both_classes(world: Class7B) -> Class7B:
    """Two classes; a mother with a child in each, and a father of one."""
    sister = make_pupil(make_class(world.school, "3А"), joined=False)
    make_parent(world.child, sister, joined=False)
    make_parent(world.child, joined=False, kind="father")
    return world


def order(world: Class7B, **how: Any) -> SlipPrint:
    return prints.order_slips(by=world.administrator, school=world.school, **how)


def made(world: Class7B, **how: Any) -> SlipPrint:
    ordered = order(world, **how)
    assert tasks.print_ordered() == 1
    ordered.refresh_from_db()
    assert ordered.state == SlipPrint.State.READY
    return ordered


def at(name: str, printed: SlipPrint) -> str:
    return reverse(f"invites:{name}", args=[printed.school_id, printed.pk])


def test_each_class_and_role_is_a_pile_of_its_own(both_classes: Class7B) -> None:
    printed = made(both_classes)
    pages = pages_of(printed.path.read_bytes())
    assert [page.rstrip().rpartition("\n")[2] for page in pages] == [
        "3А · для родителей · лист 1 из 1",
        "3А · для учеников · лист 1 из 1",
        "7Б · для родителей · лист 1 из 1",
        "7Б · для учеников · лист 1 из 1",
    ]
    assert (printed.done, printed.total) == (5, 5)
    assert len(set(links_of(printed.path.read_bytes()))) == Invite.objects.count() == 5


def test_one_role_alone(both_classes: Class7B) -> None:
    assert len(pages_of(made(both_classes, role="pupil").path.read_bytes())) == 2
    assert set(Invite.objects.values_list("role", flat=True)) == {"pupil"}
    with pytest.raises(Refusal, match="ученики и родители"):
        order(both_classes, role="teacher")


def test_the_order_sends_the_task_after_the_commit(
    both_classes: Class7B, eager_tasks: None, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        ordered = order(both_classes)
        assert ordered.state == SlipPrint.State.WAITING
    ordered.refresh_from_db()
    assert ordered.state == SlipPrint.State.READY


def test_a_broker_that_is_down_costs_a_minute_and_not_the_order(
    both_classes: Class7B, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    def refuse() -> None:
        raise OSError("no broker")

    monkeypatch.setattr(tasks.print_ordered, "delay", refuse)
    with django_capture_on_commit_callbacks(execute=True):
        ordered = order(both_classes)
    assert tasks.print_ordered() == 1  # beat sends it every minute
    ordered.refresh_from_db()
    assert ordered.state == SlipPrint.State.READY


def test_both_sweeps_are_on_the_schedule(settings: Any) -> None:
    scheduled = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert {tasks.print_ordered.name, tasks.delete_old_prints.name} <= scheduled


def test_a_second_click_finds_the_first_order(both_classes: Class7B) -> None:
    first = order(both_classes)
    assert order(both_classes) == first
    assert order(both_classes, role="parent") != first
    assert Event.objects.filter(kind=EventKind.SLIPS_PRINTED).count() == 2
    with pytest.raises(IntegrityError), transaction.atomic():
        SlipPrint.objects.create(school=first.school, role="", ordered_by=first.ordered_by)


def test_ordering_is_in_the_event_log(both_classes: Class7B) -> None:
    made(both_classes, role="parent", reissue=True)
    event = Event.objects.get(kind=EventKind.SLIPS_PRINTED)
    assert (event.actor, event.subject_id) == (both_classes.administrator, both_classes.school.pk)
    assert event.new == {"slips": 3, "role": "parent", "reissue": True}


def test_a_reprint_of_the_school_kills_all_old_slips_once(
    both_classes: Class7B, monkeypatch: pytest.MonkeyPatch
) -> None:
    made(both_classes)
    old = set(Invite.objects.values_list("pk", flat=True))
    ordered = order(both_classes, reissue=True)
    with monkeypatch.context() as patch:  # the worker dies while it draws
        patch.setattr(paper, "draw", lambda *args: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            tasks.print_ordered()
    assert tasks.print_ordered() == 0  # somebody may still be working on it
    SlipPrint.objects.update(touched_at=timezone.now() - prints.STILL)
    assert tasks.print_ordered() == 1
    ordered.refresh_from_db()
    assert (ordered.state, ordered.attempts) == (SlipPrint.State.READY, 2)
    assert set(Invite.objects.in_state("annulled").values_list("pk", flat=True)) == old
    assert Invite.objects.in_state("active").count() == 5


def test_what_fails_three_times_is_given_up_and_said(both_classes: Class7B, monkeypatch: pytest.MonkeyPatch) -> None:
    ordered = order(both_classes)
    monkeypatch.setattr(paper, "draw", lambda *args: 1 / 0)
    for _ in range(prints.MOST_ATTEMPTS):
        with pytest.raises(ZeroDivisionError):
            tasks.print_ordered()
        SlipPrint.objects.update(touched_at=timezone.now() - prints.STILL)
    assert tasks.print_ordered() == 0
    ordered.refresh_from_db()
    assert ordered.state == SlipPrint.State.FAILED
    page = Visitor().signed_in(both_classes.administrator).client.get(ordered.get_absolute_url()).content.decode()
    assert "Трижды не получилось" in page


def test_who_lost_the_right_meanwhile_gets_nothing(both_classes: Class7B) -> None:
    deputy = make_staff(both_classes.school, "deputy")
    ordered = prints.order_slips(by=user_of(deputy), school=both_classes.school, role="parent")
    end_position(by=both_classes.administrator, position=deputy.positions.get(kind=StaffPosition.Kind.DEPUTY))
    tasks.print_ordered()
    ordered.refresh_from_db()
    assert ordered.state == SlipPrint.State.FAILED
    assert ordered.reason
    assert not Invite.objects.exists()
    assert not ordered.path.exists()


def test_only_who_may_invite_them_orders(both_classes: Class7B) -> None:
    deputy = user_of(make_staff(both_classes.school, "deputy"))
    with pytest.raises(RightDenied):
        prints.order_slips(by=deputy, school=both_classes.school)
    with pytest.raises(RightDenied):
        prints.order_slips(by=both_classes.homeroom, school=both_classes.school, role="parent")
    assert prints.order_slips(by=deputy, school=both_classes.school, role="parent").total == 3


def test_nobody_to_invite_is_said_at_once(world: Class7B) -> None:
    with pytest.raises(Refusal, match="некому"):
        order(world, role="parent")


def test_the_file_is_given_to_who_may_invite_all_its_people(both_classes: Class7B) -> None:
    printed = made(both_classes)
    deputy = Visitor().signed_in(user_of(make_staff(both_classes.school, "deputy")))
    stranger = Visitor().signed_in(administrator_of(make_school()))
    for visitor in (deputy, stranger, Visitor().signed_in(both_classes.homeroom)):
        assert visitor.client.get(at("print_file", printed)).status_code == 404
        assert visitor.client.get(at("print", printed)).status_code == 404
    answer = Visitor().signed_in(both_classes.administrator).client.get(at("print_file", printed))
    assert answer.content == printed.path.read_bytes()
    assert "no-store" in answer["Cache-Control"]
    assert answer["Content-Disposition"].startswith("attachment")
    parents = made(both_classes, role="parent")
    assert deputy.client.get(at("print_file", parents)).status_code == 200


def test_the_file_is_the_portals_alone_and_no_address_leads_to_it(both_classes: Class7B) -> None:
    printed = made(both_classes)
    assert stat.S_IMODE(printed.path.stat().st_mode) == 0o600
    client = Visitor().signed_in(both_classes.administrator).client
    for address in (f"/media/slips/{printed.file_name}", f"/static/slips/{printed.file_name}"):
        assert client.get(address).status_code == 404
    assert not list(folder().glob("*.part"))


def test_after_a_day_the_file_and_the_row_are_gone(both_classes: Class7B) -> None:
    printed, kept = made(both_classes), made(both_classes, role="parent")
    orphan = folder() / "left-by-a-killed-worker.part"
    orphan.write_bytes(b"%PDF")
    day_ago = timezone.now() - prints.KEPT - dt.timedelta(minutes=1)
    os.utime(orphan, (day_ago.timestamp(), day_ago.timestamp()))
    SlipPrint.objects.filter(pk=printed.pk).update(created_at=day_ago)
    assert tasks.delete_old_prints() == 1
    assert not printed.path.exists()
    assert not orphan.exists()
    assert kept.path.exists()
    assert list(SlipPrint.objects.all()) == [kept]
    assert tasks.delete_old_prints() == 0


def test_the_page_shows_how_far_it_is_and_then_the_file(both_classes: Class7B) -> None:
    client = Visitor().signed_in(both_classes.administrator).client
    page = client.get(reverse("invites:list", args=[both_classes.school.pk])).content.decode()
    here = reverse("invites:prints", args=[both_classes.school.pk])
    assert f'href="{here}"' in page
    answer = client.post(here, {"role": "both", "reissue": "on"})
    ordered = SlipPrint.objects.get()
    assert answer["Location"] == ordered.get_absolute_url()
    assert ordered.reissue
    SlipPrint.objects.update(done=2)
    page = client.get(ordered.get_absolute_url()).content.decode()
    assert '<progress class="meter-line" value="2" max="5"' in page
    assert "every 1s" in page
    assert client.get(at("print_file", ordered)).status_code == 404
    SlipPrint.objects.update(done=0)
    tasks.print_ordered()
    fragment = client.get(ordered.get_absolute_url(), headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in fragment
    assert "every 1s" not in fragment
    assert at("print_file", ordered) in fragment
    assert "5 карточек" in fragment
    assert ordered.get_absolute_url() in client.get(here).content.decode()


def test_progress_is_told_in_the_row(both_classes: Class7B, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[str, int]] = []
    real = paper.draw

    def draw(slips: Any, common: Any, tell: Any) -> bytes:
        def told(done: int) -> None:
            tell(done)
            seen.append(SlipPrint.objects.values_list("state", "done").get())

        return real(slips, common, told)

    monkeypatch.setattr(prints, "_TOLD_EVERY", dt.timedelta(0))
    monkeypatch.setattr(paper, "draw", draw)
    made(both_classes)
    assert seen == [("working", 1), ("working", 2), ("working", 4), ("working", 5)]


def test_a_school_of_two_families_is_ordered_for_as_much_as_one_of_thirty(world: Class7B) -> None:
    counts = []
    for number in (2, 28):
        for _ in range(number):
            make_parent(make_pupil(world.school_class, joined=False), joined=False)
        SlipPrint.objects.all().delete()
        by = administrator_of(world.school)
        with CaptureQueriesContext(connection) as queries:
            prints.order_slips(by=by, school=world.school)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 12


def test_a_parent_in_two_classes_has_a_slip_in_each_pile(both_classes: Class7B) -> None:
    made(both_classes, role="parent")
    assert sorted(str(invite.school_class) for invite in Invite.objects.all()) == ["3А", "7Б", "7Б"]
    assert Invite.objects.values("person").distinct().count() == 2
    again = printing.print_class_slips(by=both_classes.homeroom, school_class=both_classes.school_class, role="parent")
    assert len(links_of(again)) == 2
    assert Invite.objects.filter(role="parent").count() == 3
    assert {invite.state for invite in Invite.objects.all()} == {InviteState.ACTIVE}
