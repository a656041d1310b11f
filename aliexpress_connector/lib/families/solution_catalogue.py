"""The catalogue and the offers of overseas sellers: `aliexpress.solution.*`."""

from .. import errors
from ..catalogue_rules import PRODUCTS_PER_DELETE_CALL, PRODUCTS_PER_PAGE
from ..catalogue_values import STATUSES, ReviewState
from ..languages import write_language
from ..parsing.batches import parse_feed_page, parse_feed_result, parse_offer_result
from ..parsing.catalogue import STATUS_NAMES, parse_product, parse_product_page, parse_status
from ..parsing.reader import Reader
from ..parsing.shop_data import parse_categories, parse_profile, parse_suggestions
from ..payloads.feed import OPERATIONS, feed_items
from ..payloads.offers import price_updates, stock_updates
from ..payloads.product import create_request, edit_request
from ..times import utc_to_pacific
from .catalogue_shared import SharedCatalogue, product_refs_of

# AliExpress has no idea of a category for a title.
_NO_SUGGESTION = "24000011"
# How often a product is asked for until the answer has it, and the seconds between.
_PRODUCT_TRIES = 3
_PRODUCT_PAUSE = 2


class SolutionCatalogue(SharedCatalogue):
    """Goes before `CommonFamily`, whose helpers it uses."""

    has_catalogue = True

    # Shop data

    def get_profile(self):
        profile = self._ask("aliexpress.solution.merchant.profile.get")
        method = "aliexpress.merchant.profile.get"
        try:
            quota = self._ask(method).child("profile")
        except errors.FixError as error:
            if error.reason != errors.PERMISSION:
                raise
            quota = Reader({}, method)
        return parse_profile(profile, quota)

    def list_categories(self, parent_ref=""):
        params = {"category_id": parent_ref or "0", "filter_no_permission": True}
        method = "aliexpress.solution.seller.category.tree.query"
        outcome = self._outcome(method, params, "children_category_list")
        categories = parse_categories(outcome, parent_ref)
        if not categories and not parent_ref:
            raise outcome.error("children_category_list", "no category at all")
        return categories

    def suggest_categories(self, title, language="en"):
        method = "aliexpress.solution.product.category.suggest"
        try:
            answer = self._ask(method, {"title": title, "language": write_language(language)})
        except errors.FixError as error:
            if error.code != _NO_SUGGESTION:
                raise
            return ()
        return parse_suggestions(answer.child("result") or answer)

    # Products

    def create_product(self, content):
        method = "aliexpress.solution.product.post"
        answer = self._ask(method, {"post_product_request": create_request(content)}, is_read=False)
        outcome = answer.child("result") or answer
        if not outcome.has("product_id"):
            self._ensure_success(outcome, method)
        return outcome.ref("product_id", required=True)

    def update_product(self, product_ref, content):
        method = "aliexpress.solution.product.edit"
        params = {"edit_product_request": edit_request(product_ref, content)}
        answer = self._ask(method, params, is_read=False)
        outcome = answer.child("result") or answer
        if not outcome.has("product_id"):
            self._ensure_success(outcome, method)

    def get_product(self, product_ref):
        data = self._ask_product(product_ref)
        product = parse_product(data)
        if product.product_ref != str(product_ref):
            raise data.error("product_id", "another product than the one that was asked for")
        return product

    def list_products(self, status, *, page=1, page_size=50, sku_code=""):
        method = "aliexpress.solution.product.list.get"
        query = {
            "product_status_type": STATUS_NAMES[status],
            "current_page": page,
            "page_size": min(page_size, PRODUCTS_PER_PAGE),
        }
        if sku_code:
            query["sku_code"] = sku_code
        result = self._ask(method, {"aeop_a_e_product_list_query": query}).child("result")
        if result.flag("success") is False or not result:
            raise self._failure(result, method, default=errors.REFUSED if result else errors.UNREADABLE)
        return parse_product_page(result, status, page_size, page)

    def find_products_by_sku(self, sku_code):
        rows = {}
        for status in STATUSES:
            page = self.list_products(status, sku_code=sku_code)
            if page.unreadable:
                # It may be the very product that is looked for.
                raise errors.FixError(errors.UNREADABLE, page.unreadable[0])
            rows |= {row.product_ref: row for row in page.rows}
        return tuple(rows.values())

    def get_review_state(self, product_ref):
        # Why a product was rejected is told in the seller centre only.
        return ReviewState(parse_status(self._ask_product(product_ref)))

    def delete_products(self, product_refs):
        method = "aliexpress.solution.batch.product.delete"
        refs = product_refs_of(product_refs, PRODUCTS_PER_DELETE_CALL)
        answer = self._ask(method, {"product_ids": ",".join(refs)}, is_read=False)
        # An answer that says nothing is the older form of success.
        if answer.flag("success") is False:
            raise self._failure(answer, method)

    # Offers

    def set_stock(self, changes):
        return self._change_offers("aliexpress.solution.batch.product.inventory.update", changes, stock_updates)

    def set_prices(self, changes):
        return self._change_offers("aliexpress.solution.batch.product.price.update", changes, price_updates)

    # Feeds

    def submit_feed(self, kind, items):
        method = "aliexpress.solution.feed.submit"
        params = {"operation_type": OPERATIONS[kind], "item_list": feed_items(kind, items)}
        answer = self._ask(method, params, is_read=False)
        if not answer.has("job_id"):
            self._ensure_success(answer, method)
        return answer.ref("job_id", required=True)

    def get_feed(self, feed_ref):
        method = "aliexpress.solution.feed.query"
        answer = self._ask(method, {"job_id": feed_ref})
        return parse_feed_result(answer, self._error_maker(method, answer))

    def list_feeds(self, *, kind="", page=1, page_size=20, submitted_from=None):
        params = {
            "current_page": page,
            "page_size": page_size,
            "feed_type": OPERATIONS[kind] if kind else "",
            "submitted_time_start": submitted_from and utc_to_pacific(submitted_from),
        }
        return parse_feed_page(self._ask("aliexpress.solution.feed.list.get", params))

    # Helpers

    def _ask_product(self, product_ref):
        """Return the `Reader` of a product's detail."""
        method = "aliexpress.solution.product.info.get"
        for attempt in range(_PRODUCT_TRIES):
            if attempt:
                # Now and then AliExpress answers nothing for a product that it has; of one that it has not it says so.
                self.transport.sleep(_PRODUCT_PAUSE)
            answer = self._ask(method, {"product_id": product_ref})
            result = answer.child("result")
            if result.has("product_id"):
                return result
        if not result and not self._explains(answer):
            error = answer.error("result", "no product in it")
            error.is_empty = True
            raise error
        raise self._failure(result or answer, method)

    def _change_offers(self, method, changes, write_updates):
        refs = [str(change.product_ref) for change in changes]
        answer = self._ask(method, {"mutiple_product_update_list": write_updates(changes)}, is_read=False)

        def read():
            return parse_offer_result(answer, refs, self._error_maker(method, answer))

        return self._read_batch(read, refs)
