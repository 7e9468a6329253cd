"""The catalogue is complete (nothing untranslated or fuzzy) and fresh (`make messages` changes nothing)."""

import subprocess
import sys
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent
COMMAND = ["manage.py", "makemessages", "-l", "ru", "--no-location", "--no-obsolete"]


def texts(path: Path) -> set[tuple[str, str, str]]:
    return {(entry.msgctxt or "", entry.msgid, entry.msgid_plural) for entry in polib.pofile(str(path))}


def untranslated(path: Path) -> list[str]:
    catalogue = polib.pofile(str(path))
    return [entry.msgid for entry in catalogue if not entry.obsolete and (entry.fuzzy or not entry.translated())]


def main() -> int:
    path = ROOT / "locale/ru/LC_MESSAGES/django.po"
    committed = path.read_bytes()
    before, gaps = texts(path), untranslated(path)
    try:
        subprocess.run([sys.executable, *COMMAND], cwd=ROOT, check=True, capture_output=True)  # noqa: S603
        after = texts(path)
    finally:
        path.write_bytes(committed)
    problems = {
        "not translated": gaps,
        "not collected (make messages)": [msgid for _, msgid, _ in sorted(after - before)],
        "no longer used (make messages)": [msgid for _, msgid, _ in sorted(before - after)],
    }
    for what, msgids in problems.items():
        for msgid in msgids:
            print(f"{what}: {msgid!r}")
    return 1 if any(problems.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
