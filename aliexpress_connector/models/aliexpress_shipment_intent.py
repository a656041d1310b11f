from odoo import api, fields, models
from odoo.fields import Domain

from .aliexpress_job_mixin import CONCURRENCY_ERRORS


class AliexpressShipment(models.Model):
    """What is going to be declared, written down before AliExpress is called."""

    _inherit = "aliexpress.shipment"

    def _intend(self):
        """Write the intents; what AliExpress knows already, or must not be told, ends here."""
        self.account_id._check_call_budget("tracking")
        # Which lines are told depends on the shop's family of methods: it is found out first.
        self.account_id._get_client()
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
        if self.sent_tracking_ref:
            # What follows in a parcel that was declared is declared on its own.
            return self.browse()
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
        is_over = not unfinished and all((self.order_id.shipment_ids - shipments).mapped("sent_tracking_ref"))
        added = self._get_added_lines(shipments, unfinished)
        kind = self._get_kind(is_over, added)
        lines = added if kind == "add" else self._get_lines_to_tell(kind, shipments)
        # Where lines are told, AliExpress waits for each of them, also for one that never leaves.
        open_lines = self.order_id._get_own_lines().filtered(lambda line: not line.is_declared) - lines
        is_last = is_over and not (lines and open_lines)
        # What AliExpress did not correct is completed as it has it.
        is_as_sent = kind == "complete" and self.sent_tracking_ref
        return {
            # What is only to be looked up has no run that could have sent it.
            "run": self.env.context.get("aliexpress_run") if kind != "verify" else "",
            "family": self.account_id.family,
            "kind": kind,
            "service_code": self.sent_service_code if is_as_sent else self.service_id.code,
            "tracking_ref": self.sent_tracking_ref if is_as_sent else self.tracking_ref,
            "old": [self.sent_service_code, self.sent_tracking_ref],
            # A correction changes the number, not how much of the order has left.
            "is_last": is_last if kind in ("declare", "add", "complete") else self.is_last,
            "lines": [[line.sort_index, line not in unfinished] for line in lines.sorted("sort_index")],
            "twin_ids": twins.ids,
        }

    def _get_kind(self, is_over, added):
        """What is to be done about this shipment.

        declare: AliExpress does not know the parcel; correct: it knows another number or carrier; add: it knows the
        parcel, but not that these goods are in it; complete: it knows the parcel, but not that the order has left
        entirely; known: nothing; verify: somebody wants to know whether AliExpress really has it.
        """
        shipments = self.order_id.shipment_ids
        is_complete = self.order_id._is_shipped_for_aliexpress() or any(shipments.mapped("is_last"))
        has_more = not self.line_ids or shipments._get_undeclared_lines()
        must_complete = is_over and self.order_id.stage == "waiting_shipment" and not is_complete and has_more
        if not self.sent_tracking_ref:
            if self.tracking_ref not in self._get_known_numbers():
                return "declare"
            if must_complete:
                return "complete"
            return "add" if added and not is_complete else "known"
        is_queued = (self.intent or {}).get("kind") == "complete"
        is_wrong = (self.sent_service_code, self.sent_tracking_ref) != (self.service_id.code, self.tracking_ref)
        if is_wrong and not (must_complete and is_queued):
            return "correct"
        return "complete" if must_complete else "verify"

    def _get_undeclared_lines(self):
        """The child orders in these parcels of which AliExpress was not told that all has left: all, where the shop's
        family tells no lines.
        """
        lines = self.line_ids.order_line_id
        return lines.filtered(lambda line: not line.is_declared) if self.account_id._declares_lines() else lines

    def _get_lines_to_tell(self, kind, shipments):
        """The child orders to tell AliExpress of, where the shop's family tells them: it refuses all of a declaration
        for one that it knows.
        """
        lines = self.line_ids.order_line_id.browse()
        if not self.account_id._declares_lines():
            return lines
        if kind == "complete":
            siblings = self.order_id.shipment_ids
            number = self.sent_tracking_ref or self.tracking_ref
            parcel = shipments | siblings.filtered(lambda shipment: shipment.sent_tracking_ref == number)
            # What other parcels hold is told with them, in the next round.
            return parcel._get_undeclared_lines() or siblings._get_undeclared_lines()
        if kind == "declare":
            # Of a further number for what it knows, AliExpress itself says what it takes.
            return shipments._get_undeclared_lines() or shipments.line_ids.order_line_id
        return lines

    def _get_added_lines(self, shipments, unfinished):
        """The child orders to add to a parcel that AliExpress knows, where the shop's family tells them."""
        if not self.account_id._declares_lines():
            return self.line_ids.order_line_id.browse()
        others = (self.order_id.shipment_ids - shipments).filtered(
            lambda shipment: shipment.sent_tracking_ref == self.tracking_ref
        )
        told = others.line_ids.order_line_id & unfinished
        return shipments._get_undeclared_lines() - told

    def _get_told_lines(self, intent):
        """The child orders that `intent` names."""
        return self._get_lines_at([index for index, _is_complete in intent["lines"]])

    def _get_completed_lines(self, intent):
        """The child orders of which `intent` says that all has left."""
        return self._get_lines_at([index for index, is_complete in intent["lines"] if is_complete])

    def _get_lines_at(self, indexes):
        if not indexes:
            return self.env["aliexpress.order.line"]
        return self.order_id.line_ids.filtered(lambda line: line.sort_index in indexes)

    @api.model
    def _queue_completions(self):
        """Take up orders of which all has left, but AliExpress was told of parts because more was expected then; also
        where it refused to correct a parcel that it knows.

        Only for `_cron_*` methods.
        """
        Account = self.env["aliexpress.account"]
        for account in Account.search(Account._get_due_domain("sync_shipments")):
            try:
                self._queue_completions_of(account)
                self.env["ir.cron"]._commit_progress()
            except CONCURRENCY_ERRORS:  # the orders are being processed: looked at again at the next run
                self.env.cr.rollback()

    @api.model
    def _queue_completions_of(self, account):
        domain = Domain("is_part_declared", "=", True) & Domain("account_id", "=", account.id)
        orders = self.env["aliexpress.order"].search(domain)
        over = orders.filtered(lambda order: order._is_shipped_for_aliexpress())
        over.write({"is_part_declared": False})
        for order in orders.filtered(lambda order: order.stage == "waiting_shipment"):
            shipments = order.shipment_ids
            is_declared = all(shipment._may_be_completed() for shipment in shipments)
            if is_declared and not order._get_unfinished_lines(self.browse()):
                # The kind of intent that comes next, also where another number is wanted.
                intent = {"kind": "complete"}
                shipments._choose_to_complete().write({"state": "pending", "retry_at": False, "intent": intent})

    def _may_be_completed(self):
        """Whether AliExpress knows this parcel, nothing is under way for it, and its completion was not refused."""
        return self.sent_tracking_ref and (self.state == "sent" or (self.state == "error" and not self.intent))

    def _choose_to_complete(self):
        """The one of these shipments with which AliExpress is told that all has left; empty when none can be."""
        able = self.filtered(
            # Where lines are told, it is a parcel that holds what is missing.
            lambda shipment: (
                shipment.service_id
                and shipment.tracking_ref
                and (not shipment.line_ids or shipment._get_undeclared_lines())
            )
        )
        return able.sorted("sent_date").sorted(lambda shipment: shipment.state == "sent")[-1:]
