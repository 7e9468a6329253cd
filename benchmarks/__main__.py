"""`python -m benchmarks [--smoke] [NAME…]`: run the measurements and print their tables."""

import argparse
import importlib
import os
import pkgutil
import sys
import tempfile
import time
from pathlib import Path

import benchmarks

from .harness import REGISTRY, Size, render, table, title_of
from .processes import own_database

NOT_MEASUREMENTS = {"__main__", "harness", "processes", "listeners"}


def main() -> int:
    for module in pkgutil.iter_modules(benchmarks.__path__):
        if module.name not in NOT_MEASUREMENTS and not module.name.startswith("floor_"):
            importlib.import_module(f"benchmarks.{module.name}")
    parser = argparse.ArgumentParser(prog="benchmarks", description="Measures the portal beside a bare floor.")
    parser.add_argument("names", nargs="*", help=f"of {', '.join(REGISTRY)}; all by default")
    parser.add_argument("--smoke", action="store_true", help="little of everything: does it run?")
    options = parser.parse_args()
    if unknown := set(options.names) - set(REGISTRY):
        parser.error(f"no such measurement: {', '.join(sorted(unknown))}")
    if not (os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL")):
        parser.error("DATABASE_URL (PostgreSQL) and REDIS_URL are needed: make bench")
    with tempfile.TemporaryDirectory(prefix="sferum-bench-") as folder, own_database(Path(folder)):
        prepare()
        for name in options.names or REGISTRY:
            run(name, Size(options.smoke))
    return 0


def prepare() -> None:
    """Django in this process, and its tables in the fresh database."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sferum_portal.settings")
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def run(name: str, size: Size) -> None:
    started = time.monotonic()
    measured = list(REGISTRY[name](size))
    print(f"\n### {title_of(REGISTRY[name])}\n")
    print(render(table(measured)))
    print(f"\n{size.rounds} rounds, medians; {time.monotonic() - started:.0f} s", flush=True)


if __name__ == "__main__":
    sys.exit(main())
