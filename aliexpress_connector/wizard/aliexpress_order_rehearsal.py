from datetime import timedelta

from odoo import Command, fields, models
from odoo.exceptions import UserError

from ..lib.errors import AliexpressError
from ..models.error_messages import describe_error, told_at_once

# So many details are read while somebody waits for the answer.
MOST_ORDERS = 50
OUTCOMES = [
    ("order", "Becomes a sale order"),
    ("quotation", "Becomes a quotation"),
    ("hold", "Waits on hold"),
    ("none", "Stays in the list"),
]
# What the actions of the status map come down to for somebody who reads the rehearsal.
OUTCOME_OF_ACTION = {"draft": "quotation", "confirm": "order", "ship": "order", "close": "order", "hold": "hold"}


class AliexpressOrderRehearsal(models.TransientModel):
    """The import of a shop's last orders, shown and not done: nothing is stored in Odoo, nothing sent to AliExpress."""

    _name = "aliexpress.order.rehearsal"
    _description = "AliExpress Order Rehearsal"

    account_id = fields.Many2one(
        "aliexpress.account",
        string="Shop",
        required=True,
        ondelete="cascade",
        help="The shop whose import of orders is rehearsed.",
    )
    days = fields.Integer(string="Days Back", default=7, help="Orders placed in so many days are looked at.")
    line_ids = fields.One2many("aliexpress.order.rehearsal.line", "rehearsal_id", string="Orders", readonly=True)
    is_done = fields.Boolean(readonly=True)
    left_out_count = fields.Integer(readonly=True, help="Older orders of these days that were not looked at.")
    too_old_count = fields.Integer(
        readonly=True, help="Orders placed before the first day from which the shop imports."
    )

    def action_rehearse(self):
        """Read the orders and show what the import would make of each. Raises UserError when AliExpress refuses."""
        self.ensure_one()
        self.account_id.check_access("write")
        if not 0 < self.days <= 30:
            raise UserError(self.env._("Choose between 1 and 30 days."))
        # The inbox is written by jobs only; whatever is written here is undone below.
        orders = self.env["aliexpress.order"].sudo()
        savepoint = self.env.cr.savepoint()
        try:
            with told_at_once(self.env):
                values, left_out = self._rehearse(orders, self.account_id.sudo())
        finally:
            savepoint.close(rollback=True)
        lines = [Command.clear(), *map(Command.create, values)]
        start_date = self.account_id.order_start_date
        too_old = [line for line in values if start_date and line["order_date"] and line["order_date"] < start_date]
        self.write({"line_ids": lines, "left_out_count": left_out, "too_old_count": len(too_old), "is_done": True})
        self.account_id.rehearsed_at = fields.Datetime.now()
        return self._get_records_action(name=self.env._("Rehearse the Import of Orders"), target="new", context={})

    def _rehearse(self, orders, account):
        """(values of the lines, count of orders left out); fills the inbox, which the caller undoes."""
        client = account._get_client()
        rows = self._list_orders(client)
        read = rows[:MOST_ORDERS]
        results = orders._call_details(client, [row.order_ref for row in read])
        values = []
        for row in read:
            result = results.get(row.order_ref)
            if isinstance(result, AliexpressError):
                values.append(self._prepare_unreadable(row, result))
            elif result:
                order = orders.search([("account_id", "=", account.id), ("order_ref", "=", row.order_ref)])
                order = order or orders.create({"account_id": account.id, "order_ref": row.order_ref})
                order._store_details({order: result})
                values.append(self._prepare_line(order))
        return values, len(rows) - len(read)

    def _list_orders(self, client):
        """The `OrderRow`s of the last days, newest first."""
        end = fields.Datetime.now() + timedelta(seconds=1)
        start = end - timedelta(days=self.days)
        rows = {}
        for finished in (False, True):
            number, count = 1, 1
            while number <= count and len(rows) < 10 * MOST_ORDERS:
                page = client.list_orders(start, end, page=number, finished=finished, by="created")
                rows |= {row.order_ref: row for row in page.rows}
                number, count = number + 1, page.page_count
        return sorted(rows.values(), key=lambda row: row.created_at or start, reverse=True)

    def _prepare_line(self, order):
        rows = self.env["aliexpress.order.status"].sudo()._get_rows({order.status})
        reason = order._evaluate_holds()[order]
        outcome = "hold" if reason else OUTCOME_OF_ACTION.get(order._get_action(rows), "none")
        return {
            "order_ref": order.order_ref,
            "order_date": order.order_date,
            "buyer_name": order.buyer_name or order.buyer_ref,
            "stage": order.stage,
            "products": self._describe_products(order),
            "currency_id": order.currency_id.id,
            "amount_total": order.amount_total,
            "outcome": outcome,
            "reason": reason,
        }

    def _describe_products(self, order):
        return ", ".join(
            f"{line.quantity:g} × {line.product_id.display_name or line.name or line.sku_code}"
            for line in order.line_ids.filtered("quantity")
        )

    def _prepare_unreadable(self, row, error):
        return {
            "order_ref": row.order_ref,
            "order_date": row.created_at or False,
            "outcome": "hold",
            "reason": describe_error(self.env, error),
        }


class AliexpressOrderRehearsalLine(models.TransientModel):
    """What would become of one order."""

    _name = "aliexpress.order.rehearsal.line"
    _description = "AliExpress Rehearsed Order"
    _order = "order_date desc, id"
    _rec_name = "order_ref"

    rehearsal_id = fields.Many2one("aliexpress.order.rehearsal", required=True, ondelete="cascade")
    order_ref = fields.Char(string="Order Number")
    order_date = fields.Datetime(string="Placed On")
    buyer_name = fields.Char(string="Buyer")
    stage = fields.Selection(selection=lambda self: self.env["aliexpress.order.status"]._fields["stage"].selection)
    products = fields.Char()
    currency_id = fields.Many2one("res.currency")
    amount_total = fields.Monetary(string="Total")
    outcome = fields.Selection(OUTCOMES, string="What Happens", help="What the import would make of this order.")
    reason = fields.Text(string="Why on Hold")
