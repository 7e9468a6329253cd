"""Message catalogues are compiled by Python: a user's machine has no gettext, and compiled files are not committed."""

from pathlib import Path

import polib
from django.conf import settings


def compile_catalogues() -> list[Path]:
    """Compile each catalogue that is newer than its compiled file; returns the files that were written."""
    written = []
    for folder in settings.LOCALE_PATHS:
        for source in sorted(Path(folder).glob("*/LC_MESSAGES/*.po")):
            target = source.with_suffix(".mo")
            if not target.exists() or target.stat().st_mtime_ns < source.stat().st_mtime_ns:
                # Replaced in one step: tests start several processes at once.
                partial = target.with_name(f".{target.name}.{id(source)}")
                polib.pofile(str(source)).save_as_mofile(str(partial))
                partial.replace(target)
                written.append(target)
    return written
