"""Stock and prices of listings, one product at a time."""

from decimal import Decimal

from ..answers import GatewayError, refused_product
from ..reading import field
from . import rules
from .forms_solution import country_prices

NO_SKU = "F00-00-10007-024"
UNKNOWN_SKU = "F00-00-10014-015"
MAX_PRODUCTS = 20
MAX_SKUS = 200


def set_stock(sandbox, product, items):
    """Absolute quantities by SKU code. Codes of the product are set, others are passed
    over; none of them known is an error."""
    rules.check_editable(product, "stock", sandbox.world.settings)
    _check_size(items)
    found = []
    for item in items:
        code = field(item, "sku_code", required=True)
        quantity = field(item, "inventory", int, required=True)
        check_stock(quantity)
        sku = next((x for x in product.skus if x.sku_code == code), None)
        if sku:
            found.append((sku, quantity))
    if not found:
        raise refused_product(
            NO_SKU, f"None of the sku belongs to the specific product. product_id:{product.product_id}"
        )
    for sku, quantity in found:
        sku.stock = quantity
    product.modified = sandbox.clock.now()


def set_prices(sandbox, product, items, countries=None):
    """Prices by SKU code; a sale price that is not given is erased."""
    rules.check_editable(product, "price", sandbox.world.settings)
    _check_size(items)
    found = []
    for item in items:
        code = field(item, "sku_code", required=True)
        sku = next((x for x in product.skus if x.sku_code == code), None)
        if not sku:
            raise refused_product(
                UNKNOWN_SKU,
                "sku_code in multiple_sku_update_list must already existed in this Aliexpress product: " + code,
            )
        price = field(item, "price", Decimal, required=True)
        sale_price = field(item, "discount_price", Decimal)
        rules.check_prices("sku_info_list", price, sale_price)
        found.append((sku, price, sale_price))
    before = [(sku, sku.price, sku.sale_price) for sku in product.skus]
    old_countries = product.country_prices
    _write_prices(found)
    try:
        if countries is not None:
            product.country_prices = country_prices(countries)
            rules.check_country_prices(product)
    except GatewayError:
        _write_prices(before)
        product.country_prices = old_countries
        raise
    product.modified = sandbox.clock.now()


def check_stock(quantity):
    if not 0 <= quantity <= rules.MAX_STOCK:
        raise refused_product(rules.SCHEMA, f"#/inventory: {quantity} is not between 0 and {rules.MAX_STOCK}")


def _write_prices(rows):
    for sku, price, sale_price in rows:
        sku.price, sku.sale_price = price, sale_price


def _check_size(items):
    if not 1 <= len(items) <= MAX_SKUS:
        raise refused_product(rules.SCHEMA, f"#/multiple_sku_update_list: expected 1 to {MAX_SKUS} items")
