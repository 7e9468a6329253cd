"""Slips: the PDF of a whole school, QR codes and short codes included."""

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from .harness import Measured, Size, benchmark

if TYPE_CHECKING:
    from school.models import School

IN_CLASS = 25


@benchmark("slips")
def slips_of_a_school(size: Size) -> Iterator[Measured]:
    """Slips: 1,200 pupils and parents of 24 classes, ordered, made and drawn; the floor draws the same slips only"""
    classes = size.of(24, 1)
    school = a_school(classes)
    slips = classes * IN_CLASS * 2
    for _ in range(size.rounds):
        portal, floor = printed_by_portal(school, slips), drawn_by_floor(slips)
        yield Measured(f"{slips:,} slips", "s", "portal", portal)
        yield Measured(f"{slips:,} slips", "s", "floor", floor)


def a_school(classes: int) -> "School":
    """Each class has its pupils and a mother of each; nobody has joined."""
    from school.services import bulk, structure
    from tests import factories as f

    school = f.make_school()
    admin = f.administrator_of(school)
    names = " ".join(f"{n % 11 + 1}{'АБВ'[n // 11]}" for n in range(classes))
    for school_class in structure.create_classes(by=admin, school=school, names=names)[0]:
        rows = [{"last_name": f"Константинов{n}", "first_name": "Пётр", "patronymic": "Ильич"} for n in range(IN_CLASS)]
        pupils = bulk.add_pupils(by=admin, school_class=school_class, rows=rows)
        mother = {"last_name": "Константинова", "first_name": "Мария", "patronymic": "Павловна"}
        bulk.add_parents(by=admin, school=school, families=[(mother, [pupil], "mother") for pupil in pupils])
    return school


def printed_by_portal(school: "School", slips: int) -> float:
    """With all old slips annulled and made anew: invites, event log, words, drawing, the file."""
    from invites.services import prints
    from tests import factories as f

    started = time.perf_counter()
    prints.order_slips(by=f.administrator_of(school), school=school, reissue=True)
    order = prints.take_next()
    if order is None:
        raise AssertionError("the order is lost")
    prints.carry_out(order)
    spent = time.perf_counter() - started
    order.refresh_from_db()
    if (order.state, order.done) != (order.State.READY, slips):
        raise AssertionError(f"{order.done} of {slips} slips, {order.state}: {order.reason}")
    return spent


def drawn_by_floor(slips: int) -> float:
    """The same drawing, without a database."""
    from invites import paper

    words = {
        "for_whom": "ДЛЯ РОДИТЕЛЯ · 7Б",
        "name": "Константинова Мария Павловна",
        "note": "мать: Константинов П. И., 7Б",
        "school": "Школа № 3",
        "until": "Действует до 14 сентября 2026, 12:00",
        "code": "K4MH-72PC-XT96",
        "not_for": "Листок личный, действует один раз. Не отдавайте ребёнку и другим родителям.",
    }
    link = "http://127.0.0.1:8000/join/{:x}-ZxabcdefghijABCDEFGHIJ12/"
    drawn = [paper.Slip(pile=f"{n // IN_CLASS}", link=link.format(n), **words) for n in range(slips)]
    common = paper.Common(
        title="Карточки",
        scan="Наведите камеру телефона на QR-код",
        type_here="или введите код на странице",
        address="127.0.0.1:8000/code",
        warning="Школа никогда не просит код из СМС.",
        sheet=lambda pile, number, sheets: f"{pile} · лист {number} из {sheets}",
    )
    started = time.perf_counter()
    paper.draw(drawn, common)
    return time.perf_counter() - started
