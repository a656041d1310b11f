"""What an order is worth to the seller."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Totals:
    """Amounts in the order's currency, taxes included. Discounts are positive; `adjustment` is negative where it
    lowers prices.
    """

    products: Decimal
    freight: Decimal
    adjustment: Decimal
    seller_discount: Decimal
    platform_discount: Decimal

    @property
    def total(self):
        """What AliExpress pays before its commission: platform discounts are AliExpress' own cost, not the seller's."""
        return self.products + self.freight + self.adjustment - self.seller_discount


def get_totals(order):
    """The `Totals` of a `values.Order`, from its child orders: no total AliExpress writes is reliable by itself."""
    zero = Decimal(0)
    return Totals(
        products=sum((line.unit_price.amount * line.quantity for line in order.lines), zero),
        freight=order.freight.amount if order.freight else zero,
        adjustment=sum((line.adjustment.amount for line in order.lines if line.adjustment), zero),
        seller_discount=sum((get_discount(line, "SELLER") for line in order.lines), zero),
        platform_discount=sum((get_discount(line, "PLATFORM") for line in order.lines), zero),
    )


def get_discount(line, owner):
    """Sum (Decimal) of the discounts of a `values.OrderLine` that `owner` pays for: SELLER or PLATFORM."""
    return sum((discount.amount.amount for discount in line.discounts if discount.owner.upper() == owner), Decimal(0))
