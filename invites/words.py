"""How an invite is put into words: for whom it is, for whom it is not, where it leads, who invites."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from school.models import Homeroom, Person

from .models import Invite, InviteRole

Words = str | Promise

FOR_WHOM: dict[InviteRole, Words] = {
    InviteRole.PUPIL: _("for pupils"),
    InviteRole.PARENT: _("for parents"),
    InviteRole.TEACHER: _("for teachers"),
    InviteRole.EXTRA_TEACHER: _("for additional-education teachers"),
    InviteRole.EMPLOYEE: _("for employees"),
    InviteRole.DEPUTY: _("for deputy directors"),
    InviteRole.DIRECTOR: _("for the director"),
    InviteRole.ADMINISTRATOR: _("for the administrator"),
}
_NOT_FOR: dict[InviteRole, Words] = {
    InviteRole.PUPIL: _("Do not give it to parents or to anybody outside the class: parents have a link of their own."),
    InviteRole.PARENT: _(
        "Do not give it to children or to anybody outside the class: pupils have a link of their own."
    ),
}
FOR_ONE: dict[InviteRole, Words] = {
    InviteRole.PUPIL: _("for the pupil"),
    InviteRole.PARENT: _("for the parent"),
    InviteRole.TEACHER: _("for the teacher"),
    InviteRole.EXTRA_TEACHER: _("for the additional-education teacher"),
    InviteRole.EMPLOYEE: _("for the employee"),
    InviteRole.DEPUTY: _("for the deputy director"),
    InviteRole.DIRECTOR: _("for the director"),
    InviteRole.ADMINISTRATOR: _("for the administrator"),
}
_STAFF_ONLY = _("Only for those who work at the school. Do not publish it and do not give it to pupils or parents.")
_NOBODY_ELSE: dict[InviteRole, Words] = {
    InviteRole.PUPIL: _(
        "It is personal and works once. Do not give it to classmates; parents have a slip of their own."
    ),
    InviteRole.PARENT: _("It is personal and works once. Do not give it to the child or to other parents."),
}
_NOBODY_ELSE_OF_STAFF = _("It is personal and works once. Do not show it to pupils, parents or colleagues.")


def not_for(invite: Invite) -> Words:
    if invite.is_personal:
        return _NOBODY_ELSE.get(InviteRole(invite.role), _NOBODY_ELSE_OF_STAFF)
    return _NOT_FOR.get(InviteRole(invite.role), _STAFF_ONLY)


@dataclass(frozen=True)
class Face:
    """What somebody who opens the link is told before anything is asked of him."""

    school: str
    place: str
    for_whom: Words
    not_for: Words
    inviter: str
    is_homeroom: bool


def face_of(invite: Invite) -> Face:
    inviter = Person.objects.filter(school=invite.school_id, user=invite.created_by_id).first()
    leads = inviter and invite.school_class_id and Homeroom.objects.active().filter(person=inviter)
    return Face(
        school=invite.school.name,
        place=str(invite.school_class or ""),
        for_whom=FOR_WHOM[InviteRole(invite.role)],
        not_for=not_for(invite),
        inviter=inviter.full_name if inviter else "",
        is_homeroom=bool(leads and leads.filter(school_class=invite.school_class_id).exists()),
    )
