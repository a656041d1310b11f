"""Acts on the catalogue and the offers of a shop, in the product's words."""

from .. import errors


class CatalogueActs:
    """Mixed into `Family`: needs `self.transport`. Values are those of `lib.catalogue_values`.

    Every method may raise any class of `lib.errors`; what a family does not have raises `FixError(NOT_OFFERED)` without
    a call. Reads may be called from several threads at once. Writes do what they say once and are never repeated here:
    after an error with reason NETWORK, BUSY or UNREADABLE nobody knows whether it took effect, so the caller reads back
    before it repeats. Every other reason says that nothing was changed; IN_AUDIT and LOCKED say when to come back.
    """

    # Whether products, prices and stock can be written through this family.
    has_catalogue = False
    # Whether a product can be published in lots of several pieces. (Lots set up in the seller centre are read anyway.)
    sells_lots = False

    # Shop data

    def get_profile(self):
        """The `MerchantProfile`."""
        raise self._not_offered()

    def list_categories(self, parent_ref=""):
        """The `Category`s below one category ("" for the top) that the shop may use, as a tuple."""
        raise self._not_offered()

    def get_attributes(self, category_ref, language="en", parents=()):
        """The `Attribute`s of a leaf category, as a tuple.

        :param str language: AliExpress tells the names it has; this one is asked for
        :param parents: pairs (attribute ref, value ref), outermost first: asks for the attributes that this choice
            opens
        """
        raise self._not_offered()

    def suggest_categories(self, title, language="en"):
        """The `CategorySuggestion`s for a title, best first, as a tuple; empty when AliExpress has no idea."""
        raise self._not_offered()

    def list_freight_templates(self):
        """The shop's `FreightTemplate`s, as a tuple."""
        raise self._not_offered()

    def list_service_templates(self):
        """The shop's `ServiceTemplate`s, as a tuple."""
        raise self._not_offered()

    def list_product_groups(self):
        """The shop's `ProductGroup`s, parents before children, as a tuple."""
        raise self._not_offered()

    def list_brands(self):
        """The `Brand`s the seller may use, as a tuple."""
        raise self._not_offered()

    def list_size_charts(self, category_ref):
        """The `SizeChart`s for a leaf category, as a tuple."""
        raise self._not_offered()

    def list_responsible_persons(self, category_ref):
        """The `ResponsiblePerson`s that may be named in a leaf category, as a tuple; empty where none need be."""
        raise self._not_offered()

    # Products

    def upload_image(self, file_name, content):
        """Store the bytes `content` (jpg, gif or png, at most 3 MB) in the image bank; return the `UploadedImage`.

        The bank keeps a second copy when the same picture is uploaded again.
        """
        raise self._not_offered()

    def create_product(self, content):
        """Publish a `ProductContent`; return the product's number (str). It is in review afterwards.

        Not safe to repeat: find it with `find_products_by_sku` first. Raises ValueError for a content that lacks what a
        creation must tell, or tells what cannot be sent.
        """
        raise self._not_offered()

    def update_product(self, product_ref, content):
        """Change what `content` (a `ProductContent`) tells and leave the rest. Repeating it does no harm.

        Raises `TransientError` with `IN_AUDIT` or `LOCKED`, `FixError` with `NOT_FOUND` or `REFUSED`.
        """
        raise self._not_offered()

    def get_product(self, product_ref):
        """The `ProductDetail`. Raises `FixError(NOT_FOUND)` when the shop has no such product."""
        raise self._not_offered()

    def list_products(self, status, *, page=1, page_size=50, sku_code=""):
        """One `ProductPage` of the products in `status` (one of `STATUSES`)."""
        raise self._not_offered()

    def find_products_by_sku(self, sku_code):
        """The `ProductRow`s that AliExpress finds for a SKU code in every status, as a tuple; cost: one call per
        status.

        AliExpress decides what matches: whether the product really has a SKU with this code is in its detail.
        """
        raise self._not_offered()

    def get_review_state(self, product_ref):
        """The `ReviewState`. Raises `FixError(NOT_FOUND)` when the shop has no such product."""
        raise self._not_offered()

    def delete_products(self, product_refs):
        """Delete at most 100 products for good, with their reviews and history. AliExpress does not tell which ones it
        deleted.
        """
        raise self._not_offered()

    def put_on_shelf(self, product_refs):
        """Offer at most 10 products again; return the `BatchResult`."""
        raise self._not_offered()

    def take_off_shelf(self, product_refs):
        """Stop offering at most 10 products; return the `BatchResult`."""
        raise self._not_offered()

    # Offers

    def set_stock(self, changes):
        """Send `StockChange`s of at most 20 different products, 200 SKUs each; return the `BatchResult`."""
        raise self._not_offered()

    def set_prices(self, changes):
        """Send `PriceChange`s of at most 20 different products, 200 SKUs each; return the `BatchResult`.

        A SKU sent without sale price loses the one it has on AliExpress.
        """
        raise self._not_offered()

    # Feeds

    def submit_feed(self, kind, items):
        """Send at most 2,000 `FeedItem`s of one kind (a FEED_ constant) to be worked off later; return the feed's
        number (str).

        Products follow the JSON schema of their category there: what `catalogue_rules.NOT_IN_FEEDS` names raises
        ValueError. Not safe to repeat: look for it with `list_feeds` first. Fewer than 150 feeds of a kind a day, or
        they get very slow.
        """
        raise self._not_offered()

    def get_feed(self, feed_ref):
        """The `FeedResult`."""
        raise self._not_offered()

    def list_feeds(self, *, kind="", page=1, page_size=20, submitted_from=None):
        """One `FeedPage` of the shop's feeds, of one kind and submitted since a moment (naive UTC) where given."""
        raise self._not_offered()

    def _not_offered(self):
        return errors.FixError(errors.NOT_OFFERED)
