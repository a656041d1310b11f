from odoo import api, models
from odoo.exceptions import UserError

from ..lib.errors import NOT_FOUND, AliexpressError, FixError
from .aliexpress_order_fetch import WINDOW
from .error_messages import describe_error


class AliexpressOrder(models.Model):
    """Orders that a person asks for: by number, by date, or once more. Everything is safe to repeat."""

    _inherit = "aliexpress.order"

    @api.model
    def _import_by_number(self, account, order_ref):
        """Store one order of `account` by its number, whatever its age; return it.

        Raises the errors of `lib.errors`.
        """
        client = account._get_client()
        detail = client.get_order(order_ref)
        if detail.order_ref != order_ref:
            raise FixError(NOT_FOUND, order_ref)
        order = self.search([("account_id", "=", account.id), ("order_ref", "=", order_ref)])
        if not order:
            order = self.with_context(tracking_disable=True).create({"account_id": account.id, "order_ref": order_ref})
        order._store_detail(client, detail)
        order._trigger_job()
        return order

    @api.model
    def _import_by_date(self, account, start, end):
        """Store every order of `account` placed from `start` to `end` (naive UTC), also those placed before the shop's
        first day: a person asked for them. Their details are read by the job. Returns the count.
        """
        # Read first, stored then: while AliExpress is asked, the jobs go on with these orders.
        pages = list(self._read_placed(account._get_client(), start, end))
        for page in pages:
            self._store_rows(account, page)
        self.env["ir.cron"]._aliexpress_wake("ir_cron_fetch_orders")
        return len({row.order_ref for page in pages for row in page.rows})

    @api.model
    def _read_placed(self, client, start, end):
        """Yield the pages of all orders placed from `start` to `end`, window after window."""
        while start < end:
            window_end = min(start + WINDOW, end)
            for finished in (False, True):
                query = {"finished": finished, "by": "created"}
                first_page, window_end = self._read_first_page(client, start, window_end, **query)
                yield from self._read_pages(client, start, window_end, first_page, **query)
            start = window_end

    def action_refresh(self):
        """Read the selected orders again now."""
        self.check_access("read")
        for order in self:
            try:
                # Salespeople may refresh what they see; the inbox itself is written by jobs only.
                order.sudo()._refresh_from_aliexpress()
            except AliexpressError as error:
                raise UserError(describe_error(self.env, error, is_by_hand=True)) from error
        self._trigger_job()
