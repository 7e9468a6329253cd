"""The table of what is to be mended: what, whose right, how it is found, the button that mends it, the page (2.1–2.4, 2.7).

Other apps add their lines with `school.attention.register`.
"""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.db.models import BigIntegerField, Exists, ExpressionWrapper, F, IntegerField, OuterRef, QuerySet, Value
from django.db.models.functions import Cast, Coalesce, Concat, ExtractDay, ExtractMonth, Substr
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from chats.kinds import Kind
from chats.models import Chat
from invites.models import Invite, JoinRequest
from invites.services.schedule import about_to_be_annulled
from school import queries
from school.attention import Concern, Place, Step
from school.models import Enrolment, Guardianship, Homeroom, Person, School, SchoolClass, Teaching

from .figures import FEWEST

LATE = dt.timedelta(days=3)  # who waits longer waits too long
SOON = dt.timedelta(days=7)  # what the schedule will annul
DYING = dt.timedelta(days=2)  # the term of a link; an administrator's own is three days from birth
LOW = 50  # per cent of parents who have joined: fewer is a trouble

Url = Callable[[School, list[SchoolClass]], str]


def to(name: str, query: str = "") -> Url:
    """A page of the school."""
    return lambda school, classes: reverse(name, args=[school.pk]) + query


def to_class(name: str, *, many: Url) -> Url:
    """The page of the class where there is one, else a list."""
    return lambda school, classes: (
        reverse(name, args=[school.pk, classes[0].pk]) if len(classes) == 1 else many(school, classes)
    )


def to_people(state: str) -> Url:
    """The list of people in that state, of the class where there is one."""

    def url(school: School, classes: list[SchoolClass]) -> str:
        of_class = f"&school_class={classes[0].pk}" if len(classes) == 1 else ""
        return f"{reverse('school:people', args=[school.pk])}?state={state}{of_class}"

    return url


HEADLESS = to("school:structure", "?headless=1")
STRUCTURE = to("school:structure")
BY_CLASS = to("stats:dashboard", "#by-class")
INVITES = to("invites:list")
UNCLAIMED = to("invites:list", "#soon")
REGISTRY = to("chats:registry")


def _to_parents_chat(school: School, classes: list[SchoolClass]) -> str:
    """One at a time: the line stays until each class has its chat."""
    return reverse("chats:create", args=[Kind.PARENTS, classes[0].pk])


# --- how each is found ------------------------------------------------------------------------------------------------


def _classes(school: School) -> QuerySet[SchoolClass]:
    return SchoolClass.objects.taught().filter(school=school)


def _pupils(school: School) -> QuerySet[Enrolment]:
    rows: QuerySet[Enrolment] = Enrolment.objects.active().filter(school=school)
    return rows


def _alone(school: School) -> QuerySet[Enrolment]:
    return _pupils(school).exclude(Exists(Guardianship.objects.active().filter(pupil=OuterRef("person"))))


def _without_parents_chat(school: School) -> QuerySet[SchoolClass]:
    chat = Chat.objects.live().filter(school_class=OuterRef("pk"), kind=Kind.PARENTS)
    return _classes(school).exclude(Exists(chat))


def _of_few_parents(school: School) -> QuerySet[SchoolClass]:
    """Classes of which fewer than half of the parents have joined; too few parents are not broken down."""
    ties = Guardianship.objects.active().filter(
        pupil__enrolments__school_class=OuterRef("pk"), pupil__enrolments__ends_on__isnull=True
    )
    counted = _classes(school).annotate(
        parents=queries.number_of(ties, "guardian"),
        joined=queries.number_of(ties.filter(guardian__user__isnull=False), "guardian"),
    )
    return counted.filter(parents__gte=FEWEST, parents__gt=F("joined") * 100 / LOW)


def _dying(school: School) -> QuerySet[Invite]:
    """Links whose term is about to end, where no other stands ready in their place."""
    now = timezone.now()
    same = {"school": school, "role": OuterRef("role"), "expires_at__gt": now + DYING, "chat__isnull": True}
    spare = Invite.objects.in_state("active", now).filter(**same)
    for key in ("school_class_id", "person_id"):  # two that are empty are the same
        spare = spare.annotate(**{f"own_{key}": _or_0(F(key))}).filter(**{f"own_{key}": _or_0(OuterRef(key))})
    ending = Invite.objects.in_state("active", now).filter(school=school, expires_at__lte=now + DYING)
    return ending.exclude(Exists(spare))


def _or_0(key: Any) -> Coalesce:
    return Coalesce(key, Value(0), output_field=BigIntegerField())


def _unclaimed(school: School) -> QuerySet[Invite]:
    return about_to_be_annulled(Invite.objects.all(), school, within=SOON)


def _left(fact: Any, of_class: str) -> Callable[[School], QuerySet]:
    """Classes and subjects that are in the hands of somebody who has left or teaches no more."""
    gone = ~Exists(Person.objects.present().filter(queries.holds_teaching_post(), pk=OuterRef("person")))
    kept = {f"{of_class}__archived_at__isnull": True}
    return lambda school: fact.objects.active().filter(gone, school=school, **kept)


def _birthday(age: int) -> Callable[[School], QuerySet]:
    """Pupils who turned this old within 7 days or will within 14 (consents change then)."""
    return lambda school: _pupils(school).filter(person__birth_date__range=queries.born_between(age))


# --- how a place is said ----------------------------------------------------------------------------------------------


def _with_percent(place: Place) -> str:
    return f"{place.school_class} ({place.mark}\N{NO-BREAK SPACE}%)"


def _with_day(place: Place) -> str:
    """«Абрамова А., 7Б, 3 декабря»."""
    day = date_format(_day_of(place), "j E")
    return ", ".join(filter(None, [place.name, str(place.school_class or ""), day]))


def _day_of(place: Place) -> dt.date:
    """The birthday nearest to today; the mark is the month and the day."""
    today, born = timezone.localdate(), dt.date(2000, place.mark // 100, place.mark % 100)
    near = [queries.years_before(born, born.year - year) for year in range(today.year - 1, today.year + 2)]
    return min(near, key=lambda day: abs(day - today))


_PERCENT = ExpressionWrapper((F("joined") * 200 + F("parents")) / (F("parents") * 2), IntegerField())
_NAME = Concat("person__last_name", Value(" "), Substr("person__first_name", 1, 1), Value("."))
_DAY = Cast(ExtractMonth("person__birth_date") * 100 + ExtractDay("person__birth_date"), IntegerField())

# --- the table --------------------------------------------------------------------------------------------------------

_FIGURES = ("view_statistics",)


def _show(right: str, url: Url) -> Step:
    return Step(_("Show"), right, url, mends=False)


CONCERNS: tuple[Concern, ...] = (
    Concern(
        "headless",
        ngettext_lazy("class without a homeroom teacher", "classes without a homeroom teacher"),
        queries.classes_without_homeroom,
        _FIGURES,
        of_class="pk",
        steps=(
            Step(_("Assign"), "manage_staff", to_class("school:homeroom", many=HEADLESS)),
            _show("view_people", HEADLESS),
        ),
        mended_by=_("the administrator (2.1)"),
        tone="bad",
        order=10,
    ),
    Concern(
        "left_homeroom",
        ngettext_lazy(
            "class led by somebody who does not work any more", "classes led by somebody who does not work any more"
        ),
        _left(Homeroom, "school_class"),
        _FIGURES,
        of_class="school_class_id",
        steps=(Step(_("Assign"), "manage_staff", to_class("school:homeroom", many=STRUCTURE)),),
        mended_by=_("the administrator (2.1)"),
        tone="bad",
        order=11,
    ),
    Concern(
        "read_only_chats",
        ngettext_lazy("chat of pupils without an adult", "chats of pupils without an adult"),
        lambda school: Chat.objects.live().filter(school=school, read_only=Chat.ReadOnly.NO_ADULT),
        ("view_statistics", "view_chat_registry"),
        of_class="school_class_id",
        steps=(
            Step(_("Assign an adult"), "manage_staff", to_class("school:homeroom", many=REGISTRY)),
            _show("view_chat_registry", REGISTRY),
        ),
        mended_by=_("the administrator (2.1)"),
        tone="bad",
        order=15,
        name=F("title"),
        place=lambda place: place.name,
    ),
    Concern(
        "few_parents",
        ngettext_lazy(
            "class where fewer than half of the parents have joined",
            "classes where fewer than half of the parents have joined",
        ),
        _of_few_parents,
        _FIGURES,
        of_class="pk",
        steps=(
            Step(_("Invite the parents"), "invite_parents", to_class("school:class", many=BY_CLASS)),
            _show("view_statistics", BY_CLASS),
        ),
        mended_by=_("the homeroom teacher (2.7)"),
        tone="bad",
        order=20,
        mark=_PERCENT,
        place=_with_percent,
        sort=lambda place: place.mark,
    ),
    Concern(
        "requests",
        ngettext_lazy("join request not decided", "join requests not decided"),
        lambda school: JoinRequest.objects.waiting().filter(school=school),
        ("view_statistics", "decide_requests"),
        of_class="school_class_id",
        steps=(Step(_("Decide"), "decide_requests", to("invites:requests")),),
        mended_by=_("the homeroom teacher (2.3), the administrator (2.1)"),
        order=25,
        since="created_at",
        late_after=LATE,
    ),
    Concern(
        "teachers",
        ngettext_lazy("teacher to be confirmed", "teachers to be confirmed"),
        queries.waiting_teachers,
        ("view_statistics", "confirm_teachers"),
        steps=(Step(_("Confirm"), "confirm_teachers", to("school:verification")),),
        mended_by=_("the administrator (2.1)"),
        order=30,
        since="verification_asked_at",
        late_after=LATE,
    ),
    Concern(
        "no_parents_chat",
        ngettext_lazy("class without the parents' chat", "classes without the parents' chat"),
        _without_parents_chat,
        _FIGURES,
        of_class="pk",
        steps=(
            Step(_("Create the chat"), "create_parents_chat", _to_parents_chat),
            _show("view_people", to_class("school:class", many=STRUCTURE)),
        ),
        mended_by=_("the homeroom teacher (2.3)"),
        order=40,
    ),
    Concern(
        "alone",
        ngettext_lazy("pupil with no adult linked", "pupils with no adult linked"),
        _alone,
        _FIGURES,
        of_class="school_class_id",
        steps=(
            Step(_("Link the parents"), "decide_requests", to_people("alone")),
            _show("view_people", to_people("alone")),
        ),
        mended_by=_("the homeroom teacher (2.3), the administrator (2.1)"),
        order=45,
    ),
    Concern(
        "unplaced",
        ngettext_lazy("pupil without a class", "pupils without a class"),
        lambda school: Person.objects.present().filter(queries.unplaced(school), school=school),
        _FIGURES,
        steps=(
            Step(_("Finish the movement"), "manage_people", to_people("unplaced")),
            _show("view_people", to_people("unplaced")),
        ),
        mended_by=_("the administrator (2.1)"),
        order=50,
    ),
    Concern(
        "left_teachers",
        ngettext_lazy(
            "subject taught by somebody who does not work any more",
            "subjects taught by somebody who does not work any more",
        ),
        _left(Teaching, "study_group__school_class"),
        _FIGURES,
        of_class="study_group__school_class_id",
        steps=(Step(_("Assign"), "manage_staff", to_class("school:class_teachers", many=STRUCTURE)),),
        mended_by=_("the administrator (2.1)"),
        order=55,
    ),
    Concern(
        "dying_links",
        ngettext_lazy("link whose term ends within 2 days", "links whose term ends within 2 days"),
        _dying,
        _FIGURES,
        of_class="school_class_id",
        steps=(
            Step(_("To the links"), "annul_invites", INVITES),
            Step(_("To the links"), "invite_parents", INVITES),
        ),
        mended_by=_("who issued them"),
        order=60,
    ),
    Concern(
        "unclaimed_links",
        ngettext_lazy(
            "link that nobody has used will be annulled within 7 days",
            "links that nobody has used will be annulled within 7 days",
        ),
        _unclaimed,
        _FIGURES,
        of_class="school_class_id",
        steps=(
            Step(_("To the links"), "annul_invites", UNCLAIMED),
            Step(_("To the links"), "invite_parents", UNCLAIMED),
        ),
        mended_by=_("who issued them"),
        order=65,
    ),
    *(
        Concern(
            f"turns_{age}",
            text,
            _birthday(age),
            _FIGURES,
            of_class="school_class_id",
            steps=(_show("view_people", to_people(f"turns_{age}")),),
            mended_by=_("the homeroom teacher (2.3)"),
            tone="info",
            order=80,
            name=_NAME,
            mark=_DAY,
            place=_with_day,
            sort=_day_of,
        )
        for age, text in (
            (
                14,
                ngettext_lazy(
                    "pupil turns 14: consents are signed by the pupil too",
                    "pupils turn 14: consents are signed by the pupils too",
                ),
            ),
            (
                18,
                ngettext_lazy(
                    "pupil turns 18: consents are the pupil's own", "pupils turn 18: consents are the pupils' own"
                ),
            ),
        )
    ),
)
