from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Offer:
    """What a SKU is offered at.

    `quantity` counts the listing's lots. Prices are what the buyer pays for one lot, taxes included, in the currency of
    the shop and rounded to it; `price` None says that there is none that may be sent. `keeps_sale_price`: Odoo has no
    source for sale prices, and AliExpress' own stays.
    """

    quantity: int
    price: Decimal | None
    sale_price: Decimal | None
    keeps_sale_price: bool
