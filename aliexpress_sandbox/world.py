"""Everything the sandbox knows: the shape of a scenario file."""

from __future__ import annotations

from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from .faults import Fault
from .shop import App, AuthCode, Shop, Token


@dataclass
class AttributeValue:
    value_id: int
    name: str
    names: dict[str, str] = field(default_factory=dict)
    child_attributes: list[int] = field(default_factory=list)


@dataclass
class Attribute:
    """A category's attribute; `sku` ones make the variants."""

    attribute_id: int
    name: str
    names: dict[str, str] = field(default_factory=dict)
    required: bool = False
    key_attribute: bool = False
    sku: bool = False
    kind: str = "list_box"
    input_type: str = "STRING"
    custom_name: bool = False
    custom_picture: bool = False
    spec: int = 0
    units: list[str] = field(default_factory=list)
    values: list[AttributeValue] = field(default_factory=list)
    child_of: bool = False


@dataclass
class Category:
    category_id: int
    name: str
    parent_id: int = 0
    names: dict[str, str] = field(default_factory=dict)
    attributes: list[Attribute] = field(default_factory=list)
    size_chart_required: bool = False
    max_prepare_days: int = 7
    qualifications: list[dict] = field(default_factory=list)
    keywords: list[str] = field(default_factory=list)
    restricted: bool = False


@dataclass
class Settings:
    """How the sandbox behaves where a test may want it otherwise."""

    code_seconds: int = 180
    access_seconds: dict[str, int] = field(default_factory=lambda: {"Test": 86400, "Online": 2592000})
    refresh_seconds: dict[str, int] = field(default_factory=lambda: {"Test": 172800, "Online": 5183988})
    old_refresh_dies: bool = True
    old_access_dies: bool = True
    timestamp_skew_seconds: int = 7200
    gateway_ahead_seconds: float = 0
    empty_lists: str = "object"
    fulfill_failure: str = "error_response"
    risk_hours: float = 0
    pay_hours: float = 480
    cancel_hours: float = 48
    accept_days: float = 90
    settle_hours: float = 360
    tracking_changes: int = 5
    audit_seconds: float = 20
    feed_seconds: float = 2
    audit_refuses: list[str] = field(default_factory=lambda: ["edit", "price", "stock"])
    reject_titles_with: list[str] = field(default_factory=lambda: ["forbidden"])
    illegal_title_words: list[str] = field(default_factory=lambda: ["counterfeit"])
    read_failure_rate: float = 0
    push_form: str = "dropship"


@dataclass
class World:
    seed: int = 1
    clock_offset: float = 0.0
    settings: Settings = field(default_factory=Settings)
    apps: dict[str, App] = field(default_factory=dict)
    shops: dict[str, Shop] = field(default_factory=dict)
    tokens: list[Token] = field(default_factory=list)
    codes: list[AuthCode] = field(default_factory=list)
    categories: dict[int, Category] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def shop(self, key=None):
        """A shop by seller id, login or name; the first without a key."""
        if key in (None, ""):
            return next(iter(self.shops.values()))
        for shop in self.shops.values():
            if str(key) in (shop.seller_id, shop.login, shop.name):
                return shop
        raise LookupError(f"no shop {key!r}")

    def token(self, access_token):
        """The authorisation an access token belongs to, or None."""
        for token in self.tokens:
            if access_token == token.access_token or access_token in token.old_access:
                return token
        return None

    def may_call(self, app, method):
        """Whether the application was granted the method's group."""
        if any(fnmatchcase(method, pattern) for pattern in app.denied):
            return False
        return any(fnmatchcase(method, pattern) for pattern in app.grants)

    def children(self, category_id):
        return [c for c in self.categories.values() if c.parent_id == category_id]

    def is_leaf(self, category_id):
        return not self.children(category_id)

    def attribute(self, category_id, attribute_id):
        """The category's attribute with that id, or None."""
        category = self.categories.get(category_id)
        found = (x for x in category.attributes if x.attribute_id == attribute_id) if category else ()
        return next(iter(found), None)

    def attribute_name(self, category_id, attribute_id):
        attribute = self.attribute(category_id, attribute_id)
        return attribute.name if attribute else f"Attribute {attribute_id}"

    def value_name(self, category_id, attribute_id, value_id):
        attribute = self.attribute(category_id, attribute_id)
        values = attribute.values if attribute else ()
        return next((x.name for x in values if x.value_id == value_id), str(value_id))
