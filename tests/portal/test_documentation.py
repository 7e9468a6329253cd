"""What docs/production.md says about the environment is all of it, and true."""

import re

from django.conf import settings

from tests.test_architecture import apps, modules

READS = re.compile(r"""(?:environ\.get\(|environ\[|env_bool\(|env_list\(|local_secret\()["']([A-Z_]+)""")
BY_LIBRARIES = {"DATABASE_URL"}
NOT_FOR_PEOPLE = {"DJANGO_SETTINGS_MODULE", "PYTEST_XDIST_WORKER"}


def described() -> set[str]:
    table = (settings.BASE_DIR / "docs/production.md").read_text().partition("## Variables")[2]
    first_columns = [line.split("|")[1] for line in table.splitlines() if line.startswith("|")]
    return {name for column in first_columns for name in re.findall(r"`([A-Z_]+)`", column)}


def test_every_variable_is_described_and_exists() -> None:
    read = {name for _, path in modules(*apps(), "sferum_portal") for name in READS.findall(path.read_text())}
    assert (read | BY_LIBRARIES) - NOT_FOR_PEOPLE == described()
