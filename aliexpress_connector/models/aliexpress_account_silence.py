from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_datetime


class AliexpressAccount(models.Model):
    """Silence: a flow of a shop that should have worked and did not for hours."""

    _inherit = "aliexpress.account"

    silence_hours = fields.Integer(
        string="Silence Alarm (hours)",
        default=6,
        help="The responsible person is told when the shop's orders could not be read, or something to send was not "
        "sent, for so long. 0 tells nothing.",
    )
    connected_date = fields.Datetime(readonly=True, copy=False, help="When the shop was last connected.")
    orders_success_date = fields.Datetime(
        string="Orders Last Read", readonly=True, copy=False, help="When AliExpress last listed the changes of orders."
    )
    silence_warning = fields.Text(compute="_compute_silence_warning", help="Flows that stand still.")

    def _compute_silence_warning(self):
        for account in self:
            account.silence_warning = "\n".join(account._get_silences()) or False

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        """Override to note since when a shop should be working."""
        now = fields.Datetime.now()
        return super().create(
            [{"connected_date": now} | vals if vals.get("state") == "connected" else vals for vals in vals_list]
        )

    def write(self, vals):
        """Override to note since when a shop should be working."""
        if vals.get("state") == "connected":
            vals = {"connected_date": fields.Datetime.now()} | vals
        return super().write(vals)

    # === SILENCE === #

    def _get_silences(self):
        """Translated texts, one for each flow of this shop that stands still for longer than allowed."""
        self.ensure_one()
        limit = fields.Datetime.now() - timedelta(hours=self.silence_hours)
        since = self.connected_date or self.create_date
        if self.silence_hours <= 0 or self.state != "connected" or not self.active or since > limit:
            return []
        flows = {
            "sync_orders": [
                self._describe_order_silence(limit),
                self._describe_reading_silence(limit),
                self._describe_processing_silence(limit),
            ],
            "sync_shipments": [self._describe_shipment_silence(limit)],
            "sync_listings": [self._describe_listing_silence(limit)],
            "sync_offers": [self._describe_offer_silence(limit)],
        }
        texts = [text for flow, found in flows.items() if self[flow] for text in found if text]
        if texts and self.error:
            texts.append(self.env._("The last problem was: %(error)s", error=self.error))
        return texts

    def _describe_order_silence(self, limit):
        last = self.orders_success_date
        if last and last > limit:
            return ""
        return self.env._(
            "The orders of the shop %(name)s could not be read since %(date)s. See the error on the shop; without one, "
            "ask your administrator whether scheduled actions run.",
            name=self.name,
            date=self._format_time(last),
        )

    def _describe_reading_silence(self, limit):
        # Each attempt writes the order: since when it waits is told by AliExpress' list.
        is_unread = Domain("account_id", "=", self.id) & Domain("is_detail_due", "=", True)
        is_old = Domain("list_update_date", "=", False) | Domain("list_update_date", "<", limit)
        waiting = is_unread & Domain("error", "!=", False) & Domain("create_date", "<", limit) & is_old
        count = self.env["aliexpress.order"].search_count(waiting)
        if not count:
            return ""
        return self.env._(
            "%(count)s orders of the shop %(name)s could not be read for more than %(hours)s hours. See why in "
            "AliExpress > Orders, and look at them in the seller centre: orders that are not shipped in time are "
            "refunded.",
            count=count,
            name=self.name,
            hours=self.silence_hours,
        )

    def _describe_processing_silence(self, limit):
        is_untouched = Domain("account_id", "=", self.id) & Domain("write_date", "<", limit)
        count = self.env["aliexpress.order"].search_count(is_untouched & Domain("state", "=", "pending"))
        if not count:
            return ""
        return self.env._(
            "%(count)s orders of the shop %(name)s wait for more than %(hours)s hours to be processed. Ask your "
            "administrator whether the scheduled action AliExpress: process orders runs.",
            count=count,
            name=self.name,
            hours=self.silence_hours,
        )

    def _describe_shipment_silence(self, limit):
        Shipment = self.env["aliexpress.shipment"]
        of_shop = Domain("account_id", "=", self.id)
        waiting = of_shop & Domain("state", "=", "pending") & Domain("create_date", "<", limit)
        waiting &= Domain("service_id", "!=", False) & Domain("tracking_ref", "!=", False)
        count = Shipment.search_count(waiting)
        if not count:
            return ""
        [(last,)] = Shipment._read_group(of_shop, [], ["sent_date:max"])
        if last and last > limit:
            return ""
        return self.env._(
            "%(count)s shipments of the shop %(name)s could not be declared for more than %(hours)s hours. Look at "
            "them in AliExpress > Orders > Shipments: orders that are not declared in time are refunded.",
            count=count,
            name=self.name,
            hours=self.silence_hours,
        )

    def _describe_listing_silence(self, limit):
        Listing = self.env["aliexpress.listing"]
        of_shop = Domain("account_id", "=", self.id)
        waiting = of_shop & Domain("state", "=", "pending") & Domain("write_date", "<", limit)
        count = Listing.search_count(waiting)
        if not count or Listing.search_count(of_shop & Domain("compared_at", ">", limit), limit=1):
            return ""
        return self.env._(
            "%(count)s listings of the shop %(name)s were not taken up for more than %(hours)s hours. Look at them in "
            "AliExpress > Catalogue > Listings.",
            count=count,
            name=self.name,
            hours=self.silence_hours,
        )

    def _describe_offer_silence(self, limit):
        last = self.env["aliexpress.offer.comparison"].search([("account_id", "=", self.id)]).looked_until
        is_compared = last > limit if last else not self._has_offers(limit)
        if is_compared and not self._has_stuck_offers(limit):
            return ""
        return self.env._(
            "Prices and stock of the shop %(name)s could not be brought in line for more than %(hours)s hours. Look at "
            "AliExpress > Catalogue > Prices and Stock: what is sold out may still be offered.",
            name=self.name,
            hours=self.silence_hours,
        )

    def _has_offers(self, limit):
        """Whether there are listings since before `limit` whose prices and stock are to be compared."""
        listings = self.env["aliexpress.listing"]
        domain = listings._get_offered_domain() & Domain("account_id", "=", self.id) & Domain("create_date", "<", limit)
        # AliExpress takes no offers from general sellers through the methods known to us.
        return self.family != "general" and bool(listings.search_count(domain, limit=1))

    def _has_stuck_offers(self, limit):
        """Whether SKUs are due whose listing shows an error, and AliExpress took no offer at all since `limit`."""
        Sku = self.env["aliexpress.listing.sku"]
        of_shop = Domain("account_id", "=", self.id)
        is_due = Domain("is_quantity_due", "=", True) | Domain("is_price_due", "=", True)
        if not Sku.search_count(of_shop & is_due & Domain("listing_id.error", "!=", False), limit=1):
            return False
        Sku.flush_model(["account_id", "quantity_date", "price_date"])
        [(last,)] = self.env.execute_query(
            SQL(
                "SELECT MAX(GREATEST(quantity_date, price_date)) FROM aliexpress_listing_sku WHERE account_id = %s",
                self.id,
            )
        )
        return not last or last <= limit

    def _format_time(self, moment):
        """`moment` (naive UTC or False) for people: in the responsible person's language and time zone."""
        if not moment:
            return self.env._("the beginning")
        return format_datetime(self.env, moment, tz=self.user_id.tz or "UTC")
