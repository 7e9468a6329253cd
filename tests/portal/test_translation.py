import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as project
from django.utils.translation import gettext

from sferum_portal.translation import compile_catalogues, forget_catalogues


@pytest.fixture
def not_compiled(tmp_path: Path, settings: Any) -> Iterator[None]:
    """A fresh clone: the catalogue without its compiled file."""
    shutil.copytree(project.BASE_DIR / "locale", tmp_path / "locale", ignore=shutil.ignore_patterns("*.mo"))
    settings.LOCALE_PATHS = [tmp_path / "locale"]
    forget_catalogues()
    yield
    settings.LOCALE_PATHS = [project.BASE_DIR / "locale"]
    forget_catalogues()


def test_a_process_that_compiles_the_catalogues_reads_them(not_compiled: None) -> None:
    """The first start on a bare machine: the process that serves is the one that compiled."""
    assert gettext("Staff room") == "Staff room"
    assert compile_catalogues()
    assert gettext("Staff room") == "Учительская"
