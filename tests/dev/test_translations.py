"""The translations: complete, and with the same placeholders and tags as the text they translate."""

import pathlib
import re

import polib
import pytest

I18N = pathlib.Path(__file__).resolve().parents[2] / "aliexpress_connector" / "i18n"
LANGUAGES = {"es", "fr", "it", "pl", "de", "pt_BR", "tr", "zh_CN"}
PATHS = sorted(I18N.glob("*.po"))
# What a sentence may not lose or gain: %(name)s and %s, {{ expressions }} of mails, tags.
PLACEHOLDER = re.compile(r"%\(\w+\)[-\d.]*[a-zA-Z]|%[-\d.]*[sdfg](?![a-zA-Z])|\{\{.*?\}\}|\{\w*\}")
TAG = re.compile(r"<[^<>]+>")
# Attributes that people read are translated with the text around them.
READ = re.compile(r"""\b(title|alt|placeholder|aria-label|string|help|confirm)=("[^"]*"|'[^']*')""")


@pytest.fixture(scope="module")
def template():
    return polib.pofile(str(I18N / "aliexpress_connector.pot"))


@pytest.fixture(params=PATHS, ids=[path.stem for path in PATHS])
def language(request):
    return polib.pofile(str(request.param))


def fixed_parts(text):
    """What a translation has to keep of `text`, whatever the order of its words."""
    tags = [READ.sub(r"\1", re.sub(r"\s+", " ", tag)) for tag in TAG.findall(text)]
    return sorted(tags + PLACEHOLDER.findall(READ.sub("", text)))


def outer_space(text):
    return text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]


def test_every_language_is_there_and_no_other():
    assert {path.stem for path in PATHS} == LANGUAGES


def test_the_template_is_no_translation(template):
    assert not [entry.msgid for entry in template if entry.msgstr]


def test_every_term_is_translated(language, template):
    terms = {entry.msgid: entry for entry in language if not entry.obsolete}
    missing = [
        entry.msgid
        for entry in template
        if entry.msgid not in terms or not terms[entry.msgid].msgstr or terms[entry.msgid].fuzzy
    ]
    assert not missing, "./dev i18n adds new terms to every language"


def test_no_term_that_no_longer_occurs(language, template):
    assert not {entry.msgid for entry in language} - {entry.msgid for entry in template}


def test_placeholders_and_tags_are_kept(language):
    broken = [
        (entry.msgid, entry.msgstr)
        for entry in language
        if entry.msgstr
        and (
            fixed_parts(entry.msgid) != fixed_parts(entry.msgstr)
            or outer_space(entry.msgid) != outer_space(entry.msgstr)
        )
    ]
    assert not broken


def test_no_sentence_is_left_in_english(language):
    left = [entry.msgid for entry in language if entry.msgid == entry.msgstr and len(entry.msgid.split()) > 4]
    assert not left


@pytest.mark.parametrize(
    ("text", "translation"),
    [
        ("%(count)s orders of %(shop)s", "%(count)s pedidos"),
        ("%s orders", "pedidos"),
        ("%(count)s orders", "%(cuenta)s pedidos"),
        ("<strong>Now</strong>", "Ahora"),
        ("{{ object.name }} is late", "{{ objeto.name }} va tarde"),
        ('<a href="/web">here</a>', '<a href="/otro">aquí</a>'),
    ],
)
def test_a_lost_placeholder_or_tag_is_found(text, translation):
    assert fixed_parts(text) != fixed_parts(translation)


@pytest.mark.parametrize(
    ("text", "translation"),
    [
        ("%(count)s orders of %(shop)s", "%(shop)s: %(count)s pedidos"),
        ("<b>A</b> <i>B</i>", "<i>B</i> <b>A</b>"),
        ('<span title="Open">x</span>', '<span title="Abrir 50%">x</span>'),
        ("50% of all", "50% de todo"),
    ],
)
def test_another_order_of_words_is_none(text, translation):
    assert fixed_parts(text) == fixed_parts(translation)
