"""An invite is used (2.3, 2.4, 2.5, 2.7): one transaction, one place, one line in the log of uses."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts import services as accounts
from accounts.models import User
from school.errors import Refusal
from school.eventlog import record
from school.models import EventKind, Person
from school.services import administrators
from sferum_portal import request_context

from .. import tokens
from ..answers import Answers, cleaned
from ..checks import check, is_inside
from ..matching import child_meant, guardian_meant, has_both_parents, own_person, pupil_meant, staff_meant
from ..models import Invite, InviteRole, InviteUse, JoinRequest
from ..refusals import InviteRefused
from . import joining
from .chat_links import enter_chat
from .requesting import limit_attempts, open_request

Outcome = InviteUse.Outcome


@dataclass(frozen=True)
class Redemption:
    """What came of it: the person has joined, or the request waits."""

    invite: Invite
    outcome: InviteUse.Outcome
    person: Person | None = None
    request: JoinRequest | None = None


def redeem(*, by: User, token: str, answers: Answers | None = None) -> Redemption:
    """Join by the invite, or leave a request where it has to be approved.

    Raises `InviteRefused` (codes in `invites.refusals`) or another `Refusal` for an answer to correct; a refusal is
    written in the log of uses, and nothing else is.
    """
    invite = tokens.find(token)
    with _refusals_logged(invite, by), transaction.atomic():
        return _redeem(by, invite, answers or Answers())


def redeem_with_login(*, token: str, login: str, password: str) -> tuple[User, Redemption]:
    """A pupil without a phone joins by his personal slip: he thinks of a sign-in name and a password (grades 1-4).

    Raises `InviteRefused`, or `ValidationError` for a taken or unclear name and a weak password.
    """
    invite = tokens.find(token)
    with _refusals_logged(invite, None), transaction.atomic():
        checked = check(invite, None)
        if not (checked.person and checked.role == InviteRole.PUPIL):
            raise InviteRefused("wrong_role")
        name = checked.person.full_name
        user = accounts.create_login(by=checked.created_by, name=name, login=login, password=password)
        record(
            EventKind.LOGIN_CREATED,
            by=user,
            school=checked.school,
            subject=checked.person,
            new={"login": user.login, "invite": checked.pk},
        )
        return user, _redeem(user, checked, Answers())


@contextmanager
def _refusals_logged(invite: Invite | None, by: User | None) -> Iterator[None]:
    """Outside the transaction: what was refused is undone, that it was refused is kept."""
    try:
        yield
    except Refusal as refusal:
        if invite:
            _log(invite, Outcome.REFUSED, by, code=refusal.code)
        raise


def _redeem(by: User, invite: Invite | None, answers: Answers) -> Redemption:
    # The second click of a double click waits here, and is then told that its owner has joined.
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    invite = check(invite, by, answers)
    result = _enter_chat_only(by, invite) or _join_or_ask(by, invite, answers)
    if result.person:
        record(EventKind.INVITE_REDEEMED, by=by, school=invite.school, subject=invite, person=result.person)
    # The last write before the commit, so that others wait for the row of the invite as shortly as can be.
    _take_place(invite)
    _log(invite, result.outcome, by, person=result.person)
    return result


def _enter_chat_only(by: User, invite: Invite) -> Redemption | None:
    """A link to a chat, used by somebody who has the role already: he enters the chat, nothing is asked."""
    own = own_person(invite, by)
    if invite.chat is None or own is None or not is_inside(invite, by):
        return None
    enter_chat(invite, own)
    return Redemption(invite, Outcome.JOINED, person=own)


def _join_or_ask(by: User, invite: Invite, answers: Answers) -> Redemption:
    answers = cleaned(answers, invite, own_person(invite, by))
    limit_attempts(by, invite)
    person, child = _records_meant(invite, answers)
    if _joins_at_once(invite, person, child):
        joined = _join(by, invite, answers, person, child)
        if invite.chat:
            enter_chat(invite, joined)
        return Redemption(invite, Outcome.JOINED, person=joined)
    request = open_request(by=by, invite=invite, answers=answers, person=person, child=child)
    return Redemption(invite, Outcome.REQUESTED, request=request)


def _records_meant(invite: Invite, answers: Answers) -> tuple[Person | None, Person | None]:
    """(whom of the lists the applicant seems to be, whose parent): None where he has to be looked at."""
    if invite.person:
        return invite.person, None
    if invite.role == InviteRole.PARENT and invite.school_class:
        return None, child_meant(invite.school_class, answers.child_last_name, answers.child_first_name)
    if invite.role == InviteRole.PUPIL and invite.school_class:
        return pupil_meant(invite.school_class, answers), None
    return staff_meant(invite.school, invite.role, answers), None


def _joins_at_once(invite: Invite, person: Person | None, child: Person | None) -> bool:
    if invite.needs_approval:
        return False
    if invite.role == InviteRole.PARENT and not invite.is_personal:
        return child is not None and not has_both_parents(child)
    return person is not None and (invite.is_personal or invite.role == InviteRole.PUPIL)


def _join(by: User, invite: Invite, answers: Answers, person: Person | None, child: Person | None) -> Person:
    if child:
        guardian = guardian_meant(child, by, answers)
        return joining.join_as_parent(
            by=by, user=by, child=child, applicant=answers, kind=answers.kind, person=guardian
        )
    if not invite.is_personal and invite.school_class:
        return joining.join_as_pupil(by=by, user=by, school_class=invite.school_class, applicant=answers, person=person)
    if person is None:
        raise InviteRefused("wrong_role")
    joined = joining.join_as_known(by=by, user=by, person=person)
    if invite.role == InviteRole.ADMINISTRATOR:  # at once by the director's invite, else it waits for a second one
        administrators.appoint_administrator(
            by=invite.created_by, person=joined, order_number=invite.order_number, order_date=invite.order_date
        )
    return joined


def _take_place(invite: Invite) -> None:
    """One conditional UPDATE decides who gets the last place; whoever comes after it is refused, and all is undone."""
    now = timezone.now()
    free = Invite.objects.open().filter(pk=invite.pk, expires_at__gt=now)
    if not free.update(uses=F("uses") + 1):
        invite.refresh_from_db(fields=["uses", "annulled_at", "expired_at", "expires_at"])
        check(invite, None)
        raise InviteRefused("used_up")


def _log(
    invite: Invite, outcome: InviteUse.Outcome, by: User | None, *, code: str = "", person: Person | None = None
) -> None:
    address = request_context.current().address or None
    InviteUse.objects.create(
        school=invite.school, invite=invite, outcome=outcome, code=code, user=by, person=person, address=address
    )
