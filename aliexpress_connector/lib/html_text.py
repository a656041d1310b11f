"""Descriptions: only basic HTML may leave, and telephones get plain text."""

import re
from html import escape
from html.parser import HTMLParser

# What stays. Everything else goes, and its text stays.
_BLOCKS = frozenset({"p", "ul", "ol", "li"})
_LISTS = frozenset({"ul", "ol"})
_VOID = frozenset({"br", "hr"})
_SAME = {"strong": "b"}
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
# Their text is not part of the page.
_DROPPED = frozenset(
    {
        *("applet", "audio", "button", "canvas", "datalist", "frameset", "head", "iframe", "map", "math", "noframes"),
        *("noscript", "object", "script", "select", "style", "svg", "template", "textarea", "title", "video"),
    }
)
# Their text stands for itself: a paragraph begins before and after it.
_PARAGRAPHS = frozenset(
    {
        *("address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "div", "dl", "dt"),
        *("fieldset", "figcaption", "figure", "footer", "form", "header", "html", "legend", "main", "nav", "pre"),
        *("section", "table", "tbody", "tfoot", "thead", "tr"),
    }
)
_CELLS = frozenset({"td", "th"})
_SPACE = re.compile(r"[ \t\r\n\f\v\0]+")
# What says nothing: doubled space, space and line ends at the edges of a block, and blocks without text.
_NOTHING = [
    (re.compile(" {2,}"), " "),
    (re.compile(r"(<(?:p|li)>)(?:\s|<br/>)+"), r"\1"),
    (re.compile(r"(?:\s|<br/>)+(?=</(?:p|li)>|<(?:ul|ol)>)"), ""),
    (re.compile(r"<(p|b|li|ul|ol)>(?:\s|<br/>)*</\1>"), ""),
]


def clean_html(html):
    """Return `html` with nothing but b, br, p, ul, ol, li and hr, without attributes and well nested.

    All text stands in a paragraph or a list item. Cleaning what is clean changes nothing.
    """
    cleaner = _Cleaner()
    cleaner.feed(html or "")
    cleaner.close()
    cleaner.close_all()
    return _tidy("".join(cleaner.parts))


def html_to_text(html):
    """Return the text of `html`, a line for each paragraph and list item ("" where there is none)."""
    reader = _TextReader()
    reader.feed(clean_html(html))
    reader.close()
    lines = ("".join(reader.parts)).replace("\xa0", " ").split("\n")
    return "\n".join(line for line in (line.strip() for line in lines) if line)


def text_to_html(text):
    """Return plain `text` as HTML, a paragraph for each line."""
    lines = (line.strip() for line in text.splitlines())
    return "".join(f"<p>{escape(line, quote=False)}</p>" for line in lines if line)


def _tidy(html):
    while True:
        before = html
        for pattern, replacement in _NOTHING:
            html = pattern.sub(replacement, html)
        if html == before:
            return html


class _Cleaner(HTMLParser):
    """Collects the clean HTML in `parts`; `_open` are the tags that are open in it, outermost first."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.parts = []
        self._open = []
        self._dropped = []

    def handle_starttag(self, tag, attrs):
        if self._dropped:
            if tag in _DROPPED:
                self._dropped.append(tag)
        elif tag in _DROPPED:
            self._dropped.append(tag)
        elif tag == "br":
            self._begin_text()
            self.parts.append("<br/>")
        elif tag == "hr":
            self._end_paragraph()
            if not self._open:
                self.parts.append("<hr/>")
        elif tag in _CELLS:
            self._write(" ")
        elif tag in _LISTS or tag == "li":
            self._begin_list(tag)
        elif tag == "p" or tag in _PARAGRAPHS or tag in _HEADINGS:
            self._end_paragraph()
            if tag in _HEADINGS:
                self._begin_bold()
        elif _SAME.get(tag, tag) == "b":
            self._begin_bold()

    def handle_endtag(self, tag):
        if self._dropped:
            if tag in self._dropped:
                while self._dropped.pop() != tag:
                    pass
        elif tag == "p" or tag in _PARAGRAPHS or tag in _HEADINGS:
            self._end_paragraph()
        elif tag in _LISTS or tag == "li" or _SAME.get(tag, tag) == "b":
            self._close(_SAME.get(tag, tag))

    def handle_data(self, data):
        if not self._dropped:
            self._write(_SPACE.sub(" ", data))

    def close_all(self):
        while self._open:
            self.parts.append(f"</{self._open.pop()}>")

    def _write(self, text):
        # Space between blocks is nothing.
        if text.strip() or (self._open and self._open[-1] not in _LISTS):
            self._begin_text()
            self.parts.append(escape(text, quote=False))

    def _begin_text(self):
        """Make sure that text may follow: a paragraph at the top, an item in a list."""
        if not self._open:
            self._start("p")
        elif self._open[-1] in _LISTS:
            self._start("li")

    def _begin_bold(self):
        self._begin_text()
        if "b" not in self._open:
            self._start("b")

    def _begin_list(self, tag):
        if tag == "li":
            if not self._close_to(_LISTS):
                # An item without a list is a paragraph.
                self._end_paragraph()
                return
        elif self._open and self._open[-1] in _LISTS:
            self._start("li")
        elif "li" in self._open:
            self._close_inside("b")
        else:
            self._close("p")
        self._start(tag)

    def _end_paragraph(self):
        """End the paragraph; inside a list item a line ends instead."""
        if "li" not in self._open:
            self._close("p")
        else:
            self._close_inside("b")
            if self.parts[-1] != "<br/>" and not self.parts[-1].endswith(("ul>", "ol>", "li>")):
                self.parts.append("<br/>")

    def _close_inside(self, tag):
        if self._open and self._open[-1] == tag:
            self._close(tag)

    def _close_to(self, tags):
        """Close what is open inside the innermost of `tags`; return whether there is one."""
        if not any(tag in tags for tag in self._open):
            return False
        while self._open[-1] not in tags:
            self.parts.append(f"</{self._open.pop()}>")
        return True

    def _close(self, tag):
        if self._close_to({tag}):
            self.parts.append(f"</{self._open.pop()}>")

    def _start(self, tag):
        self.parts.append(f"<{tag}>")
        self._open.append(tag)


class _TextReader(HTMLParser):
    """Collects the text of clean HTML in `parts`."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.parts = []

    def handle_starttag(self, tag, attrs):
        if tag in _BLOCKS or tag in _VOID:
            self.parts.append("\n- " if tag == "li" else "\n")

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag):
        if tag in _BLOCKS:
            self.parts.append("\n")

    def handle_data(self, data):
        self.parts.append(data)
