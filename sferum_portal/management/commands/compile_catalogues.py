from typing import Any

from django.core.management.base import BaseCommand

from sferum_portal.translation import compile_catalogues


class Command(BaseCommand):
    help = "Compiles the message catalogues that changed (needs no gettext)."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        for path in compile_catalogues():
            self.stdout.write(f"compiled {path}")
