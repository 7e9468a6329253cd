"""Message catalogues are compiled by Python: a user's machine has no gettext, and compiled files are not committed."""

import gettext
from pathlib import Path
from typing import Any

import polib
from asgiref.local import Local
from django.conf import settings
from django.utils.translation import trans_real


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
    if written:
        forget_catalogues()
    return written


def forget_catalogues() -> None:
    """Let this process read the catalogues anew: what it loaded before they were compiled is English.

    The same caches as Django's autoreloader clears when a catalogue changes.
    """
    gettext._translations.clear()  # type: ignore[attr-defined]
    caches: Any = trans_real
    caches._translations = {}
    caches._default = None
    caches._active = Local()
