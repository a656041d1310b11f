"""Limits and tables of AliExpress for products, for whoever checks or fills in a product before it is sent."""

from decimal import Decimal

# Languages of titles and descriptions, ISO 639-1; each may be the main one.
LANGUAGES = ("en", "ru", "es", "fr", "it", "tr", "pt", "de", "nl", "id", "ar", "ja", "ko", "th", "vi", "he")

DEDUCT_ORDER = "place_order_withhold"
DEDUCT_PAYMENT = "payment_success_deduct"

# The value "Other" of every attribute with a list: a free text says what.
OTHER_VALUE = "4"
DEFAULT_SERVICE_TEMPLATE = "0"
# Not allowed to overseas sellers.
FORBIDDEN_FREIGHT_TEMPLATE = "1000"
UNIT_PIECE = "100000015"
# Names are English, for people; `unit_code` is the key.
UNITS = {
    UNIT_PIECE: "piece",
    "100000000": "bag",
    "100000001": "barrel",
    "100000002": "bushel",
    "100078580": "carton",
    "100078581": "centimetre",
    "100000003": "cubic metre",
    "100000004": "dozen",
    "100078584": "foot",
    "100000005": "gallon",
    "100000006": "gram",
    "100078587": "inch",
    "100000007": "kilogram",
    "100078589": "kilolitre",
    "100000008": "kilometre",
    "100078559": "litre",
    "100000009": "long ton",
    "100000010": "metre",
    "100000011": "metric ton",
    "100078560": "milligram",
    "100078596": "millilitre",
    "100078597": "millimetre",
    "100000012": "ounce",
    "100000014": "pack",
    "100000013": "pair",
    "100000016": "pound",
    "100078603": "quart",
    "100000017": "set",
    "100000018": "short ton",
    "100078606": "square foot",
    "100078607": "square inch",
    "100000019": "square metre",
    "100078609": "square yard",
    "100000020": "ton",
    "100078558": "yard",
}

# The documents say 218, AliExpress' own validation 128.
TITLE_LENGTH = 128
SKU_CODE_LENGTH = 50
CUSTOM_VALUE_LENGTH = 70
ATTRIBUTE_NAME_LENGTH = 40  # of the seller's own attributes
ATTRIBUTE_TEXT_LENGTH = 70  # with its unit
CUSTOM_VALUE_FORBIDDEN = "#:=,"
IMAGE_COUNT = 6
SKU_COUNT = 200
PRICE_MIN, PRICE_MAX = Decimal("0.01"), Decimal(999999)
# One at least when a product is created; zero is allowed in a change of stock.
QUANTITY_MAX = 999999
WEIGHT_MIN, WEIGHT_MAX = Decimal("0.001"), Decimal(500)
PACKAGE_SIDE_MIN, PACKAGE_SIDE_MAX = 1, 700
PACKAGE_GIRTH_MAX = 2700  # longest side + 2 × (the two others)
UPLOAD_SIZE_MAX = 3 * 1024 * 1024
UPLOAD_SIDE_MAX = 5000

# Prices by country: ISO codes that may have their own, and how far they may go.
# fmt: off
PRICE_COUNTRIES = (
    "RU", "US", "CA", "ES", "FR", "GB", "NL", "IL", "BR", "CL", "AU", "UA", "BY", "JP", "TH", "SG", "KR",
    "ID", "MY", "PH", "VN", "IT", "DE", "SA", "AE", "PL", "TR",
)
# fmt: on
COUNTRY_PRICE_RATIO_MIN = Decimal("0.70")
SALE_PRICE_RATIO_MIN = Decimal("0.10")

# How much one call takes.
PRODUCTS_PER_OFFER_CALL = 20
PRODUCTS_PER_DELETE_CALL = 100
PRODUCTS_PER_SHELF_CALL = 10
ITEMS_PER_FEED = 2000
PRODUCTS_PER_PAGE = 99
# Fields of `ProductContent` that a feed cannot carry: such a product is published with a call of its own.
NOT_IN_FEEDS = ("brand", "size_chart_ref", "marketing_images", "country_prices")
