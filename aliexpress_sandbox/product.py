"""Listings as the marketplace keeps them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

STATUSES = ("onSelling", "offline", "auditing", "editingRequired")


@dataclass
class SkuProperty:
    """One SKU attribute: `sku_property_id` 14 is colour, 5 size; `name` is the
    seller's own text for the value."""

    property_id: int
    value_id: int
    name: str = ""
    image: str = ""


@dataclass
class Sku:
    sku_code: str
    price: Decimal
    stock: int
    sale_price: Decimal | None = None
    ean: str = ""
    barcode: str = ""
    properties: list[SkuProperty] = field(default_factory=list)
    number: int = 0
    extra: dict = field(default_factory=dict)

    @property
    def sku_id(self):
        """AliExpress' text id, e.g. `14:173#Navy;5:361386`, or `<none>`."""
        parts = [f"{prop.property_id}:{prop.value_id}" + (prop.name and f"#{prop.name}") for prop in self.properties]
        return ";".join(parts) or "<none>"

    @property
    def buyer_price(self):
        return self.price if self.sale_price is None else self.sale_price


@dataclass
class Property:
    name_id: int | None = None
    name: str = ""
    value_id: int | None = None
    value: str = ""


@dataclass
class Description:
    web: str = ""
    mobile: str = ""


@dataclass
class CountryPrice:
    country: str
    sku_code: str
    price: Decimal
    sale_price: Decimal | None = None


@dataclass
class Product:
    product_id: int
    category_id: int
    currency: str
    created: datetime
    modified: datetime
    status: str = "onSelling"
    locale: str = "en_US"
    subjects: dict[str, str] = field(default_factory=dict)
    descriptions: dict[str, Description] = field(default_factory=dict)
    images: list[str] = field(default_factory=list)
    marketing_images: list[dict] = field(default_factory=list)
    properties: list[Property] = field(default_factory=list)
    skus: list[Sku] = field(default_factory=list)
    country_prices: list[CountryPrice] = field(default_factory=list)
    unit: int = 100000015
    lot_num: int = 1
    sold_in_lots: bool = False
    weight: Decimal = Decimal("0.5")
    length: int = 20
    width: int = 15
    height: int = 10
    prepare_days: int = 3
    freight_template_id: int = 0
    promise_template_id: int = 0
    deduction: str = "place_order_withhold"
    group_ids: list[int] = field(default_factory=list)
    size_chart_id: int | None = None
    responsible_person_id: int | None = None
    qualifications: list[dict] = field(default_factory=list)
    platform_warehouse: bool = False
    offline_reason: str = ""
    offline_date: datetime | None = None
    audit_until: datetime | None = None
    audit_reason: str = ""
    status_after_audit: str = "onSelling"
    locked: bool = False
    promotion_fields: list[str] = field(default_factory=list)
    read_failures: int = 0
    extra: dict = field(default_factory=dict)

    @property
    def subject(self):
        """The title in the main language, or in the first there is."""
        return self.subjects.get(self.locale) or next(iter(self.subjects.values()), "")

    def sku(self, code):
        """The SKU with that code, or with that AliExpress id; None when neither."""
        for sku in self.skus:
            if code in (sku.sku_code, sku.sku_id):
                return sku
        return None
