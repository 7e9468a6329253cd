"""What every template must keep to: it compiles, its icons exist, and nothing in it needs `unsafe-inline`."""

import re
from pathlib import Path

import lucide
import pytest
from django.conf import settings
from django.template.loader import get_template

FOLDER = Path(settings.BASE_DIR, "templates")
TEMPLATES = sorted(str(path.relative_to(FOLDER)) for path in FOLDER.rglob("*.html"))
DATA_BLOCK = re.compile(r"<script\b[^>]*type=\"application/json\"")

every_template = pytest.mark.parametrize("name", TEMPLATES)


def source(name: str) -> str:
    return re.sub(r"{% comment %}.*?{% endcomment %}|{#.*?#}", "", (FOLDER / name).read_text(), flags=re.S)


@every_template
def test_compiles_and_its_icons_exist(name: str) -> None:
    get_template(name)
    for icon in re.findall(r"{% lucide \"([^\"]+)\"|icon=\"([^\"]+)\"", source(name)):
        lucide._load_icon(icon[0] or icon[1])


@every_template
def test_needs_no_unsafe_inline(name: str) -> None:
    text = source(name)
    assert not re.search(r"\sstyle\s*=|<style\b", text)
    assert not re.search(r"\s(on[a-z]+|hx-on[^=]*)\s*=\s*[\"']|javascript:", text)
    inline = [tag for tag in re.findall(r"<script\b[^>]*>", text) if "src=" not in tag and "nonce=" not in tag]
    assert [tag for tag in inline if not DATA_BLOCK.match(tag)] == []


@every_template
def test_asks_nothing_of_other_hosts(name: str) -> None:
    assert not re.search(r"(src|href|action)=\"(https?:)?//", source(name))
