"""Runs the command."""

from io import StringIO

from django.core.management import call_command


def run(**options: object) -> str:
    out = StringIO()
    call_command("demo", **{"size": "tiny", "stdout": out, **options})  # type: ignore[arg-type]
    return out.getvalue()
