"""What the documentation names is there: files, pictures, methods, messages, menus."""

import pathlib
import re

import polib
import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
ADDON = ROOT / "aliexpress_connector"
PAGES = [ROOT / "README.rst", ROOT / "CONTRIBUTING.rst", *sorted((ROOT / "docs").glob("*.rst"))]
CODE_MAP = (ROOT / "docs" / "code-map.rst").read_text()


@pytest.fixture(scope="module")
def terms():
    """All that the addon says, in one text."""
    template = polib.pofile(str(ADDON / "i18n" / "aliexpress_connector.pot"))
    return "\n".join(re.sub(r"\s+", " ", entry.msgid) for entry in template)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_and_pictures_lead_somewhere(page):
    text = page.read_text()
    targets = re.findall(r"image:: (\S+)", text) + re.findall(r"<([\w./-]+?)(?:#[\w-]+)?>`_", text)
    assert not [target for target in targets if not (page.parent / target).exists()]


def test_every_picture_is_shown_and_taken_by_the_command():
    shown = {name for page in PAGES for name in re.findall(r"pictures/([\w-]+)\.png", page.read_text())}
    source = (ROOT / "docs" / "take_pictures.py").read_text()
    taken = set(re.findall(r'take\([\w.]+, "([\w-]+)"\)', source))
    taken |= set(re.findall(r'^    "[\w ]+": "([\w-]+)",$', source, re.MULTILINE))  # of the steps of the set-up
    assert shown == taken == {path.stem for path in (ROOT / "docs" / "pictures").glob("*.png")}


@pytest.mark.parametrize("name", sorted(set(re.findall(r"``([\w/]+\.(?:py|xml|json))``", CODE_MAP))))
def test_the_code_map_names_files_that_exist(name):
    folders = [ADDON, ADDON / "models", ROOT]
    assert any((folder / name).exists() for folder in folders)


@pytest.mark.parametrize("name", sorted(set(re.findall(r"``(?:\w+\.)?(_[a-z_]+)(?:\(\))?``", CODE_MAP))))
def test_the_code_map_names_methods_that_exist(name):
    if name == "_commit_progress":  # Odoo's own
        return
    assert any(f"def {name}(" in path.read_text() for path in ADDON.rglob("*.py"))


def test_the_code_map_answers_the_newcomer():
    for question in ("new order status", "new carrier rule", "new product field", "new error text"):
        assert question in CODE_MAP


def test_troubleshooting_quotes_what_the_addon_says(terms):
    section = (ROOT / "README.rst").read_text().split("Troubleshooting by message\n")[1].split("\nPrivacy\n")[0]
    quoted = [
        quote for line in section.splitlines() if line.startswith("``") for quote in re.findall("``(.+?)``", line)
    ]
    parts = [part.strip() for quote in quoted for part in quote.split("…") if part.strip()]
    assert len(parts) > 10
    assert not [part for part in parts if part not in terms]
