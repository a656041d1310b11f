"""Languages: ours are ISO 639-1 codes, AliExpress writes the old `in` and `iw`, and in some places a whole locale."""

_OF_ALIEXPRESS = {"in": "id", "iw": "he"}
_TO_ALIEXPRESS = {ours: theirs for theirs, ours in _OF_ALIEXPRESS.items()}
_COUNTRIES = {
    "en": "US",
    "pt": "BR",
    "id": "ID",
    "ar": "MA",
    "ja": "JP",
    "ko": "KR",
    "vi": "VN",
    "he": "IL",
}


def read_language(text):
    """The ISO code of AliExpress' `text`: a language such as `iw` or a locale such as `es_ES`."""
    code = text.replace("-", "_").partition("_")[0].lower()
    return _OF_ALIEXPRESS.get(code, code)


def write_language(code):
    """AliExpress' language of an ISO `code`."""
    return _TO_ALIEXPRESS.get(code, code)


def write_locale(code):
    """AliExpress' locale, such as `es_ES`, of an ISO `code`."""
    return f"{write_language(code)}_{_COUNTRIES.get(code, code.upper())}"
