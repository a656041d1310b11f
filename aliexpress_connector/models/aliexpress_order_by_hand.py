import time
from dataclasses import replace

from psycopg2.errors import UniqueViolation

from odoo import api, models

from ..lib.errors import NOT_FOUND, FixError
from .aliexpress_job_mixin import CONCURRENCY_ERRORS
from .aliexpress_order_fetch import STORE_TRIES, WINDOW
from .error_messages import told_at_once


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
        first day: a person asked for them. Their details are read by the job. Returns the count. What was read before
        AliExpress fails stays stored.
        """
        order_refs, unreadable_count = set(), 0
        for page in self._read_placed(account._get_client(), start, end):
            self._store_apart(account, replace(page, unreadable=()))
            order_refs.update(row.order_ref for row in page.rows)
            unreadable_count += len(page.unreadable)
        if unreadable_count:
            account._report_unreadable_rows(unreadable_count)
        self.env["ir.cron"]._aliexpress_wake("ir_cron_fetch_orders")
        return len(order_refs)

    @api.model
    def _store_apart(self, account, page):
        """Store an `OrderPage` in a transaction of its own, again when another process was quicker."""
        for attempt in range(STORE_TRIES):
            try:
                # That of the request does not see what the jobs stored while AliExpress was asked.
                with self.env.registry.cursor() as cr:
                    orders = self.with_env(self.env(cr=cr))
                    orders._store_rows(account.with_env(orders.env), page)
                break
            except (*CONCURRENCY_ERRORS, UniqueViolation):
                if attempt == STORE_TRIES - 1:
                    raise
                time.sleep(0.05 * 2**attempt)

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
            with told_at_once(self.env):
                # Salespeople may refresh what they see; the inbox itself is written by jobs only.
                order.sudo()._refresh_from_aliexpress()
        self._trigger_job()
