"""`python -m benchmarks [--smoke] [NAME…]`: run the measurements and print their tables."""

import argparse
import importlib
import io
import os
import pkgutil
import sys
import tempfile
import time
from pathlib import Path

import benchmarks

from .harness import REGISTRY, Size, render, table, title_of
from .processes import own_database

NOT_MEASUREMENTS = {"__main__", "harness", "processes", "listeners", "keep_alive", "class_chats"}


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
        try:
            for name in options.names or REGISTRY:
                run(name, Size(options.smoke))
        finally:
            clear_redis()
    return 0


def prepare() -> None:
    """Django in this process, its tables in the fresh database, and what pages are made of, as at an installation."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sferum_portal.settings")
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("compile_catalogues", stdout=io.StringIO())
    call_command("collectstatic", interactive=False, verbosity=0)


def clear_redis() -> None:
    """Take back what would stay in Redis: the sessions and the count of the feed. Other keys expire within minutes."""
    import redis
    from django.contrib.sessions.backends.cached_db import KEY_PREFIX
    from django.contrib.sessions.models import Session
    from django.core.cache import cache

    cache.delete_many(f"{KEY_PREFIX}{key}" for key in Session.objects.values_list("session_key", flat=True))
    channel = os.environ["FEED_CHANNEL"]
    redis.Redis.from_url(os.environ["REDIS_URL"]).delete(f"{channel}:number", f"{channel}:epoch")


def run(name: str, size: Size) -> None:
    started, before = time.monotonic(), os.getloadavg()[0]
    measured = list(REGISTRY[name](size))
    print(f"\n### {title_of(REGISTRY[name])}\n")
    print(render(table(measured)))
    seconds, after = time.monotonic() - started, os.getloadavg()[0]
    print(
        f"\n{size.rounds} rounds, medians; {seconds:.0f} s; load average {before:.1f} before, {after:.1f} after",
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main())
