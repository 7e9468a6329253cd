from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from school.drift import check_rights
from school.models import School


class Command(BaseCommand):
    help = "Compares role groups and permissions with the facts and the regulation; exits with 1 on a difference."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--fix", action="store_true", help="repair what differs")
        parser.add_argument("--school", type=int, help="only the school with this id")

    def handle(self, *args: Any, **options: Any) -> None:
        schools = School.objects.all()
        if options["school"]:
            schools = schools.filter(pk=options["school"])
        wrong = 0
        for school in schools:
            drift = check_rights(school, fix=options["fix"])
            if drift:
                wrong += 1
                self.stdout.write(f"{school} (#{school.pk}): {drift}")
        self.stdout.write(f"{wrong} drift in {schools.count()} schools")
        if wrong and not options["fix"]:
            raise CommandError("rights differ from the facts: run again with --fix")
