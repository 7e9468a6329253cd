"""What docs/production.md says about the environment is all of it, and true; so are the pictures of the README."""

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


def test_the_readme_shows_every_picture_that_there_is() -> None:
    readme = (settings.BASE_DIR / "README.md").read_text()
    pictures = {path.name: path.stat().st_size for path in (settings.BASE_DIR / "docs/screenshots").glob("*.png")}
    assert set(re.findall(r"\(docs/screenshots/([\w.-]+)\)", readme)) == set(pictures)
    assert sum(pictures.values()) < 1_500_000
