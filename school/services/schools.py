"""The school as a whole: its registration, its information (2.1)."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.phones import normalize_phone

from .. import openings
from ..errors import Refusal
from ..eventlog import apply_changes, record
from ..models import AcademicYear, EventKind, Person, RegistrationRequest, School, SchoolClass, StaffPosition
from ..rights import require
from ..roles import ensure_role_groups, lock_roster, project

EDITABLE = frozenset(
    {
        *("name", "short_name", "city", "address", "phone", "email", "site", "diary_url"),
        *("platform_name", "messenger_name", "support_email"),
        *("requires_verification", "unclaimed_days", "requires_second_factor"),
    }
)


@transaction.atomic
def create_school(*, by: User | None, name: str, short_name: str, city: str, **details: Any) -> School:
    """A school with its current year, «Учительская» and role groups; it has nobody yet."""
    school = School(name=name, short_name=short_name, city=city, **details)
    school.full_clean()
    school.save()
    starts_on, ends_on = AcademicYear.dates_around(timezone.localdate())
    AcademicYear.objects.create(school=school, starts_on=starts_on, ends_on=ends_on)
    ensure_role_groups(school)
    staff_room = SchoolClass.objects.create(school=school, kind=SchoolClass.Kind.STAFF_ROOM)
    ensure_role_groups(staff_room)
    record(EventKind.SCHOOL_REGISTERED, by=by, school=school, subject=school, new={"name": name})
    openings.complete(school)
    return school


@transaction.atomic
def seat_first_administrator(
    *, by: User | None, school: School, user: User, last_name: str, first_name: str, patronymic: str = "", **order: Any
) -> Person:
    """Make the user the administrator of a school that has none, by the order of its director (2.1).

    `order`: order_number, order_date. Raises `Refusal` when there is an administrator already.
    """
    lock_roster(school.pk)
    if StaffPosition.objects.active().filter(school=school, kind=StaffPosition.Kind.ADMINISTRATOR).exists():
        raise Refusal(_("The school has an administrator already."), code="administrator_exists")
    person = Person.objects.create(
        school=school,
        user=user,
        joined_at=timezone.now(),
        last_name=last_name,
        first_name=first_name,
        patronymic=patronymic,
        phone=user.phone or "",
        email=user.email or "",
        verification=Person.Verification.VERIFIED,
    )
    today = timezone.localdate()
    for kind in (StaffPosition.Kind.ADMINISTRATOR, StaffPosition.Kind.TEACHER):
        StaffPosition.objects.create(school=school, person=person, kind=kind, starts_on=today, **order)
    record(EventKind.ADMINISTRATOR_APPOINTED, by=by, school=school, subject=person, new=order)
    project(school, [person])
    return person


def request_registration(**fields: Any) -> RegistrationRequest:
    """A school asks to be registered; anybody may. Raises `Refusal` when a request with this phone waits already."""
    fields["phone"] = normalize_phone(fields["phone"])
    if RegistrationRequest.objects.filter(phone=fields["phone"], status=RegistrationRequest.Status.WAITING).exists():
        raise _already_waiting()
    request = RegistrationRequest(**fields)
    request.full_clean(validate_constraints=False)
    try:
        with transaction.atomic():
            request.save()
    except IntegrityError as error:  # two at once: the constraint lets one in
        raise _already_waiting() from error
    return request


def _already_waiting() -> Refusal:
    text = _("A request with this phone is being considered already.")
    return Refusal(text, code="already_waiting", field="phone")


@transaction.atomic
def approve_registration(*, by: User, request: RegistrationRequest) -> School:
    """The operator lets the school in: its administrator signs in by the phone of the request (2.1)."""
    request = _waiting_request(by, request)
    school = create_school(by=by, name=request.school_name, short_name=request.short_name, city=request.city)
    user, _new = User.objects.get_or_create(phone=request.phone, defaults={"name": _full_name(request)})
    if _new:
        user.set_unusable_password()
        user.save()
    names = {name: getattr(request, name) for name in ("last_name", "first_name", "patronymic")}
    order: dict[str, Any] = {"order_number": request.order_number, "order_date": request.order_date}
    seat_first_administrator(by=by, school=school, user=user, **names, **order)
    request.status, request.school, request.decided_at = request.Status.APPROVED, school, timezone.now()
    request.save()
    return school


@transaction.atomic
def reject_registration(*, by: User, request: RegistrationRequest, reason: str) -> None:
    """The operator refuses, and says why."""
    request = _waiting_request(by, request)
    if not reason.strip():
        raise Refusal(_("Say why the request is refused."), code="reason_needed", field="reason")
    request.status, request.reason, request.decided_at = request.Status.REJECTED, reason.strip(), timezone.now()
    request.save()
    record(EventKind.REGISTRATION_REJECTED, by=by, school=None, subject=request, new={"reason": request.reason})


def _waiting_request(by: User, request: RegistrationRequest) -> RegistrationRequest:
    if not (by.is_active and by.is_staff):
        raise PermissionDenied
    locked = RegistrationRequest.objects.select_for_update().get(pk=request.pk)
    if locked.status != RegistrationRequest.Status.WAITING:
        raise Refusal(_("This request has been decided already."), code="already_decided")
    return locked


def _full_name(request: RegistrationRequest) -> str:
    return " ".join(part for part in (request.last_name, request.first_name, request.patronymic) if part)


@transaction.atomic
def update_school(*, by: User, school: School, **changes: Any) -> School:
    """Edit the school's information and settings (2.1 «вносит, редактирует информацию о школе»)."""
    require(by, "manage_school", school)
    if unknown := changes.keys() - EDITABLE:
        raise TypeError(f"not to be edited: {sorted(unknown)}")
    demanded = school.requires_verification
    old, new = apply_changes(school, changes)
    if new:
        record(EventKind.SCHOOL_CHANGED, by=by, school=school, subject=school, old=old, new=new)
    if school.requires_verification != demanded:
        project(school, by=by)
    return school
