"""What the gateway tells and is told, as typed values in the product's words.

Ids are `str`, money is `Money`, times are naive UTC `datetime`s or None, texts are `str` ("" when AliExpress left them
out), collections are tuples. What is secret or personal is not part of any `repr`. AliExpress' own key names stay in
`parsing` and in the family classes.
"""

from dataclasses import dataclass, field
from datetime import datetime

from .money import Money


@dataclass(frozen=True, slots=True)
class Tokens:
    """Answer of the token calls. Expiries are naive UTC; `authorization_expiry` is when only a person can reconnect."""

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    access_token_expiry: datetime
    authorization_expiry: datetime | None
    seller_ref: str
    seller_name: str


@dataclass(frozen=True, slots=True)
class OrderRow:
    """One order as the list shows it: enough to know whether anything changed since it was last stored."""

    order_ref: str
    status: str
    created_at: datetime | None
    updated_at: datetime | None


@dataclass(frozen=True, slots=True)
class OrderPage:
    """A page of the order list. `page_count` is 0 for an empty result; `total` is None where AliExpress counts nothing.

    `unreadable` are the texts of rows that carry no usable order number; everything else in `rows` is complete.
    """

    rows: tuple[OrderRow, ...]
    page_count: int
    total: int | None
    unreadable: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Address:
    """A delivery address. `country_code` is ISO-2 (`UK` is translated to `GB`); values may be masked with `*`."""

    name: str = field(default="", repr=False)
    country_code: str = ""
    province: str = field(default="", repr=False)
    city: str = field(default="", repr=False)
    street: str = field(default="", repr=False)
    street2: str = field(default="", repr=False)
    zip: str = field(default="", repr=False)
    phone_country: str = field(default="", repr=False)
    phone_area: str = field(default="", repr=False)
    phone_number: str = field(default="", repr=False)
    mobile: str = field(default="", repr=False)
    tax_id: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Discount:
    """A discount on a child order. `owner` is SELLER, PLATFORM or what AliExpress wrote; `amount` is positive."""

    owner: str
    kind: str
    ref: str
    amount: Money


@dataclass(frozen=True, slots=True)
class OrderLine:
    """A child order. `sort_index` counts from 1. Its money is in the order's currency, tax included."""

    child_ref: str
    sort_index: int
    product_ref: str
    sku_code: str
    name: str
    attributes: str  # readable variant text, such as "Color: Navy, Size: M"
    quantity: int
    lot_size: int
    unit_price: Money
    discounts: tuple[Discount, ...]
    adjustment: Money | None  # the seller's price change on this child: negative lowers the price
    status: str
    service_code: str  # delivery service the buyer chose
    service_name: str
    preparation_days: int
    is_platform_fulfilled: bool  # AliExpress' own warehouse ships it, never we
    note: str = field(repr=False)
    commission_rate: str  # decimal text such as "0.08", "" when not told
    affiliate_rate: str
    is_gift: bool = False  # the buyer gets it for free


@dataclass(frozen=True, slots=True)
class DeclaredParcel:
    """A parcel AliExpress knows for an order."""

    service_code: str
    tracking_ref: str
    sent_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """An order as its detail shows it. All money of `lines`, `freight` and `order_amount` is in `currency`."""

    order_ref: str
    status: str
    end_reason: str
    cancel_reason: str
    frozen: bool
    disputed: bool
    created_at: datetime | None
    paid_at: datetime | None
    updated_at: datetime | None
    ended_at: datetime | None
    status_deadline: datetime | None  # deadline of the current status, whatever that status is
    buyer_ref: str = field(repr=False)  # login of the buyer
    buyer_name: str = field(repr=False)
    note: str = field(repr=False)
    currency: str
    order_amount: Money | None  # the total as AliExpress writes it
    freight: Money | None
    settlement_amount: Money | None  # in the settlement currency
    tax_already_collected: bool
    address: Address
    address_key: str = field(repr=False)  # `oaid`: what `reveal_address` needs; "" where the family has none
    lines: tuple[OrderLine, ...]
    parcels: tuple[DeclaredParcel, ...]


@dataclass(frozen=True, slots=True)
class Carrier:
    """A carrier key the shop may use. `tracking_regex` is "" where AliExpress gives no pattern."""

    code: str
    name: str
    company: str
    tracking_regex: str


@dataclass(frozen=True, slots=True)
class ParcelLine:
    """Part of a child order in a parcel: `is_complete` says that nothing of this child order stays behind."""

    sort_index: int
    is_complete: bool


@dataclass(frozen=True, slots=True)
class Parcel:
    """A parcel to declare. `is_last` says that with it the whole order has left."""

    order_ref: str
    service_code: str
    tracking_ref: str
    is_last: bool
    tracking_website: str = ""
    actual_carrier: str = ""
    lines: tuple[ParcelLine, ...] = ()
