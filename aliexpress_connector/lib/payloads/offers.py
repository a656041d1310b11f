"""Stock and prices: `mutiple_product_update_list`, and the country prices that products carry as well."""

from ..catalogue_rules import PRODUCTS_PER_OFFER_CALL, SKU_COUNT
from .values import country, filled, price_text


def stock_updates(changes):
    """The list that a call sends for `StockChange`s. Raises ValueError for more than one call takes."""
    _check_size(changes, [change.quantities for change in changes])
    return [
        {"product_id": int(change.product_ref), "multiple_sku_update_list": sku_quantities(change)}
        for change in changes
    ]


def price_updates(changes):
    """The list that a call sends for `PriceChange`s. Raises ValueError for more than one call takes."""
    _check_size(changes, [change.prices for change in changes])
    return [_price_update(change) for change in changes]


def sku_quantities(change):
    """The SKUs of a `StockChange`."""
    # As text, like in AliExpress' own samples.
    return [{"sku_code": sku.sku_code, "inventory": str(sku.quantity)} for sku in change.quantities]


def sku_prices(sku):
    """The prices of anything with `sku_code`, `price` and `sale_price`."""
    sale_price = None if sku.sale_price is None else price_text(sku.sale_price)
    return filled(sku_code=sku.sku_code, price=price_text(sku.price), discount_price=sale_price)


def country_price_configuration(country_prices):
    """`multi_country_price_configuration` of `CountryPrice`s; of none at all: the one that removes them."""
    if not country_prices:
        return {"price_type": "delete"}
    return {
        "price_type": "absolute",
        "country_price_list": [
            {
                "ship_to_country": country(one.country_code),
                "sku_price_by_country_list": [sku_prices(price) for price in one.prices],
            }
            for one in country_prices
        ],
    }


def _price_update(change):
    update = {
        "product_id": int(change.product_ref),
        "multiple_sku_update_list": [sku_prices(price) for price in change.prices],
    }
    if change.country_prices is not None:
        if not change.country_prices:
            raise ValueError("a price call cannot remove country prices: update the product")
        update["multi_country_price_configuration"] = country_price_configuration(change.country_prices)
    return update


def _check_size(changes, sku_lists):
    if len({change.product_ref for change in changes}) < len(changes):
        raise ValueError("the same product twice in one call")
    if not 0 < len(changes) <= PRODUCTS_PER_OFFER_CALL or not all(0 < len(skus) <= SKU_COUNT for skus in sku_lists):
        raise ValueError("a call takes 1 to 20 products of 1 to 200 SKUs")
