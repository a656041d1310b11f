from odoo import api, fields, models
from odoo.fields import Domain

# Statuses of the map that want the order in Odoo, in the order of how much they want.
WANTS_SALE_ORDER = {"draft", "confirm", "ship", "hold", "close"}
WANTS_CONFIRMATION = {"confirm", "ship", "close"}
BATCH = 50


class AliexpressOrder(models.Model):
    """How a stored order becomes a sale order, by the status map."""

    _inherit = "aliexpress.order"

    is_return_asked = fields.Boolean(
        readonly=True, copy=False, help="Somebody was asked to get the goods back: once is enough."
    )

    # === JOB === #

    @api.model
    def _cron_process_orders(self):
        """Bring the sale orders in line with what the inbox knows: new ones, changed ones, and those whose hold has
        ended.
        """
        self._answer_cancellations()
        self._read_due_details()
        self._release_holds()
        domain = self._get_process_domain()
        failed = Domain("state", "=", "error") | (Domain("state", "=", "hold") & Domain("error", "!=", False))
        self._run_queue(domain & ~failed, "_process", batch_size=BATCH)
        if not self.search_count(domain & ~failed, limit=1):
            self._retry_failed(domain & failed)

    @api.model
    def _retry_failed(self, domain):
        """Try again what failed, alone: causes are mended elsewhere, and a good batch must not fail with it.

        Those that wait longest come first. What this run has no time for waits for the next: no run follows at once.
        """
        self._run_queue(domain, "_process", order="write_date, id")
        self.env["ir.cron"]._commit_progress(remaining=0)

    @api.model
    def _get_process_domain(self):
        is_due = Domain("state", "in", ("pending", "error")) | Domain("is_process_due", "=", True)
        return (
            self._get_due_domain("sync_orders", calls_gateway=False)
            & is_due
            & Domain("is_detail_due", "=", False)
            & Domain("status", "!=", False)
        )

    def _set_error(self, error):
        """Override to keep holds: they are the sign that a delivery may not leave, and our own failure must not end
        them.
        """
        held = self.filtered(lambda order: order.state == "hold")
        super()._set_error(error)
        held.write({"state": "hold", "is_process_due": True})

    def _process(self):
        """Do for these orders of one shop what the status map says; raises what Odoo refuses."""
        orders = self.with_company(self.company_id)
        rows = self.env["aliexpress.order.status"]._get_rows(set(orders.mapped("status")))
        reasons = orders._evaluate_holds()
        actions = {order: order._get_action(rows) for order in orders}
        new_orders = orders.filtered(
            # Without its currency an order cannot be told in Odoo: it is held until there is one.
            lambda order: not order.sale_order_id and order.currency_id and actions[order] in WANTS_SALE_ORDER
        )
        new_orders._create_sale_orders()
        orders.line_ids._complete_sale_lines()
        # The taxes of what was just made, or completed, may come to another total.
        reasons |= orders.filtered(lambda order: (order.taken_over or {}).get("excess"))._evaluate_holds()
        orders._confirm_sale_orders(actions, reasons)
        orders.filtered(lambda order: actions[order] == "close").sale_order_id.filtered(
            lambda sale_order: sale_order.state == "sale" and not sale_order.locked
        ).action_lock()
        orders.filtered(lambda order: actions[order] == "cancel")._cancel_sale_orders()
        orders._store_outcome(reasons)

    def _confirm_sale_orders(self, actions, reasons):
        confirmed = self.filtered(
            lambda order: (
                actions[order] in WANTS_CONFIRMATION
                and not reasons[order]
                # AliExpress' own warehouse delivers these: a confirmed order would make a delivery of ours.
                and not order.is_platform_fulfilled
                and order.sale_order_id.state in ("draft", "sent")
            )
        ).sale_order_id
        if confirmed:
            products = confirmed.order_line.product_id._aliexpress_without_orderpoint()
            confirmed.with_context(aliexpress_without_orderpoint=frozenset(products.ids)).action_confirm()
            # What was just reserved is gone for the other shops that share the stock.
            self.env["ir.cron"]._aliexpress_wake("ir_cron_push_offers")

    def _store_outcome(self, reasons):
        done = self.filtered(lambda order: not reasons[order])
        values = {"is_process_due": False, "error": False, "retry_at": False}
        done.filtered("hold_reason").hold_reason = False
        done.write(values | {"state": "done"})
        for order in self - done:
            order.with_context(tracking_disable=not order.hold_reason).write(
                values | {"state": "hold", "hold_reason": reasons[order]}
            )
        self._schedule_cancel_activities()

    # === CANCELLED ON ALIEXPRESS === #

    def _cancel_sale_orders(self):
        """Cancel the sale orders of orders that AliExpress cancelled; what has left already becomes a return task."""
        self.filtered(lambda order: order.stage == "closed").stage = "cancelled"
        for order in self:
            sale_order = order.sale_order_id
            if not sale_order or sale_order.state == "cancel":
                continue
            if sale_order.order_line.move_ids.filtered(lambda move: move._aliexpress_has_left()):
                order._schedule_return()
                # What has not left yet does not leave any more.
                sale_order.picking_ids.filtered(
                    lambda picking: picking.state not in ("done", "cancel") and picking.location_id.usage != "customer"
                ).action_cancel()
                continue
            if sale_order.locked:
                sale_order.action_unlock()
            sale_order._action_cancel()
            order._schedule_refund()

    def _schedule_return(self):
        if self.is_return_asked:
            return
        self.is_return_asked = True
        message_env = self.account_id._get_message_env()
        self._schedule_task(
            "aliexpress_connector.mail_activity_type_return",
            summary=message_env._("Get the goods of %(number)s back", number=self.order_ref),
            note=message_env._(
                "AliExpress cancelled order %(number)s after it was delivered from Odoo. Agree the return with the "
                "buyer, then return the delivery of %(sale_order)s and refund what was invoiced.",
                number=self.order_ref,
                sale_order=self.sale_order_id.name,
            ),
        )

    def _schedule_refund(self):
        """Ask for credit notes: Odoo cancels drafts of invoices with the sale order, but what is posted stays."""
        invoices = self.sale_order_id.invoice_ids.filtered(
            lambda invoice: (
                invoice.state == "posted" and invoice.move_type == "out_invoice" and invoice.payment_state != "reversed"
            )
        )
        if not invoices:
            return
        message_env = self.account_id._get_message_env()
        self._schedule_task(
            "aliexpress_connector.mail_activity_type_refund",
            summary=message_env._("Refund the invoice of %(number)s", number=self.order_ref),
            note=message_env._(
                "AliExpress cancelled order %(number)s after it was invoiced in Odoo, and pays nothing for it. Make a "
                "credit note for %(invoices)s.",
                number=self.order_ref,
                invoices=", ".join(invoices.mapped("name")),
            ),
        )
