"""Reading settings out of the environment."""

import contextlib
import os
import secrets
from pathlib import Path


def env_bool(name: str, default: bool = False) -> bool:
    return os.environ.get(name, str(default)).lower() in ("1", "true", "yes", "on")


def env_list(name: str, default: str = "") -> list[str]:
    return [item.strip() for item in os.environ.get(name, default).split(",") if item.strip()]


def local_secret(name: str, folder: Path) -> str:
    """The secret from the environment; on a bare machine one is made once and kept in `folder` (mode 0600)."""
    if value := os.environ.get(name):
        return value
    path = folder / f"{name.lower()}.txt"
    if not path.exists():
        _write_once(path, secrets.token_urlsafe(50))
    return path.read_text().strip()


def _write_once(path: Path, text: str) -> None:
    """The file appears whole; of several processes that start together the first one's text stays."""
    partial = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    partial.touch(mode=0o600)
    partial.write_text(text)
    with contextlib.suppress(FileExistsError):
        os.link(partial, path)
    partial.unlink()
