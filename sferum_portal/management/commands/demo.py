"""`manage.py demo`: a school of made-up people to look round in."""

import sys
import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from school.models import School
from sferum_portal.demo import making, sign_ins
from sferum_portal.demo.plan import PASSWORD, SIZES


class Command(BaseCommand):
    help = "Makes the demo school (made-up people) by the services of the portal and prints one sign-in per role."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--size", choices=SIZES, default="normal", help="large: 1,000 classes, for measurements")
        parser.add_argument("--if-empty", action="store_true", help="do nothing where there is a school already")

    def handle(self, *args: Any, size: str, if_empty: bool, **options: Any) -> None:
        if demo := making.demo_school():
            self.stdout.write(_("The demo school is there already."))
            self.print_sign_ins(demo)
        elif not (if_empty and School.objects.exists()):
            self.make(size)

    def make(self, size: str) -> None:
        started = time.monotonic()
        made = list(making.make_schools(SIZES[size], Progress(SIZES[size].schools, self.stdout)))
        self.stdout.write(_("Made in %(seconds)d s.") % {"seconds": time.monotonic() - started})
        self.print_sign_ins(made[0])

    def print_sign_ins(self, school: School) -> None:
        lines = sign_ins.list_sign_ins(school)
        self.stdout.write("\n" + _("%(school)s (made-up people). Sign in by phone:") % {"school": school})
        width = max((len(line.role) for line in lines), default=0)
        for line in lines:
            self.stdout.write(f"  {line.sign_in}  {line.role:<{width}}  {line.name}")
        if settings.DEVELOPMENT:
            self.stdout.write(
                _("Password of all of them: %(password)s; codes are shown at /dev/outbox/.") % {"password": PASSWORD}
            )
            self.stdout.write(_("Operator of the portal: %(login)s, the same password.") % {"login": sign_ins.OPERATOR})


class Progress:
    """One line that is written over on a terminal, a line for each school elsewhere."""

    def __init__(self, schools: int, out: Any) -> None:
        self.schools, self.out, self.done = schools, out, 0

    def __call__(self, number: int, step: str) -> None:
        self.done += 1
        total = self.schools * making.STEPS
        text = f"[{100 * self.done // total:3} %] " + (f"{number}/{self.schools} " if self.schools > 1 else "") + step
        if sys.stdout.isatty():
            self.out.write(f"\r\033[K{text}", ending="\n" if self.done == total else "")
        else:
            self.out.write(text)
