"""Settings out of the environment."""

import stat
import threading
from pathlib import Path

import pytest

from sferum_portal.environment import env_bool, env_list, local_secret


def test_a_secret_is_made_once_and_readable_by_us_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SECRET_KEY", raising=False)
    found: set[str] = set()
    threads = [threading.Thread(target=lambda: found.add(local_secret("SECRET_KEY", tmp_path))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 1
    assert len(found.pop()) >= 50
    files = list(tmp_path.iterdir())
    assert [file.name for file in files] == ["secret_key.txt"]
    assert stat.S_IMODE(files[0].stat().st_mode) == 0o600


def test_the_environment_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "given")
    assert local_secret("SECRET_KEY", tmp_path) == "given"
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("text", "value"), [("1", True), ("Yes", True), ("on", True), ("0", False), ("", False)])
def test_booleans(monkeypatch: pytest.MonkeyPatch, text: str, value: bool) -> None:
    monkeypatch.setenv("SOME_SWITCH", text)
    assert env_bool("SOME_SWITCH", default=not value) is value


def test_lists(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_NAMES", " a, b ,,c")
    assert env_list("SOME_NAMES") == ["a", "b", "c"]
    monkeypatch.delenv("SOME_NAMES")
    assert env_list("SOME_NAMES", "x,y") == ["x", "y"]
