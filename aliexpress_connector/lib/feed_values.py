"""Lists of products that AliExpress takes in one call and works off later, as typed values like `catalogue_values`."""

from dataclasses import dataclass

from .catalogue_values import PriceChange, ProductContent, StockChange
from .errors import AliexpressError

# Kinds of feeds.
FEED_CREATE = "create"
FEED_UPDATE = "update"
FEED_STOCK = "stock"
FEED_PRICE = "price"


@dataclass(frozen=True, slots=True)
class FeedItem:
    """One line of a feed. `content` is a `ProductContent` (with `product_ref` for an update), a `StockChange` or a
    `PriceChange`.

    `item_ref` is ours, unique in the feed: it alone tells the results apart.
    """

    item_ref: str
    content: ProductContent | StockChange | PriceChange
    product_ref: str = ""


@dataclass(frozen=True, slots=True)
class FeedItemResult:
    """What became of one line of a feed: `error` None and the `product_ref` where it is known, or why not."""

    item_ref: str
    product_ref: str
    error: AliexpressError | None


@dataclass(frozen=True, slots=True)
class FeedResult:
    """Progress of a feed. `is_finished` when each of its lines has a result; results that came earlier are final as
    well.
    """

    feed_ref: str
    is_finished: bool
    total: int | None
    results: tuple[FeedItemResult, ...]


@dataclass(frozen=True, slots=True)
class FeedRow:
    """A feed as the list shows it. `kind` is one of the FEED_ constants, "" for others."""

    feed_ref: str
    kind: str
    is_finished: bool


@dataclass(frozen=True, slots=True)
class FeedPage:
    """A page of the list of feeds."""

    rows: tuple[FeedRow, ...]
    page_count: int
