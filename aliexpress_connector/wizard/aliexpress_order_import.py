import re
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_datetime

from ..lib.errors import NOT_FOUND, FixError
from ..models.error_messages import describe_error, told_at_once


class AliexpressOrderImport(models.TransientModel):
    """Imports orders by hand: by their numbers, or by the days they were placed on. Safe to repeat."""

    _name = "aliexpress.order.import"
    _description = "Import AliExpress Orders"

    account_id = fields.Many2one(
        "aliexpress.account",
        string="Shop",
        required=True,
        domain=[("state", "=", "connected")],
        default=lambda self: self.env["aliexpress.account"].search([("state", "=", "connected")], limit=1),
        help="The shop that the orders were placed in.",
    )
    mode = fields.Selection(
        [("number", "By number"), ("date", "By date")],
        required=True,
        default="number",
        help="Which orders are read: those with the numbers you enter, or all that were placed in a time.",
    )
    numbers = fields.Text(string="Order Numbers", help="One or several, separated by spaces, commas or lines.")
    date_start = fields.Datetime(
        string="Placed From",
        default=lambda self: fields.Datetime.now() - timedelta(days=7),
        help="Orders placed before this time are left out. It may lie before the shop's Orders From.",
    )
    date_end = fields.Datetime(
        string="Placed Until", default=fields.Datetime.now, help="Orders placed after this time are left out."
    )
    standstill = fields.Text(compute="_compute_standstill", help="Why the orders are stored, but not worked on.")

    @api.depends("account_id")
    def _compute_standstill(self):
        for wizard in self:
            wizard.standstill = wizard.account_id and wizard.account_id._describe_standstill("sync_orders") or False

    def action_import(self):
        """Import and show the orders (by number), or say how many are on their way (by date). Raises UserError with
        the reason.
        """
        self.account_id.check_access("read")
        # The inbox is written by jobs; whoever may see the shop may ask for its orders.
        account = self.account_id.sudo()
        with told_at_once(self.env):
            if self.mode == "number":
                return self._import_numbers(account)
            return self._import_dates(account)

    def _import_numbers(self, account):
        numbers = list(dict.fromkeys(re.findall(r"\d+", self.numbers or "")))
        if not numbers:
            raise UserError(
                self.env._("Enter at least one AliExpress order number: digits only, as the seller centre shows it.")
            )
        Order = self.env["aliexpress.order"].sudo()
        orders = Order.concat(*(self._import_number(Order, account, number) for number in numbers))
        action = self.env["ir.actions.act_window"]._for_xml_id("aliexpress_connector.aliexpress_order_action")
        return action | {"domain": [("id", "in", orders.ids)], "context": {}}

    def _import_number(self, orders, account, number):
        try:
            return orders._import_by_number(account, number)
        except FixError as error:
            if error.reason != NOT_FOUND:
                # The reason is translated, and says what to do.
                message = f"{number}: {describe_error(self.env, error, is_by_hand=True)}"
                raise UserError(message) from error
            raise UserError(
                self.env._(
                    "AliExpress does not know the order %(number)s in the shop %(shop)s. Check the number and the shop "
                    "in the seller centre.",
                    number=number,
                    shop=account.name,
                )
            ) from error

    def _import_dates(self, account):
        if not self.date_start or not self.date_end or self.date_start >= self.date_end:
            raise UserError(
                self.env._(
                    "Change Placed From or Placed Until: %(start)s does not lie before %(end)s.",
                    start=format_datetime(self.env, self.date_start) or "-",
                    end=format_datetime(self.env, self.date_end) or "-",
                )
            )
        count = self.env["aliexpress.order"].sudo()._import_by_date(account, self.date_start, self.date_end)
        message = self.env._("%(count)s orders found. They appear in the list within a minute.", count=count)
        if not count:
            message = self.env._("No order of the shop was placed in this time.")
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": message,
                "type": "success" if count else "info",
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
