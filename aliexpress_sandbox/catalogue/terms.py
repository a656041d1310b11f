"""The fixed terms of listings: languages, units, countries, limits."""

LANGUAGES = {
    "en": "en_US", "ru": "ru_RU", "es": "es_ES", "fr": "fr_FR", "it": "it_IT",
    "tr": "tr_TR", "pt": "pt_BR", "de": "de_DE", "nl": "nl_NL", "in": "in_ID",
    "ar": "ar_MA", "ja": "ja_JP", "ko": "ko_KR", "th": "th_TH", "vi": "vi_VN",
    "iw": "iw_IL", "pl": "pl_PL",
}  # fmt: skip
LOCALES = {locale: language for language, locale in LANGUAGES.items()}
UNITS = {
    100000015: "piece", 100000000: "bag", 100000013: "pair", 100000014: "pack",
    100000017: "set", 100000007: "kilogram", 100000006: "gram", 100000010: "meter",
    100078581: "centimeter", 100078559: "liter", 100078596: "milliliter",
    100000004: "dozen", 100078580: "carton", 100000012: "ounce", 100000016: "pound",
    100078584: "feet", 100078587: "inch", 100078558: "yard",
    100000019: "square meter", 100000003: "cubic meter",
}  # fmt: skip
COUNTRIES = ("RU US CA ES FR UK NL IL BR CL AU UA BY JP TH SG KR ID MY PH VN IT DE SA AE PL TR").split()
DEDUCTIONS = ("place_order_withhold", "payment_success_deduct")
OTHER_VALUE = 4
MAX_TITLE = 128
MAX_SKU_CODE = 50
MAX_SKUS = 200
MAX_SKU_ATTRIBUTES = 3
MAX_VALUE_NAME = 70
FORBIDDEN_IN_VALUE_NAME = "#:=,"
DEFAULT_FREIGHT_TEMPLATE = 1000


def locale_of(code):
    """`es` and `es_ES` both as `es_ES`; None for what AliExpress does not speak."""
    if code in LOCALES:
        return code
    return LANGUAGES.get(code)
