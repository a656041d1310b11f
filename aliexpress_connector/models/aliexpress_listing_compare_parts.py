import logging
from collections import deque
from contextlib import suppress

from odoo import api, models

from .aliexpress_job_mixin import CONCURRENCY_ERRORS
from .aliexpress_listing_compare_offers import compare_quantity
from .error_messages import describe_error

_logger = logging.getLogger(__name__)

# When so many parts of the rows failed and none was compared, no single product is the cause.
FAILURES_MAX = 50


class AliexpressListing(models.Model):
    """A product whose offer cannot be computed costs itself only."""

    _inherit = "aliexpress.listing"

    @api.model
    def _compare_parts(self, account, rows, stock):
        """Compare `rows`; where that fails, halves of them, down to those that cannot be computed. What fails for all
        is raised.
        """
        parts, failed, failure_count, has_worked = deque([rows]), [], 0, False
        while parts:
            # From both ends, so that a few that stand together are not taken for all.
            is_from_left = failure_count % 2 == 0
            part = parts.popleft() if is_from_left else parts.pop()
            try:
                with self.env.cr.savepoint():
                    self._compare_rows(account, part, stock)
                has_worked = True
            except CONCURRENCY_ERRORS:
                raise
            except Exception as error:
                failure_count += 1
                if not part or (failure_count >= FAILURES_MAX and not has_worked and parts):
                    raise
                middle = len(part) // 2
                if middle and is_from_left:
                    parts.extendleft([part[middle:], part[:middle]])
                elif middle:
                    parts.extend([part[:middle], part[middle:]])
                else:
                    failed.append((part[0], error))
        if failed:
            self._refuse_uncomputed(account, failed, stock)

    @api.model
    def _refuse_uncomputed(self, account, failed, stock):
        """Show why the prices of `failed` [(OfferRow, exception)] cannot be computed, and mark their quantities."""
        first_row, first_error = failed[0]
        _logger.error(
            "The offers of %s SKUs of shop %s cannot be computed, such as of SKU %s",
            len(failed),
            account.id,
            first_row.id,
            exc_info=first_error,
        )
        Sku, env = self.env["aliexpress.listing.sku"], account._get_message_env()
        ids_by_message = {}
        for row, error in failed:
            ids_by_message.setdefault(describe_error(env, error), []).append(row.id)
            # What is sold out must not stay on sale because its price cannot be computed.
            with suppress(Exception), self.env.cr.savepoint():
                marks = [
                    compare_quantity(row, quantity) for _r, quantity in self._get_quantities(account, [row], stock)
                ]
                Sku._mark_quantities(list(filter(None, marks)))
        for message, sku_ids in ids_by_message.items():
            Sku._refuse_prices(sku_ids, message)
