from odoo import api, fields, models

from ..lib.catalogue_rules import PRODUCTS_PER_PAGE
from ..lib.catalogue_values import STATUSES
from ..lib.errors import AliexpressError, FixError
from .error_messages import describe_error
from .shop_run import SHOP_REASONS


class AliexpressAccount(models.Model):
    """How far the nightly look at the listings of a shop has come."""

    _inherit = "aliexpress.account"

    refresh_cursor = fields.Char(copy=False, readonly=True)  # "status:page" to be read next; empty when all is read
    refresh_started_at = fields.Datetime(copy=False, readonly=True)
    refresh_is_partial = fields.Boolean(copy=False, readonly=True)  # whether the list had rows that nobody understood
    refresh_error = fields.Text(
        string="Nightly Comparison Stopped",
        copy=False,
        readonly=True,
        help="Why the products on AliExpress could not be looked through at night.",
    )

    def write(self, vals):
        """Override: with another login or another switch, what stopped the last night tells nothing about the next."""
        if vals.get("state") == "connected" or "sync_listings" in vals:
            vals = {"refresh_error": False} | vals
        return super().write(vals)

    def _begin_refresh(self):
        """Have the whole list of products of this shop read, and commit that."""
        start = f"{STATUSES[0]}:1"
        now = fields.Datetime.now()
        self.write({"refresh_cursor": start, "refresh_started_at": now, "refresh_is_partial": False})
        self.env["ir.cron"]._commit_progress()

    def _refresh_pages(self):
        """Read the list from where it stands, each page committed; return whether there is time left in this run."""
        return self._walk_products("refresh_cursor", self._take_refreshed_page, self._stop_refresh)

    def _take_refreshed_page(self, page, status):
        self.env["aliexpress.listing"]._take_page(self, page, status)
        if not self.refresh_cursor:
            self.refresh_error = False

    def _stop_refresh(self, error):
        """End tonight's look, which would fail again, and tell why; the shop's other work goes on. Raises what is no
        fault of the list, or not for ever.
        """
        if not isinstance(error, FixError) or error.reason in SHOP_REASONS:
            raise error
        values = {"refresh_cursor": False, "refresh_started_at": False}
        # Whose products cannot be managed from here misses nothing.
        if self._has_catalogue():
            message_env = self._get_message_env()
            values["refresh_error"] = message_env._(
                "The products of the shop %(name)s on AliExpress could not be looked through for the nightly "
                "comparison. %(error)s",
                name=self.name,
                error=describe_error(message_env, error),
            )
        self.write(values)

    # === LIST OF PRODUCTS === #

    def _walk_products(self, cursor, take_page, take_error):
        """Read the list of products from where it stands, each page committed; return whether there is time left.

        :param cursor: name of the field that holds "status:page" to be read next, empty when all is read
        :param take_page: called as `take_page(page, status)`, with the cursor on the next page
        :param take_error: called with the AliexpressError that came instead of a page; it raises what concerns the
            shop as a whole
        """
        self.ensure_one()
        client = self._get_client()
        # A used-up budget is no failure: it goes on from here when there are calls again.
        while self[cursor] and self._has_call_budget("content"):
            status, _colon, number = self[cursor].partition(":")
            try:
                page = client.list_products(status, page=int(number), page_size=PRODUCTS_PER_PAGE)
            except AliexpressError as error:
                take_error(error)
                return bool(self.env["ir.cron"]._commit_progress())
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
