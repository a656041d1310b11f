"""Descriptions: a JSON text for the web page and one for telephones."""

from ..html_text import clean_html, html_to_text, text_to_html
from ..languages import write_language, write_locale
from .values import filled, json_text


def description_list(descriptions):
    """`multi_language_description_list` of `Description`s by language."""
    return [{"language": write_language(language), **_details(told)} for language, told in descriptions.items()]


def description_modules(descriptions):
    """`description_multi_language_list` of a feed. It has no part of its own for telephones."""
    return [
        {"locale": write_locale(language), "module_list": [_html_module(description)]}
        for language, description in descriptions.items()
    ]


def _details(description):
    if description.web_source:
        # What only AliExpress has goes back as it came; a text for telephones is added where it can be.
        mobile = description.mobile_source or (description.text and _detail([_text_module(description)]))
        return filled(web_detail=description.web_source, mobile_detail=mobile)
    return {
        "web_detail": _detail([_html_module(description)]),
        "mobile_detail": description.mobile_source or _detail([_text_module(description)]),
    }


def _detail(modules):
    return json_text({"version": "2.0.0", "moduleList": modules})


def _html_module(description):
    html = clean_html(description.html) or text_to_html(description.text)
    return {"type": "html", "html": {"content": html}}


def _text_module(description):
    text = description.text.strip() or html_to_text(description.html)
    return {"type": "text", "texts": [{"content": text, "class": "body"}]}
