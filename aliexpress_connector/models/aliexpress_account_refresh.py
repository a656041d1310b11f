from functools import partial

from odoo import api, fields, models

from ..lib.catalogue_rules import PRODUCTS_PER_PAGE
from ..lib.catalogue_values import STATUSES
from ..lib.errors import FixError
from .aliexpress_job_mixin import SHOP_REASONS
from .error_messages import describe_error


class AliexpressAccount(models.Model):
    """How far the nightly look at the listings of a shop has come."""

    _inherit = "aliexpress.account"

    refresh_cursor = fields.Char(copy=False, readonly=True)  # "status:page" to be read next; empty when all is read
    refresh_started_at = fields.Datetime(copy=False, readonly=True)
    refresh_is_partial = fields.Boolean(copy=False, readonly=True)  # whether the list had rows that nobody understood

    def _begin_refresh(self):
        """Have the whole list of products of the shops read."""
        start = f"{STATUSES[0]}:1"
        now = fields.Datetime.now()
        self.write({"refresh_cursor": start, "refresh_started_at": now, "refresh_is_partial": False})

    def _refresh_pages(self):
        """Read the list from where it stands, each page committed; return whether there is time left in this run."""
        take_page = partial(self.env["aliexpress.listing"]._take_page, self)
        return self._walk_products("refresh_cursor", take_page, self._stop_refresh)

    def _stop_refresh(self, error):
        """End tonight's look, which would fail again, and show why; the shop's other work goes on."""
        message = describe_error(self._get_message_env(), error)
        self.write({"refresh_cursor": False, "refresh_started_at": False, "error": message})

    # === LIST OF PRODUCTS === #

    def _walk_products(self, cursor, take_page, stop):
        """Read the list of products from where it stands, each page committed; return whether there is time left.

        :param cursor: name of the field that holds "status:page" to be read next, empty when all is read
        :param take_page: called as `take_page(page, status)`, with the cursor on the next page
        :param stop: called with a FixError that would come again
        """
        self.ensure_one()
        client = self._get_client()
        # A used-up budget is no failure: it goes on from here when there are calls again.
        while self[cursor] and self._has_call_budget("content"):
            status, _colon, number = self[cursor].partition(":")
            try:
                page = client.list_products(status, page=int(number), page_size=PRODUCTS_PER_PAGE)
            except FixError as error:
                if error.reason in SHOP_REASONS:
                    raise
                stop(error)
                return True
            self[cursor] = self._get_next_cursor(status, int(number), page.page_count)
            take_page(page, status)
            if not self.env["ir.cron"]._commit_progress():
                return False
        return True

    @api.model
    def _get_next_cursor(self, status, number, page_count):
        if number < page_count:
            return f"{status}:{number + 1}"
        following = STATUSES[STATUSES.index(status) + 1 :]
        return f"{following[0]}:1" if following else False
