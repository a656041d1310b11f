"""Answers and contents that the tests of the catalogue share."""

from decimal import Decimal

from lib_gateway import Gateway, sample

from aliexpress_connector.lib.catalogue_rules import DEDUCT_ORDER, UNIT_PIECE
from aliexpress_connector.lib.catalogue_values import (
    AttributeChoice,
    CountryPrice,
    Description,
    MarketingImages,
    ProductContent,
    SkuAttribute,
    SkuContent,
    SkuPrice,
)
from aliexpress_connector.lib.families import SolutionFamily

PRODUCT, OTHER_PRODUCT = "1005001234567890", "1005001234567891"
ANSWERS = sample("catalogue")


def simple(answer):
    """The stored answer as `simplify=true` gives it: no envelope, plain lists."""
    [(_name, inside)] = answer.items()
    return _unwrapped(inside) | {"code": "0"}


def _unwrapped(value, name=""):
    if isinstance(value, list):
        return [_unwrapped(item) for item in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1 and isinstance(next(iter(value.values())), list):
        return _unwrapped(next(iter(value.values())))
    if not value and name.endswith(("_list", "values")):
        return []
    return {key: _unwrapped(inner, key) for key, inner in value.items()}


def shop(*answers):
    """A family whose gateway gives the stored answers of these names, or these answers, and that gateway."""
    gateway = Gateway(*(ANSWERS[answer] if isinstance(answer, str) else answer for answer in answers))
    return SolutionFamily(gateway.transport()), gateway


def content(**changes):
    """A product with everything a single call can tell."""
    values = {
        "language": "es",
        "titles": {"es": "Camiseta de algodón", "he": "חולצה"},
        "descriptions": {"es": Description("<div>Texto <script>alert(1)</script><strong>bueno</strong></div>")},
        "category_ref": "200000346",
        "attributes": (
            AttributeChoice("10", "Material", ("47", "49"), is_multiple=True),
            AttributeChoice("284", "Length", text="70", unit="cm"),
            AttributeChoice("3", "Model", ("4",), text="X-1"),
            AttributeChoice(name="EAN13", text="8400000000000"),
        ),
        "skus": (
            SkuContent(
                "TSHIRT-BLU-M",
                Decimal("19.9"),
                12,
                Decimal("15.95"),
                "8400000000000",
                (
                    SkuAttribute("14", "173", "Navy", "https://shop.example.com/blue.jpg", "Color"),
                    SkuAttribute("5", "361386", name="Size"),
                ),
            ),
        ),
        "image_urls": ("https://shop.example.com/1.jpg",),
        "marketing_images": MarketingImages("https://ae01.alicdn.com/kf/P.jpg"),
        "unit_code": UNIT_PIECE,
        "weight": Decimal("0.250"),
        "package_size": (30, 20, 4),
        "lead_time_days": 3,
        "deduction": DEDUCT_ORDER,
        "freight_template_ref": "714844311",
        "service_template_ref": "0",
        "group_ref": "262007001",
        "brand": "Acme",
        "size_chart_ref": "100",
        "country_prices": (CountryPrice("GB", (SkuPrice("TSHIRT-BLU-M", Decimal(21)),)),),
    }
    return ProductContent(**values | changes)


def feed_content(**changes):
    """The same without what a feed cannot carry."""
    without = {"brand": None, "size_chart_ref": None, "marketing_images": None, "country_prices": None}
    return content(**without | changes)
