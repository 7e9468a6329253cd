"""The people of the demo school whom a visitor may sign in as."""

from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import set_password_for
from school.models import School

from .plan import CLASS_OF_SIGN_INS, PASSWORD, SignIn
from .stage import Stage, phone_of

OPERATOR = "operator"


@dataclass(frozen=True)
class Line:
    role: str
    name: str
    sign_in: str


def role_names() -> dict[SignIn, str]:
    home = {"class": CLASS_OF_SIGN_INS}
    return {
        SignIn.ADMINISTRATOR: _("administrator of the school"),
        SignIn.ADDITIONAL_ADMINISTRATOR: _("deputy director, additional administrator"),
        SignIn.DIRECTOR: _("director of the school"),
        SignIn.DEPUTY: _("deputy of the director"),
        SignIn.HOMEROOM: _("homeroom teacher of %(class)s") % home,
        SignIn.TEACHER: _("teacher of a subject"),
        SignIn.APPLICANT: _("teacher waiting for the confirmation"),
        SignIn.EMPLOYEE: _("employee who does not teach"),
        SignIn.PARENT: _("parent of two children"),
        SignIn.PUPIL: _("pupil of %(class)s") % home,
    }


def give_passwords(stage: Stage) -> None:
    """One password for all of them, on a development machine only; elsewhere they sign in by a code."""
    if not settings.DEVELOPMENT:
        return
    for user in User.objects.filter(persons__in=[person.pk for person in stage.sign_ins.values()]):
        set_password_for(user, PASSWORD, by=stage.administrator)
    if not User.objects.filter(login=OPERATOR).exists():
        User.objects.create_superuser(login=OPERATOR, password=PASSWORD, name=_("Operator of the portal"))


def list_sign_ins(school: School) -> list[Line]:
    """One line for each role that is there: who it is and how to sign in."""
    phones = {phone_of(sign_in): name for sign_in, name in role_names().items()}
    people = school.people.filter(user__phone__in=phones).select_related("user").order_by("user__phone")
    return [Line(phones[p.user.phone], p.full_name, p.user.phone) for p in people if p.user and p.user.phone]
