import math

from odoo import fields, models

from ..lib.errors import BUDGET, TransientError

LONGEST_PAUSE = 900
NO_LIMIT = 1000000
# Part of a day's calls that each kind of work leaves to what is more urgent. What leaves nothing is never stopped here:
# an order not seen, or a parcel not declared in time, costs more than calls that AliExpress refuses. Neither of the two
# waits for the other: they are few beside the rest, and a shop needs both.
RESERVED = {"orders": 0.0, "tracking": 0.0, "stock": 0.2, "price": 0.3, "content": 0.4}


class AliexpressAccount(models.Model):
    """How many calls a shop may make in a day, and for what they are kept when they get short."""

    _inherit = "aliexpress.account"

    call_budget = fields.Integer(
        string="Calls per Day",
        help="When a day's calls get short, products wait first, then prices, then stock, until midnight in Beijing, "
        "so that orders and tracking numbers still go through. 0 sets no limit.",
    )
    call_count_today = fields.Integer(
        string="Calls Today",
        compute="_compute_call_count_today",
        help="How often Odoo called AliExpress for this shop today. A day begins at midnight in Beijing.",
    )

    def _compute_call_count_today(self):
        Count = self.env["aliexpress.call.count"]
        groups = Count._read_group(
            [("account_id", "in", self.ids), ("date", "=", Count._get_today())], ["account_id"], ["count:sum"]
        )
        totals = {account.id: total for account, total in groups}
        for account in self:
            account.call_count_today = totals.get(account.id, 0)

    def _has_call_budget(self, kind):
        """Whether `kind` of work (a key of RESERVED) may call today: what it leaves is kept for more urgent work."""
        return self._get_calls_left(kind) > 0

    def _get_calls_left(self, kind):
        """How many calls `kind` of work (a key of RESERVED) may still make today; more than any job makes where there
        is no limit.
        """
        self.ensure_one()
        if not self.call_budget or not RESERVED[kind]:
            return NO_LIMIT
        self.invalidate_recordset(["call_count_today"])
        return max(math.ceil(self.call_budget * (1 - RESERVED[kind])) - self.call_count_today, 0)

    def _check_call_budget(self, kind):
        """Raise TransientError(BUDGET) when `kind` of work (a key of RESERVED) must not call today any more."""
        if not self._has_call_budget(kind):
            seconds = self.env["aliexpress.call.count"]._get_seconds_left()
            # Waiting is written on the record, and its more urgent work must not wait with it until midnight.
            raise TransientError(BUDGET, retry_after=min(seconds, LONGEST_PAUSE))

    def action_open_call_counts(self):
        """Open the calls of this shop."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id("aliexpress_connector.aliexpress_call_count_action")
        return action | {"domain": [("account_id", "=", self.id)]}
