"""Orders as the marketplace keeps them. Times are UTC, money is Decimal."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

ZERO = Decimal(0)

UNPAID = {
    "PLACE_ORDER_SUCCESS",
    "PAYMENT_PROCESSING",
    "WAIT_GROUP",
    "WAIT_GROUP_SUCCESS",
    "IN_BOOK_SALE",
    "WAIT_SELLER_EXAMINE_MONEY",
}
RISK = {"RISK_CONTROL", "RISK_CONTROL_HOLD"}
TO_SHIP = {"WAIT_SELLER_SEND_GOODS", "WAITING_SHIPMENT", "SELLER_PART_SEND_GOODS"}
SHIPPABLE = TO_SHIP | {"IN_ISSUE", "IN_CANCEL", "IN_FROZEN"}
CLOSED = {"FINISH", "ARCHIVE"}
STATUSES = [
    "PLACE_ORDER_SUCCESS", "PAYMENT_PROCESSING", "RISK_CONTROL", "RISK_CONTROL_HOLD",
    "WAIT_SELLER_EXAMINE_MONEY", "WAIT_GROUP", "WAIT_GROUP_SUCCESS",
    "WAIT_COMPLETE_ADDRESS", "IN_BOOK_SALE", "WAIT_SELLER_SEND_GOODS",
    "SELLER_PART_SEND_GOODS", "WAIT_BUYER_ACCEPT_GOODS", "IN_CANCEL", "IN_ISSUE",
    "IN_FROZEN", "FUND_PROCESSING", "FINISH", "ARCHIVE",
]  # fmt: skip


@dataclass
class Buyer:
    login: str = "es2100000000xyzae"
    first_name: str = "Ana"
    last_name: str = "Perez"
    country: str = "ES"

    @property
    def name(self):
        return f"{self.first_name} {self.last_name}".strip()


@dataclass
class Address:
    contact_person: str = "Ana Perez"
    country: str = "ES"
    country_name: str = "Spain"
    province: str = "Madrid"
    city: str = "Madrid"
    detail_address: str = "Calle Ejemplo 1"
    address: str = ""
    address2: str = ""
    zip: str = "28001"
    phone_country: str = "+34"
    phone_area: str = ""
    phone_number: str = ""
    mobile_no: str = "600000000"
    localized_address: str = ""
    cpf_no: str = ""
    tax_number: str = ""
    passport_no: str = ""


@dataclass
class Discount:
    """A reduction of one line; `owner` SELLER or PLATFORM says who pays it."""

    owner: str
    amount: Decimal
    type: str = "storeDiscount"
    promotion_id: str = "500000012345"


@dataclass
class Parcel:
    """One declared parcel: the ledger of shipments."""

    logistics_no: str
    service_name: str
    at: datetime
    lines: list[int] = field(default_factory=list)
    send_type: str = "all"
    tracking_website: str = ""
    actual_carrier: str = ""
    description: str = ""
    method: str = "seller centre"
    ship_order_id: int = 0
    received: datetime | None = None
    changes: int = 0
    ioss: str = ""


@dataclass
class OrderLine:
    child_id: int
    sort_index: int
    product_id: int
    sku_code: str
    name: str
    quantity: int
    price: Decimal
    sku_id: str = "<none>"
    category_id: int = 0
    image: str = ""
    unit: str = "piece"
    lot_num: int = 1
    attributes: list[dict] = field(default_factory=list)
    status: str = "PLACE_ORDER_SUCCESS"
    shipped: bool = False
    discounts: list[Discount] = field(default_factory=list)
    adjust: Decimal = ZERO
    send_goods_operator: str = "SELLER_SEND_GOODS"
    warehouse_type: str = ""
    logistics_type: str = ""
    logistics_service_name: str = ""
    prepare_days: int = 3
    memo: str = ""
    escrow_rate: str = "0.08"
    affiliate_rate: str = "0.03"
    tags: list[str] = field(default_factory=list)
    extend_map: dict = field(default_factory=dict)
    already_taxed: str = ""

    @property
    def total(self):
        return self.price * self.quantity

    @property
    def by_platform(self):
        """Fulfilled from AliExpress' own warehouse: the seller must not ship it."""
        return self.send_goods_operator == "WAREHOUSE_SEND_GOODS"


@dataclass
class Issue:
    issue_id: int
    child_id: int
    reason: str
    created: datetime
    modified: datetime
    status: str = "processing"
    detail_status: str = "wait_for_seller_response"
    refund: Decimal = ZERO


@dataclass
class Order:
    order_id: int
    status: str
    created: datetime
    modified: datetime
    currency: str
    buyer: Buyer = field(default_factory=Buyer)
    address: Address = field(default_factory=Address)
    lines: list[OrderLine] = field(default_factory=list)
    freight: Decimal = ZERO
    adjust: Decimal = ZERO
    tax: Decimal = ZERO
    order_amount: Decimal | None = None
    pay_amount: Decimal | None = None
    settlement_currency: str = ""
    settlement_rate: Decimal = Decimal(1)
    memo: str = ""
    paid: datetime | None = None
    sent: datetime | None = None
    ended: datetime | None = None
    deadline: datetime | None = None
    end_reason: str = ""
    cancel_reason: str = ""
    status_before: str = ""
    biz_type: str = "AE_COMMON"
    payment_type: str = "MIXEDCARD"
    frozen: bool = False
    refunded: Decimal = ZERO
    stock_taken_for: list[int] = field(default_factory=list)
    parcels: list[Parcel] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)
    history: list[str] = field(default_factory=list)
    extra: dict = field(default_factory=dict)

    def line(self, sort_index):
        """The line with that number, or None."""
        return next((x for x in self.lines if x.sort_index == sort_index), None)

    @property
    def products_total(self):
        return sum((line.total for line in self.lines), ZERO)

    def discount(self, owner=None):
        """Sum of the lines' discounts, of one owner or of both."""
        return sum(
            (discount.amount for line in self.lines for discount in line.discounts if owner in (None, discount.owner)),
            ZERO,
        )

    @property
    def seller_total(self):
        """What the seller is owed: products, freight, own discounts, price changes."""
        adjust = self.adjust + sum((line.adjust for line in self.lines), ZERO)
        return self.products_total + self.freight - self.discount("SELLER") + adjust

    @property
    def amount(self):
        """`order_amount`; a scenario may set it to something that does not add up."""
        return self.seller_total if self.order_amount is None else self.order_amount

    @property
    def paid_amount(self):
        """What the buyer pays: platform discounts off, tax on top."""
        if self.pay_amount is not None:
            return self.pay_amount
        return self.amount - self.discount("PLATFORM") + self.tax

    @property
    def list_status(self):
        """The lists cannot tell money being settled from finished."""
        return "FINISH" if self.status == "FUND_PROCESSING" else self.status

    @property
    def logistics_status(self):
        if not self.paid:
            return "NO_LOGISTICS"
        if self.ended and self.sent:
            return "BUYER_ACCEPT_GOODS"
        if self.sent:
            return "SELLER_SEND_GOODS"
        return "SELLER_SEND_PART_GOODS" if self.parcels else "WAIT_SELLER_SEND_GOODS"

    @property
    def fund_status(self):
        if self.status == "WAIT_SELLER_EXAMINE_MONEY":
            return "WAIT_SELLER_CHECK"
        return "PAY_SUCCESS" if self.paid else "NOT_PAY"

    @property
    def issue_status(self):
        if any(issue.status == "processing" for issue in self.issues):
            return "IN_ISSUE"
        return "END_ISSUE" if self.issues else "NO_ISSUE"
