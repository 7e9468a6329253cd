"""What of the school's own papers is to be mended: rights without an order, acts that wait for a second administrator."""

from collections.abc import Callable

from django.db.models import Exists, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from accounts.models import User

from . import queries
from .attention import Concern, Step
from .models import PendingAct, School, SchoolClass
from .rights import may
from .services.acts import second_pairs
from .services.roster import BY_APPOINTMENT


def _without_order(school: School, user: User) -> list[QuerySet]:
    """Those whose order the visitor may name: the administrators' and the director's only by who appoints them."""
    posts = queries.posts_without_order(school)
    if not may(user, "appoint_administrators", school):
        posts = posts.exclude(kind__in=BY_APPOINTMENT)
    return [posts, queries.homerooms_without_order(school)]


def _to_approve(school: School, user: User) -> QuerySet[PendingAct]:
    """What somebody else proposed, for who counts as a second pair of hands."""
    second = Exists(second_pairs(school).filter(person__user=user))
    return PendingAct.objects.waiting().filter(second, school=school).exclude(proposed_by=user)


def _to(name: str) -> Callable[[School, list[SchoolClass]], str]:
    return lambda school, classes: reverse(name, args=[school.pk])


CONCERNS = (
    Concern(
        "second_administrator",
        ngettext_lazy("act waiting for a second administrator", "acts waiting for a second administrator"),
        _to_approve,
        ("approve_acts",),
        personal=True,
        steps=(Step(_("Look and decide"), "approve_acts", _to("school:acts")),),
        order=22,
        since="proposed_at",
    ),
    Concern(
        "without_order",
        ngettext_lazy("right given without an order", "rights given without an order"),
        _without_order,
        ("manage_documents",),
        personal=True,
        steps=(Step(_("Name the orders"), "manage_documents", _to("school:rights_without_order")),),
        order=58,
    ),
)
