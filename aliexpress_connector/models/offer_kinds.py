"""What quantities and prices have in common on their way to AliExpress, and where they differ."""

from typing import NamedTuple


class DueOffer(NamedTuple):
    """What is to be sent for a SKU.

    `countries` is `{country code: [price, sale price or None]}`. `ended_sales`: whose sale prices Odoo sets no more; ""
    is all buyers. Not `is_due` is a SKU that is only repeated because AliExpress replaces what it has for the whole
    product.
    """

    id: int
    listing_id: int
    sku_code: str
    quantity: int | None
    price: float | None
    sale_price: float | None
    countries: dict | None
    countries_sent: dict | None
    price_sent: float | None
    sale_price_sent: float | None
    ended_sales: list | None
    is_due: bool


class QuantityKind:
    """What is done with quantities after a call."""

    waits_field = "is_quantity_waiting"

    def __init__(self, env):
        self.skus = env["aliexpress.listing.sku"]

    def acknowledge(self, offers):
        self.skus._acknowledge_quantities([(offer.id, offer.quantity) for offer in offers])

    def refuse(self, offers, message):
        self.skus._refuse_quantities([offer.id for offer in offers], message)

    def is_taken_over(self, offer, detail):
        return find_sku(detail, offer.sku_code).quantity == offer.quantity


class PriceKind:
    """What is done with prices after a call."""

    waits_field = "is_price_waiting"

    def __init__(self, env):
        self.skus = env["aliexpress.listing.sku"]

    def acknowledge(self, offers):
        self.skus._acknowledge_prices(
            [(offer.id, offer.price, offer.sale_price or 0, offer.countries, offer.is_due) for offer in offers]
        )

    def refuse(self, offers, message):
        self.skus._refuse_prices([offer.id for offer in offers if offer.is_due], message)

    def is_taken_over(self, offer, detail):
        sku = find_sku(detail, offer.sku_code)
        if (as_float(sku.price), as_float(sku.sale_price)) != (offer.price, offer.sale_price or None):
            return False
        countries = {code: tuple(pair) for code, pair in (offer.countries or {}).items()}
        # Where Odoo sets no prices by country, those of the seller centre are none of its business.
        is_ours = bool(offer.countries or offer.countries_sent)
        return not is_ours or read_countries(detail, offer.sku_code) == countries


def find_sku(detail, sku_code):
    """The `ProductSku` with this code in a `ProductDetail` that has it."""
    return next(sku for sku in detail.skus if sku.sku_code == sku_code)


def read_countries(detail, sku_code):
    """`{country code: (price, sale price or None)}` of a SKU in a `ProductDetail`."""
    return {
        country.country_code: (as_float(price.price), as_float(price.sale_price))
        for country in detail.country_prices
        for price in country.prices
        if price.sku_code == sku_code
    }


def as_float(amount):
    """A price of AliExpress as Odoo stores it; None for none."""
    return float(amount) if amount else None
