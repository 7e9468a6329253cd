"""`manage.py create_operator`: the first login of an installation, with the way into /operator/.

Asks at the terminal; without one reads OPERATOR_LOGIN, OPERATOR_PASSWORD and OPERATOR_PHONE (optional).
"""

import os
from getpass import getpass
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts import services


class Command(BaseCommand):
    help = "Create the operator of this installation (a login for /operator/)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--login", default=os.environ.get("OPERATOR_LOGIN"))
        parser.add_argument("--phone", default=os.environ.get("OPERATOR_PHONE"))
        parser.add_argument("--no-input", action="store_true", help="take everything from the environment")

    def handle(self, *args: Any, **options: Any) -> None:
        asked = not options["no_input"]
        login = options["login"] or (input("Login: ") if asked else None)
        password = os.environ.get("OPERATOR_PASSWORD") or (getpass("Password: ") if asked else None)
        if not login or not password:
            raise CommandError("Set OPERATOR_LOGIN and OPERATOR_PASSWORD.")
        try:
            user = services.create_operator(login=login, password=password, phone=options["phone"] or None)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        self.stdout.write(self.style.SUCCESS(f"Operator «{user.login}» is ready: sign in and open /operator/"))
