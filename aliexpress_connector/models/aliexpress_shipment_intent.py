from odoo import api, fields, models
from odoo.fields import Domain


class AliexpressShipment(models.Model):
    """What is going to be declared, written down before AliExpress is called."""

    _inherit = "aliexpress.shipment"

    def _intend(self):
        """Write the intents; what AliExpress knows already, or must not be told, ends here."""
        self.account_id._check_call_budget("tracking")
        for shipment in self.with_env(self.account_id._get_message_env()):
            obstacle = shipment._get_obstacle()
            if obstacle:
                shipment._set_problem(obstacle)
                continue
            intent = shipment._prepare_intent(shipment._get_twins())
            if intent["kind"] == "known":
                shipment._acknowledge(intent)
            else:
                shipment.write({"intent_date": fields.Datetime.now(), "intent": intent})

    def _get_obstacle(self):
        """Why this shipment must not be declared at all (translated text), "" when it may be."""
        order = self.order_id
        if order.is_platform_fulfilled:
            return self.env._(
                "Order %(number)s is shipped by AliExpress' own warehouse: nothing is declared for it.",
                number=order.order_ref,
            )
        if self.sent_tracking_ref or self.tracking_ref in self._get_known_numbers():
            return ""
        if order.stage == "cancelled":
            return self.env._(
                "AliExpress cancelled order %(order)s: number %(number)s was not sent. Do not ship it; if it has left, "
                "get the goods back and return the delivery %(delivery)s.",
                order=order.order_ref,
                number=self.tracking_ref or "-",
                delivery=self.picking_id.name or "-",
            )
        if order._is_shipped_for_aliexpress():
            return self._describe_other_numbers([number for _service, number in order.parcels or []])
        return ""

    def _get_known_numbers(self):
        """The tracking numbers that AliExpress has for the order, as far as is known without asking it."""
        siblings = self.order_id.shipment_ids - self
        numbers = {number for _service, number in self.order_id.parcels or []}
        return (numbers | set(siblings.mapped("sent_tracking_ref"))) - {False, ""}

    def _get_twins(self):
        """Other shipments of the order that travel in this very parcel and are declared with it."""
        return (self.order_id.shipment_ids - self).filtered(
            lambda shipment: (
                shipment.state == "pending"
                and shipment.tracking_ref == self.tracking_ref
                and not (shipment.is_plan_due or shipment.sent_tracking_ref or shipment.intent_date)
            )
        )

    def _prepare_intent(self, twins):
        """The intent (a dict for `intent`) of declaring this shipment together with `twins`."""
        shipments = self | twins
        unfinished = self.order_id._get_unfinished_lines(shipments)
        is_last = not unfinished and all((self.order_id.shipment_ids - shipments).mapped("sent_tracking_ref"))
        kind = self._get_kind(is_last)
        parts = self.order_id.shipment_ids if kind == "complete" else shipments
        lines = parts.line_ids.order_line_id.sorted("sort_index")
        return {
            # What is only to be looked up has no run that could have sent it.
            "run": self.env.context.get("aliexpress_run") if kind != "verify" else "",
            "kind": kind,
            "service_code": self.service_id.code,
            "tracking_ref": self.tracking_ref,
            "old": [self.sent_service_code, self.sent_tracking_ref],
            # A correction changes the number, not how much of the order has left.
            "is_last": is_last if kind in ("declare", "complete") else self.is_last,
            "lines": [[line.sort_index, line not in unfinished] for line in lines],
            "twin_ids": twins.ids,
        }

    def _get_kind(self, is_last):
        """What is to be done about this shipment.

        declare: AliExpress does not know the parcel; correct: it knows another number or carrier; complete: it knows
        the parcel, but not that the order has left entirely; known: nothing; verify: somebody wants to know whether
        AliExpress really has it.
        """
        is_complete = any(self.order_id.shipment_ids.mapped("is_last"))
        must_complete = is_last and self.order_id.stage == "waiting_shipment" and not is_complete
        if not self.sent_tracking_ref:
            if self.tracking_ref not in self._get_known_numbers():
                return "declare"
            return "complete" if must_complete else "known"
        if (self.sent_service_code, self.sent_tracking_ref) != (self.service_id.code, self.tracking_ref):
            return "correct"
        return "complete" if must_complete else "verify"

    @api.model
    def _queue_completions(self):
        """Take up orders of which all has left, but AliExpress was told of parts because more was expected then.

        Only for `_cron_*` methods.
        """
        accounts = self.env["aliexpress.account"]._get_due_domain("sync_shipments")
        domain = Domain("is_part_declared", "=", True) & Domain("account_id", "any", accounts)
        orders = self.env["aliexpress.order"].search(domain)
        over = orders.filtered(lambda order: order._is_shipped_for_aliexpress())
        over.write({"is_part_declared": False})
        for order in orders.filtered(lambda order: order.stage == "waiting_shipment"):
            shipments = order.shipment_ids
            is_declared = all(shipment.state == "sent" for shipment in shipments)
            if is_declared and not order._get_unfinished_lines(self.browse()):
                last = shipments.filtered("service_id").sorted("sent_date")[-1:]
                last.write({"state": "pending", "retry_at": False})
        self.env["ir.cron"]._commit_progress()
