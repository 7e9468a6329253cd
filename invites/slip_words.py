"""What stands on a slip, in words: for whom, the name, whose parent, until when. In the portal's language, whoever prints.

Two queries for any number of slips.
"""

from collections import defaultdict
from collections.abc import Sequence

from django.conf import settings
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from school.models import Enrolment, Guardianship

from .codes import code_of
from .links import code_address, url_of
from .models import Invite, InviteRole
from .paper import Common, Slip
from .words import FOR_ONE, FOR_WHOM, not_for


def slips_of(invites: Sequence[Invite]) -> list[Slip]:
    """The slips of personal invites, in their order; the invites know their school, class and person."""
    children = _children([invite for invite in invites if invite.role == InviteRole.PARENT])
    with translation.override(settings.LANGUAGE_CODE):
        return [
            _slip(invite, children.get((invite.person_id or 0, invite.school_class_id or 0), [])) for invite in invites
        ]


def common_words(school_name: str) -> Common:
    with translation.override(settings.LANGUAGE_CODE):
        return Common(
            title=_("Slips, %(school)s") % {"school": school_name},
            scan=_("Point the phone's camera at the QR code"),
            type_here=_("or type the code on the page"),
            address=code_address(),
            warning=_("The school never asks for a code from an SMS."),
            sheet=_sheet,
        )


def _sheet(pile: str, number: int, sheets: int) -> str:
    with translation.override(settings.LANGUAGE_CODE):
        return _("%(pile)s · sheet %(number)d of %(sheets)d") % {"pile": pile, "number": number, "sheets": sheets}


def _slip(invite: Invite, children: list[str]) -> Slip:
    role = InviteRole(invite.role)
    place = str(invite.school_class) if invite.school_class else ""
    until = date_format(timezone.localtime(invite.expires_at), "j E Y, H:i")
    assert invite.person  # noqa: S101 (slips are personal)
    return Slip(
        pile=f"{place} · {FOR_WHOM[role]}" if place else _("Staff"),
        for_whom=" · ".join(filter(None, [str(FOR_ONE[role]).upper(), place])),
        name=invite.person.full_name,
        note=", ".join([*children, place]) if children else "",
        school=invite.school.short_name,
        until=_("Valid until %(moment)s") % {"moment": until},
        code=code_of(invite),
        link=url_of(invite),
        not_for=str(not_for(invite)),
    )


def _children(invites: Sequence[Invite]) -> dict[tuple[int, int], list[str]]:
    """For each (parent, class): «мать: Иванов И.» for each of his children there."""
    parents = [invite.person_id for invite in invites]
    ties = list(Guardianship.objects.active().filter(guardian__in=parents).select_related("pupil").order_by("pk"))
    enrolled = Enrolment.objects.active().filter(person__in=[tie.pupil_id for tie in ties])
    class_of = dict(enrolled.values_list("person_id", "school_class_id"))
    children: dict[tuple[int, int], list[str]] = defaultdict(list)
    with translation.override(settings.LANGUAGE_CODE):
        for tie in ties:
            if tie.pupil_id in class_of:
                said = f"{tie.get_kind_display()}: {tie.pupil.short_name}"
                children[tie.guardian_id, class_of[tie.pupil_id]].append(said)
    return children
