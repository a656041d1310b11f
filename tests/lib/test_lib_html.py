import re
from html import unescape

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from aliexpress_connector.lib.html_text import clean_html, html_to_text, text_to_html


@pytest.mark.parametrize(
    "html, expected",
    [
        ("", ""),
        (None, ""),
        ("text", "<p>text</p>"),
        ("<p><br></p>", ""),
        ("<p>one</p><p>two</p>", "<p>one</p><p>two</p>"),
        ("<p>one<p>two", "<p>one</p><p>two</p>"),
        ("<div>one<div>two</div>three</div>", "<p>one</p><p>two</p><p>three</p>"),
        ("a<br>b", "<p>a<br/>b</p>"),
        ("a<hr/>b", "<p>a</p><hr/><p>b</p>"),
        ("<h2>Title</h2>text", "<p><b>Title</b></p><p>text</p>"),
        ("<strong>x</strong> <em>y</em>", "<p><b>x</b> y</p>"),
        ('<p style="color:red" onclick="x()">a</p>', "<p>a</p>"),
        ("<script>alert('<p>')</script><style>p{}</style>a", "<p>a</p>"),
        ('<a href="https://evil.example.com">link</a><img src="x"/>', "<p>link</p>"),
        ("<ul><li>a</li><li>b</li></ul>", "<ul><li>a</li><li>b</li></ul>"),
        ("<ul><li>a<ul><li>b</li></ul></li></ul>", "<ul><li>a<ul><li>b</li></ul></li></ul>"),
        ("<ul><li><p>a</p><p>b</p></li></ul>", "<ul><li>a<br/>b</li></ul>"),
        ("<ol>a<li>b</ol>", "<ol><li>a</li><li>b</li></ol>"),
        ("<p>a</p><ul><li>b</li></ul><p>c</p>", "<p>a</p><ul><li>b</li></ul><p>c</p>"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "<p>a b</p><p>c</p>"),
        ("<b>open", "<p><b>open</b></p>"),
        ("</p></b></ul>", ""),
        ("1 &lt; 2 &amp; 3", "<p>1 &lt; 2 &amp; 3</p>"),
        ("<li>alone</li>", "<p>alone</p>"),
        ("<!-- note --><p>a</p><!DOCTYPE html>", "<p>a</p>"),
    ],
)
def test_clean(html, expected):
    assert clean_html(html) == expected


def test_text():
    html = "<p>One<br/>two</p><ul><li>a</li><li>b &amp; c</li></ul><hr/><p></p><p>end</p>"
    assert html_to_text(html) == "One\ntwo\n- a\n- b & c\nend"
    assert text_to_html(" a < b \n\n c") == "<p>a &lt; b</p><p>c</p>"


TAGS = st.sampled_from(["p", "b", "ul", "ol", "li", "br", "hr", "div", "h1", "td", "script", "textarea", "strong", "a"])
PIECES = st.one_of(
    TAGS.map("<{}>".format),
    TAGS.map("</{}>".format),
    TAGS.map("<{}/>".format),
    st.sampled_from(["text", " ", "&amp;", "&lt;p&gt;", "<", ">", "<!--", "-->", "\n", "\xa0"]),
    st.text(max_size=3),
)
ALLOWED = re.compile(r"</?(?:p|b|ul|ol|li)>|<(?:br|hr)/>")


@given(st.lists(PIECES, max_size=30).map("".join))
@example("<b/>\xa0<b>text")
def test_whatever_comes_leaves_clean_and_nested(html):
    cleaned = clean_html(html)
    assert "<" not in ALLOWED.sub("", cleaned)
    stack = []
    for tag in re.findall(r"</?\w+/?>", cleaned):
        if tag.endswith("/>"):
            continue
        if tag.startswith("</"):
            assert stack.pop() == tag[2:-1]
        else:
            stack.append(tag[1:-1])
    assert not stack
    assert clean_html(cleaned) == cleaned
    assert "\n\n" not in html_to_text(html)


@given(st.text(max_size=40))
def test_plain_text_survives(text):
    expected = "\n".join(filter(None, (line.strip() for line in text.splitlines())))
    if not re.search(r"[ \t\xa0\0\v\f\r\x1c-\x1f\x85\u2028\u2029]", text):
        assert html_to_text(text_to_html(text)) == expected
    assert unescape(text_to_html(text)) is not None
