"""What the gateway is told and tells about the catalogue, as typed values in the product's words.

Ids are `str`, times naive UTC `datetime`s or None, texts `str` ("" when AliExpress left them out), collections are
tuples. Prices are `Decimal` in the currency of the shop, tax included: the calls name no currency, and
`ProductDetail.currency` tells which one AliExpress has. Languages are two-letter ISO 639-1 codes (`LANGUAGES`),
countries ISO 3166 (`GB`, not `UK`); texts by language are dicts that nobody changes. Limits and tables of AliExpress
stand in `catalogue_rules`.
"""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from .errors import AliexpressError

# States of a product on AliExpress, as `ProductDetail.status` and `list_products` know them.
ONLINE = "online"
OFFLINE = "offline"
AUDITING = "auditing"
REJECTED = "rejected"  # must be edited before it can be sold
STATUSES = (ONLINE, OFFLINE, AUDITING, REJECTED)

# === WHAT IS SENT === #


@dataclass(frozen=True, slots=True)
class AttributeChoice:
    """What a product says about one attribute, in one of four ways:

    - `attribute_ref` and `value_refs` (several where the attribute takes several);
    - `attribute_ref` and `text`: a free text;
    - `attribute_ref`, the value "Other" (`catalogue_rules.OTHER_VALUE`) in `value_refs`, and `text`;
    - `name` and `text` alone: an attribute of one's own.

    `name` is the attribute's English name: feeds need it in the first three ways too, and `is_multiple` as `Attribute`
    has it.
    """

    attribute_ref: str = ""
    name: str = ""
    value_refs: tuple[str, ...] = ()
    text: str = ""
    unit: str = ""
    is_multiple: bool = False


@dataclass(frozen=True, slots=True)
class SkuAttribute:
    """What tells one SKU apart: `attribute_ref` and `value_ref`, with the seller's name and picture of that value where
    he has one.
    """

    attribute_ref: str
    value_ref: str
    custom_name: str = ""
    image_url: str = ""
    name: str = ""  # English name of the attribute, for feeds


@dataclass(frozen=True, slots=True)
class SkuContent:
    """A SKU to publish. `sale_price` None means none, `ean` "" none; a product of one SKU has no `attributes`."""

    sku_code: str
    price: Decimal
    quantity: int
    sale_price: Decimal | None = None
    ean: str = ""
    attributes: tuple[SkuAttribute, ...] = ()


@dataclass(frozen=True, slots=True)
class SkuPrice:
    """Prices of a SKU. `sale_price` None erases the one AliExpress has."""

    sku_code: str
    price: Decimal
    sale_price: Decimal | None = None


@dataclass(frozen=True, slots=True)
class CountryPrice:
    """Prices for buyers of one country."""

    country_code: str
    prices: tuple[SkuPrice, ...]


@dataclass(frozen=True, slots=True)
class SkuQuantity:
    """What can be sold of a SKU, in the listing's lots."""

    sku_code: str
    quantity: int


@dataclass(frozen=True, slots=True)
class Description:
    """`html` for the web page, of which only basic tags leave; `text` for telephones, taken from `html` when empty.

    `web_source` and `mobile_source` are what AliExpress has, pictures and all, where it was read there: sent back as
    they came.
    """

    html: str
    text: str = ""
    web_source: str = field(default="", compare=False)
    mobile_source: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class MarketingImages:
    """Pictures for AliExpress' own pages, from the image bank only."""

    portrait_url: str = ""  # 3:4
    square_url: str = ""  # 1:1


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductContent:
    """A product as we want it on AliExpress.

    None means "not told": an update leaves it as it is, a creation leaves it to AliExpress. For a creation these must
    be told: `language`, `titles`, `descriptions`, `category_ref`, `skus`, `image_urls`, `weight`, `package_size`,
    `lead_time_days`, `deduction`, `freight_template_ref`, `service_template_ref`.
    """

    language: str | None = None  # main language; AliExpress never lets it change
    titles: dict[str, str] | None = None
    descriptions: dict[str, Description] | None = None
    category_ref: str | None = None
    attributes: tuple[AttributeChoice, ...] | None = None
    skus: tuple[SkuContent, ...] | None = None  # in an update: replaces all SKUs AliExpress has
    image_urls: tuple[str, ...] | None = None
    marketing_images: MarketingImages | None = None
    unit_code: str | None = None  # key of `catalogue_rules.UNITS`
    lot_size: int | None = None  # pieces sold together; more than 1 only where the family `sells_lots`
    weight: Decimal | None = None  # kilograms with packaging
    package_size: tuple[int, int, int] | None = None  # length, width, height in centimetres
    lead_time_days: int | None = None
    deduction: str | None = None  # DEDUCT_ORDER or DEDUCT_PAYMENT of `catalogue_rules`
    freight_template_ref: str | None = None
    service_template_ref: str | None = None  # "0" is AliExpress' default
    group_ref: str | None = None
    brand: str | None = None  # name of an approved brand, "" for none
    size_chart_ref: str | None = None
    country_prices: tuple[CountryPrice, ...] | None = None  # () removes them all


@dataclass(frozen=True, slots=True)
class StockChange:
    """Quantities of some SKUs of a product; SKUs that are not named stay as they are."""

    product_ref: str
    quantities: tuple[SkuQuantity, ...]


@dataclass(frozen=True, slots=True)
class PriceChange:
    """Prices of some SKUs of a product; SKUs that are not named stay as they are, and so do country prices of None.

    `country_prices` may name only SKUs that `prices` names. They are removed by an update of the product, not here.
    """

    product_ref: str
    prices: tuple[SkuPrice, ...]
    country_prices: tuple[CountryPrice, ...] | None = None


# === WHAT ALIEXPRESS HAS === #


@dataclass(frozen=True, slots=True)
class ProductSku:
    """A SKU on AliExpress. `sku_code` is "" where the seller never set one; `sku_ref` such as `14:173#Navy;5:361386` is
    AliExpress' own.
    """

    sku_ref: str
    sku_code: str
    price: Decimal
    sale_price: Decimal | None
    quantity: int | None
    ean: str
    attributes: tuple[SkuAttribute, ...]


@dataclass(frozen=True, slots=True)
class ProductDetail:
    """A product on AliExpress. What AliExpress did not tell is "", (), {} or None. `status` is one of `STATUSES`, ""
    for any other.
    """

    product_ref: str
    status: str
    category_ref: str
    currency: str
    name: str
    titles: dict[str, str]
    descriptions: dict[str, Description]
    attributes: tuple[AttributeChoice, ...]
    skus: tuple[ProductSku, ...]
    image_urls: tuple[str, ...]
    unit_code: str
    lot_size: int | None
    weight: Decimal | None
    package_size: tuple[int, int, int] | None
    lead_time_days: int | None
    deduction: str
    freight_template_ref: str
    service_template_ref: str
    group_refs: tuple[str, ...]
    size_chart_ref: str
    country_prices: tuple[CountryPrice, ...]


@dataclass(frozen=True, slots=True)
class ProductRow:
    """One product as the list shows it. SKUs are in the detail only."""

    product_ref: str
    name: str
    status: str
    currency: str
    image_url: str
    created_at: datetime | None


@dataclass(frozen=True, slots=True)
class ProductPage:
    """A page of the product list. `page_count` is 0 for an empty result; `unreadable` says why rows were left out."""

    rows: tuple[ProductRow, ...]
    page_count: int
    total: int
    unreadable: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReviewState:
    """Where a product is in AliExpress' review: `status` of `STATUSES`, or "". `reason` of a rejection in AliExpress'
    words, mostly "".
    """

    status: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class BatchResult:
    """What became of each product of a call. Every product is in exactly one of the three.

    `unclear` must be read back before anything is believed or repeated: AliExpress named the product among the
    successes and the failures (the error says what it failed at), or in neither.
    """

    accepted: tuple[str, ...] = ()
    refused: dict[str, AliexpressError] = field(default_factory=dict)
    unclear: dict[str, AliexpressError] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class UploadedImage:
    """A picture in the shop's image bank."""

    url: str
    width: int | None
    height: int | None
