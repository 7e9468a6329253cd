"""Join requests are made and withdrawn by those who want to join (2.1 «рассматривает … заявки на вступление»)."""

import datetime as dt

from django.db import transaction
from django.db.models import F
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from school.errors import Refusal
from school.eventlog import record
from school.models import EventKind, Person

from ..answers import Answers
from ..models import Invite, JoinRequest
from ..refusals import InviteRefused

ATTEMPTS_A_DAY = 3


def limit_attempts(by: User, invite: Invite) -> None:
    """A wrong name makes a request; withdrawing and trying another name is guessing, and soon ends."""
    since = timezone.now() - dt.timedelta(days=1)
    tried = JoinRequest.objects.own(by).filter(
        school=invite.school_id, school_class=invite.school_class_id, created_at__gte=since
    )
    if tried.count() >= ATTEMPTS_A_DAY:
        raise InviteRefused("too_many_attempts")


def open_request(
    *, by: User, invite: Invite, answers: Answers, person: Person | None, child: Person | None
) -> JoinRequest:
    """What `redeem` does where somebody has to look first; called inside its transaction."""
    names = person if invite.is_personal and person else answers
    request = JoinRequest.objects.create(
        school=invite.school,
        school_class=invite.school_class,
        role=invite.role,
        invite=invite,
        user=by,
        last_name=names.last_name,
        first_name=names.first_name,
        patronymic=names.patronymic,
        birth_date=names.birth_date,
        title=answers.title,
        kind=answers.kind,
        child_last_name=answers.child_last_name,
        child_first_name=answers.child_first_name,
        person=person,
        child=child,
    )
    new = {"role": invite.role, "class": str(invite.school_class or ""), "child": request.child_name}
    record(EventKind.JOIN_REQUESTED, by=by, school=invite.school, subject=request, person=person, new=new)
    return request


@transaction.atomic
def withdraw_request(*, by: User, request: JoinRequest) -> None:
    """The applicant takes his request back; the place that it held is free again."""
    locked = JoinRequest.objects.select_for_update(of=("self",)).filter(pk=request.pk, user=by).first()
    if locked is None:
        raise Http404
    if not locked.is_waiting:
        raise Refusal(_("This request has been decided already."), code="already_decided")
    locked.status, locked.decided_at = JoinRequest.Status.WITHDRAWN, timezone.now()
    locked.save(update_fields=["status", "decided_at"])
    free_place(locked)
    record(EventKind.JOIN_WITHDRAWN, by=by, school=locked.school, subject=locked)


def free_place(request: JoinRequest) -> None:
    """A request that is refused or withdrawn gives back the place of the invite that it held."""
    Invite.objects.filter(pk=request.invite_id, uses__gt=0).update(uses=F("uses") - 1)
