"""What a shop has besides products and orders: categories, attributes, templates, groups. Typed values in the product's
words.

Ids are `str`, texts `str` ("" when AliExpress left them out), collections are tuples. Languages are two-letter ISO
639-1 codes (`catalogue_rules.LANGUAGES`); `names` are texts by language, dicts that nobody changes.
"""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class MerchantProfile:
    """The shop. `currency` is what prices are quoted in; a limit or count is None where the application may not ask for
    it.
    """

    shop_url: str
    country_code: str
    currency: str
    can_publish: bool
    product_count: int | None
    product_limit: int | None


@dataclass(frozen=True, slots=True)
class Category:
    """A category that the shop may use. `name` is English where AliExpress has it."""

    ref: str
    parent_ref: str  # "" at the top
    name: str
    names: dict[str, str]
    is_leaf: bool


@dataclass(frozen=True, slots=True)
class CategorySuggestion:
    """A category AliExpress thinks of for a title. `path` are the names from the top; empty where not told."""

    ref: str
    name: str
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AttributeValue:
    """A value to choose. `has_children`: choosing it opens further attributes (`get_attributes` with `parents`)."""

    ref: str
    name: str
    names: dict[str, str]
    has_children: bool = False


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute of a category."""

    ref: str
    name: str  # English: feeds know attributes by this name
    names: dict[str, str]
    position: int  # order among the SKU attributes, from 1; 0 when not told
    is_required: bool
    is_sku: bool  # tells variants apart: belongs to each SKU, never to the product
    is_key: bool  # AliExpress recommends it
    is_multiple: bool  # several values may be chosen
    is_text: bool  # typed freely, no list
    is_number: bool
    has_custom_name: bool  # a SKU value may be renamed by the seller
    has_custom_image: bool  # a SKU value may have a picture
    units: tuple[str, ...]
    values: tuple[AttributeValue, ...]


@dataclass(frozen=True, slots=True)
class FreightTemplate:
    """What a delivery costs the buyer, and which carriers go where; set up in the seller centre."""

    ref: str
    name: str
    is_default: bool


@dataclass(frozen=True, slots=True)
class ServiceTemplate:
    """What the seller promises about returns. Template "0" is AliExpress' default."""

    ref: str
    name: str


@dataclass(frozen=True, slots=True)
class ProductGroup:
    """A shelf of the shop. Products go into groups without children only."""

    ref: str
    name: str
    parent_ref: str


@dataclass(frozen=True, slots=True)
class Brand:
    """A brand the seller may use, until `valid_until` where there is an end."""

    ref: str
    name: str
    valid_until: datetime | None


@dataclass(frozen=True, slots=True)
class SizeChart:
    """A size chart the shop may use in one category."""

    ref: str
    name: str
    is_default: bool


@dataclass(frozen=True, slots=True)
class ResponsiblePerson:
    """Who answers for a product in the European Union."""

    ref: str
    name: str
