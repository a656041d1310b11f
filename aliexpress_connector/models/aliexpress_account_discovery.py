from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from ..lib.catalogue_values import STATUSES
from ..lib.errors import BUSY, NETWORK, UNREADABLE, FixError
from .error_messages import describe_error
from .shop_run import SHOP_REASONS

# For so long nothing is created for a found product, or a list of products, that cannot be read.
READING_PATIENCE = timedelta(hours=1)
# With these the list of products fails by itself, and often for a while: nothing else of the shop waits for it.
LIST_REASONS = {BUSY, NETWORK, UNREADABLE}


class AliexpressAccount(models.Model):
    """Finding what a shop already has on AliExpress, before anything is published twice."""

    _inherit = "aliexpress.account"

    discovery_cursor = fields.Char(copy=False, readonly=True)  # "status:page" to be read next; empty when all is read
    discovery_has_news = fields.Boolean(copy=False, readonly=True)  # whether this pass found what the last one missed
    # Since when the page to be read next could not be read; empty when it was not tried or may work.
    discovery_failing_since = fields.Datetime(copy=False, readonly=True)
    discovered_at = fields.Datetime(
        string="Existing Listings Read On",
        copy=False,
        readonly=True,
        help="When all products of the shop were last looked through.",
    )
    discovery_error = fields.Text(
        string="Search Stopped",
        copy=False,
        readonly=True,
        help="Why the products on AliExpress could not be looked through.",
    )
    found_count = fields.Integer(
        compute="_compute_found_count",
        string="Found on AliExpress",
        help="Products on AliExpress that wait for you to say which of your products they are.",
    )

    def _compute_found_count(self):
        domain = [("account_id", "in", self.ids), ("state", "in", ("pending", "open", "error"))]
        counts = dict(self.env["aliexpress.found.product"]._read_group(domain, ["account_id"], ["__count"]))
        for account in self:
            account.found_count = counts.get(account, 0)

    def action_find_listings(self):
        """Look through the products of the shops on AliExpress, in the background, and show what was found so far."""
        self.check_access("write")
        self._begin_discovery()
        self.env["aliexpress.listing"]._trigger_job()
        return self.action_view_found()

    def action_view_found(self):
        """Open what was found on AliExpress for the shops."""
        action = self.env["ir.actions.act_window"]._for_xml_id("aliexpress_connector.aliexpress_found_product_action")
        return action | {"domain": [("account_id", "in", self.ids)]}

    def _is_discovery_missing(self):
        """Whether the shop was never looked through, and nobody is at it or was told that it cannot be done."""
        self.ensure_one()
        return not (self.discovered_at or self.discovery_cursor or self.discovery_error)

    @api.model
    def _get_looking(self):
        """The shops that are being looked through, or never were: a product that is created now may be among what is
        not read yet.
        """
        FoundProduct = self.env["aliexpress.found.product"]
        groups = FoundProduct._read_group(FoundProduct._get_awaited_domain(), ["account_id"])
        missing = Domain("discovered_at", "=", False) & Domain("discovery_error", "=", False)
        looking = self.search(Domain("discovery_cursor", "!=", False) | missing)
        return looking.union(*(account for (account,) in groups))

    def _begin_discovery(self):
        """Have the whole list of products of the shops read."""
        self.write(
            {
                "discovery_cursor": f"{STATUSES[0]}:1",
                "discovery_has_news": False,
                "discovery_error": False,
                "discovery_failing_since": False,
            }
        )

    def _discover_pages(self):
        """Read the list of products from where it stands, each page committed; return whether there is time left."""
        return self._walk_products("discovery_cursor", self._take_found_page, self._take_discovery_error)

    def _take_found_page(self, page, status):
        self.discovery_failing_since = False
        if self.env["aliexpress.found.product"]._take_page(self, page, status):
            self.discovery_has_news = True
        if self.discovery_cursor:
            return
        # What is changed meanwhile moves to a page that was read already: all are known once nothing new shows.
        if self.discovery_has_news:
            self._begin_discovery()
        else:
            self.discovered_at = fields.Datetime.now()

    def _take_discovery_error(self, error):
        """Leave the search to the next run, or end it where it would fail again, until a person asks for it; the
        shop's other work goes on. Raises what concerns all of it.
        """
        if error.reason in LIST_REASONS:
            now = fields.Datetime.now()
            self.discovery_failing_since = self.discovery_failing_since or now
            if now - self.discovery_failing_since < READING_PATIENCE:
                return
        elif not isinstance(error, FixError) or error.reason in SHOP_REASONS:
            raise error
        message = describe_error(self._get_message_env(), error, is_by_hand=True)
        self.write({"discovery_cursor": False, "discovery_error": message})
