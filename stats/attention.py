"""What is wrong and where: the short list that the director reads first. One query for the numbers, one for the classes."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, IntegerField, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from chats.kinds import Kind
from chats.models import Chat
from invites.models import Invite, JoinRequest
from invites.services.schedule import about_to_be_annulled
from school import queries
from school.models import Enrolment, Homeroom, Person, School, SchoolClass
from school.rights import may

from .counting import Table
from .figures import Who

LATE_DAYS = 3  # a request that waits longer is late
SOON = dt.timedelta(days=7)
LOW = 50  # per cent of parents who have joined: fewer is a trouble


@dataclass(frozen=True)
class Trouble:
    """One line: how many, what of, where exactly, the page where it is mended."""

    count: int
    text: str
    where: str = ""
    url: str = ""
    tone: str = "warn"


def classes_with_marks(classes: QuerySet[SchoolClass]) -> list[SchoolClass]:
    """The classes, each with `has_homeroom` and `has_parents_chat`."""
    homeroom = Homeroom.objects.active().filter(school_class=OuterRef("pk"))
    chat = Chat.objects.live().filter(school_class=OuterRef("pk"), kind=Kind.PARENTS)
    return list(classes.annotate(has_homeroom=Exists(homeroom), has_parents_chat=Exists(chat)))


def troubles(user: User, school: School, classes: Sequence[SchoolClass], table: Table, *, whole: bool) -> list[Trouble]:
    """What is to be mended in these classes and, for who sees the whole school, in the school; the worst first."""
    return [
        trouble
        for trouble in (*_of_classes(user, school, classes, table), *_of_people(user, school, classes, whole))
        if trouble.count
    ]


def _of_classes(user: User, school: School, classes: Sequence[SchoolClass], table: Table) -> list[Trouble]:
    structure = reverse("school:structure", args=[school.pk])
    headless = [item for item in classes if not item.has_homeroom]  # type: ignore[attr-defined]
    chatless = [item for item in classes if not item.has_parents_chat]  # type: ignore[attr-defined]
    low = _low(classes, table)
    assign = f"{structure}?headless=1" if may(user, "manage_staff", school) else structure
    return [
        Trouble(
            len(headless),
            ngettext("class without a homeroom teacher", "classes without a homeroom teacher", len(headless)),
            _names(headless),
            assign,
            "bad",
        ),
        Trouble(
            len(low),
            ngettext(
                "class where fewer than half of the parents have joined",
                "classes where fewer than half of the parents have joined",
                len(low),
            ),
            ", ".join(f"{item} ({percent}\N{NO-BREAK SPACE}%)" for percent, item in low),
            low[0][1].get_absolute_url() if low else "",
            "bad",
        ),
        Trouble(
            len(chatless),
            ngettext("class without the parents' chat", "classes without the parents' chat", len(chatless)),
            _names(chatless),
            chatless[0].get_absolute_url() if chatless else "",
        ),
    ]


def _low(classes: Sequence[SchoolClass], table: Table) -> list[tuple[int, SchoolClass]]:
    """(per cent, class) of the classes that lag behind, the lowest first."""
    found = []
    for item in classes:
        figure = table.get(("class", item.pk), {}).get(Who.PARENTS)
        if figure and figure.listed and not figure.is_small and figure.joined_share.percent < LOW:
            found.append((figure.joined_share.percent, item))
    return sorted(found, key=lambda pair: pair[0])


def _names(classes: Collection[SchoolClass]) -> str:
    return ", ".join(str(item) for item in classes)


def _of_people(user: User, school: School, classes: Sequence[SchoolClass], whole: bool) -> list[Trouble]:
    numbers = _numbers(school, [item.pk for item in classes], whole=whole)
    people = reverse("school:people", args=[school.pk])
    late = _("wait longer than %(days)d days") % {"days": LATE_DAYS}
    return [
        Trouble(
            numbers["late_teachers"],
            ngettext("teacher to be confirmed", "teachers to be confirmed", numbers["late_teachers"]),
            late,
            reverse("school:verification", args=[school.pk]) if may(user, "confirm_teachers", school) else "",
        ),
        Trouble(
            numbers["late_requests"],
            ngettext("join request not decided", "join requests not decided", numbers["late_requests"]),
            late,
            reverse("invites:requests", args=[school.pk]) if _may_decide(user, school, classes) else "",
        ),
        Trouble(
            numbers["alone"],
            ngettext("pupil with no adult linked", "pupils with no adult linked", numbers["alone"]),
            url=f"{people}?state=alone" if whole and may(user, "view_people", school) else "",
        ),
        Trouble(
            numbers["unclaimed"],
            ngettext("link that nobody has used", "links that nobody has used", numbers["unclaimed"]),
            _("will be annulled within 7 days"),
            reverse("invites:list", args=[school.pk]),
        ),
    ]


def _may_decide(user: User, school: School, classes: Sequence[SchoolClass]) -> bool:
    return may(user, "decide_requests", school) or any(may(user, "decide_requests", item) for item in classes)


def _numbers(school: School, classes: list[int], *, whole: bool) -> dict[str, int]:
    """All in one query; a homeroom teacher's are those of his classes, and of no teacher."""
    since = timezone.now() - dt.timedelta(days=LATE_DAYS)
    waiting = queries.waiting_teachers(school).filter(verification_asked_at__lt=since)
    requests = JoinRequest.objects.waiting().filter(school=school, created_at__lt=since)
    unclaimed = about_to_be_annulled(Invite.objects.all(), school, within=SOON)
    pupils = Enrolment.objects.active().filter(school_class__in=classes)
    alone = Person.objects.present().filter(queries.without_adult(), pk__in=pupils.values("person_id"))
    if not whole:
        requests, unclaimed = requests.filter(school_class__in=classes), unclaimed.filter(school_class__in=classes)
        waiting = waiting.none()
    counted = {"late_teachers": waiting, "late_requests": requests, "alone": alone, "unclaimed": unclaimed}
    numbers = {name: _number(rows) for name, rows in counted.items()}
    answer: Any = School.objects.filter(pk=school.pk).values(**numbers).get()
    return answer


def _number(rows: QuerySet) -> Coalesce:
    counted = rows.order_by().annotate(_all=Value(1)).values("_all").annotate(n=Count("pk", distinct=True)).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)
