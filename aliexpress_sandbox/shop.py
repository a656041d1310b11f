"""Sellers, their applications, and everything that belongs to a seller."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from .order import Order
from .product import Product

SOLUTION_FAMILY = ["aliexpress.*"]


@dataclass
class App:
    """A registered application. `grants` are method name patterns (`*` allowed)."""

    key: str
    secret: str
    name: str = "Sandbox app"
    status: str = "Online"
    callback_urls: list[str] = field(default_factory=list)
    grants: list[str] = field(default_factory=lambda: list(SOLUTION_FAMILY))
    denied: list[str] = field(default_factory=list)
    shops: list[str] = field(default_factory=list)
    ip_whitelist: list[str] = field(default_factory=list)
    calls_per_second: int = 0
    calls_per_day: int = 0
    push_url: str = ""


@dataclass
class Token:
    """One authorisation of an application by a seller."""

    app_key: str
    seller_id: str
    access_token: str
    refresh_token: str
    access_until: datetime
    refresh_until: datetime
    old_access: list[str] = field(default_factory=list)
    old_refresh: list[str] = field(default_factory=list)


@dataclass
class AuthCode:
    code: str
    app_key: str
    seller_id: str
    until: datetime
    uuid: str = ""


@dataclass
class Carrier:
    """A logistics service of a seller; `service_name` is its key everywhere."""

    service_name: str
    display_name: str
    logistics_company: str = ""
    tracking_no_regex: str = "^[A-Za-z0-9]{5,50}$"
    recommend_order: int = 10
    min_process_day: int = 1
    max_process_day: int = 5

    @property
    def needs_website(self):
        return self.service_name.upper().startswith("OTHER")

    def accepts(self, number):
        return bool(re.fullmatch(self.tracking_no_regex, number))


@dataclass
class Template:
    template_id: int
    name: str
    is_default: bool = False
    settings: list[dict] = field(default_factory=list)


@dataclass
class Group:
    group_id: int
    name: str
    children: list[Group] = field(default_factory=list)


@dataclass
class Brand:
    brand_id: int
    name: str
    valid_until: str = "2099-12-31"


@dataclass
class SizeChart:
    chart_id: int
    name: str
    category_ids: list[int] = field(default_factory=list)
    is_default: bool = False


@dataclass
class ResponsiblePerson:
    person_id: int
    name: str
    category_ids: list[int] = field(default_factory=list)


@dataclass
class FeedItem:
    content_id: str
    content: str
    result: dict | None = None


@dataclass
class Feed:
    job_id: int
    operation: str
    submitted: datetime
    ready: datetime
    status: str = "QUEUEING"
    items: list[FeedItem] = field(default_factory=list)


@dataclass
class Picture:
    """An uploaded image; `content` is base64."""

    name: str
    content: str
    mimetype: str
    width: int
    height: int


@dataclass
class Shop:
    seller_id: str
    login: str
    name: str = "Sandbox shop"
    account: str = "seller@example.com"
    country: str = "ES"
    currency: str = "EUR"
    language: str = "es_ES"
    signer: str = "Shop Name SL"
    masks_buyers: bool = False
    single_child_is_parent: bool = False
    ship_days_extra: int = 2
    product_limit: int = 100000
    posting_forbidden: bool = False
    audits: bool = True
    permitted_categories: list[int] = field(default_factory=list)
    carriers: list[Carrier] = field(default_factory=list)
    freight_templates: list[Template] = field(default_factory=list)
    promise_templates: list[Template] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    brands: list[Brand] = field(default_factory=list)
    size_charts: list[SizeChart] = field(default_factory=list)
    responsible_persons: list[ResponsiblePerson] = field(default_factory=list)
    pictures: dict[str, Picture] = field(default_factory=dict)
    feeds: dict[int, Feed] = field(default_factory=dict)
    products: dict[int, Product] = field(default_factory=dict)
    orders: dict[int, Order] = field(default_factory=dict)
    next_order_id: int = 8180000000010011
    next_product_id: int = 1005006000000001
    next_number: int = 600000000001
    tax_rate: Decimal = Decimal(0)

    def carrier(self, service_name):
        """The carrier with that key, or None."""
        return next((c for c in self.carriers if c.service_name == service_name), None)

    def new_order_id(self):
        self.next_order_id += 10000
        return self.next_order_id

    def new_product_id(self):
        self.next_product_id += 1
        return self.next_product_id

    def new_number(self):
        """A fresh id for parcels, disputes and the like."""
        self.next_number += 1
        return self.next_number

    def find_sku(self, code, product_id=None):
        """(product, SKU) of a code, in one product or anywhere; ValueError if none."""
        for product in self.products.values():
            if product_id in (None, product.product_id):
                sku = product.sku(code) if code else product.skus[0]
                if sku:
                    return product, sku
        raise ValueError(f"shop {self.seller_id} has no SKU {code!r} ({product_id})")
