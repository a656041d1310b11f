import uuid
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from ..lib.errors import FixError, looking
from ..lib.values import DeclaredParcel, Parcel, ParcelLine
from .parallel_calls import THREADS, call_each

# Intents written down in one transaction. After a crash each of them costs a call to find out what became of it.
ROUND = 20
# Declarations that a second of a run is enough for, with a slow AliExpress.
SENT_A_SECOND = 2
# How long AliExpress may take to show what it accepted, and how often it is looked at meanwhile.
CONFIRM_PATIENCE = timedelta(minutes=15)
CONFIRM_PAUSE = timedelta(minutes=5)


class AliexpressShipment(models.Model):
    """How shipments are declared: the intent is committed, then AliExpress is called, then the outcome is stored.

    An intent that this run did not write itself has an unknown outcome: AliExpress is asked what it has before
    anything is sent.
    """

    _inherit = "aliexpress.shipment"

    # === JOB === #

    @api.model
    def _cron_push_shipments(self):
        """Declare what has left and AliExpress does not know yet, and correct what changed since."""
        has_more = self._plan_deliveries()
        self._queue_completions()
        self._push_round()
        self._run_queue(self._get_confirm_domain(), "_confirm", batch_size=THREADS)
        remaining = self.search_count(self._get_push_domain(), limit=ROUND) + has_more
        if not remaining:
            self.env["aliexpress.order"]._ask_about_open_deliveries()
        # The scheduler calls again at once while something is left.
        remaining += self.search_count(self._get_confirm_domain(), limit=ROUND)
        self.env["ir.cron"]._commit_progress(remaining=remaining)

    @api.model
    def _push_round(self):
        """Declare up to `ROUND` shipments, one of each order: which one is the last depends on those before it.

        What is written down is sent in the same run, so a run that ends soon takes up few.
        """
        domain = self._get_push_domain()
        seconds_left = self.env["ir.cron"]._commit_progress()
        limit = int(min(ROUND, 1 + seconds_left * SENT_A_SECOND))
        groups = self._read_group(domain, ["order_id"], ["id:min"], order="id:min", limit=limit)
        domain &= Domain("id", "in", [shipment_id for _order, shipment_id in groups])
        this_run = self.with_context(aliexpress_run=uuid.uuid4().hex)
        this_run._run_queue(domain & Domain("intent_date", "=", False), "_intend", batch_size=ROUND)
        # What is left over costs another run a call each: an intent that is not its own may have been sent.
        this_run._run_queue(domain & Domain("intent_date", "!=", False), "_declare", ignores_time=True)

    @api.model
    def _get_push_domain(self):
        has_all = Domain("service_id", "!=", False) & Domain("tracking_ref", "!=", False)
        # What became of another parcel of the order is found out first: it may be this very one.
        is_open = Domain("shipment_ids", "any", Domain("intent_date", "!=", False) & Domain("state", "=", "pending"))
        is_first = Domain("order_id", "not any", is_open)
        is_ready = (has_all & Domain("is_plan_due", "=", False) & is_first) | Domain("intent_date", "!=", False)
        return self._get_due_domain("sync_shipments") & Domain("state", "=", "pending") & is_ready

    @api.model
    def _get_confirm_domain(self):
        is_due = Domain("is_confirm_due", "=", True) & Domain("state", "=", "sent")
        return self._get_due_domain("sync_shipments") & is_due

    # === CALL === #

    def _declare(self):
        """Do what the intent says, or find out what became of it.

        Raises the errors that concern the whole shop or pass by themselves.
        """
        self.ensure_one()
        shipment = self.with_env(self.account_id._get_message_env())
        client = shipment.account_id._get_client()
        intent = shipment.intent
        if intent["run"] != self.env.context.get("aliexpress_run"):
            shipment._read_intent_back(client, intent)
            return
        if intent["family"] != client.name:
            # Found out at another parcel of this run: what is told, and how, is another matter there.
            shipment._withdraw_intents()
            return
        problem = shipment._get_sending_problem(intent)
        if problem:
            shipment._fall_back(problem)
            return
        try:
            shipment._send(client, intent)
        except FixError as error:
            shipment._handle_refusal(client, intent, error)
        else:
            shipment._acknowledge(intent)

    def _send(self, client, intent):
        service = self._get_intended_service(intent)
        website, actual_carrier = self._get_tracking_page(intent) if not service or service._is_other() else ("", "")
        parcel = Parcel(
            order_ref=self.order_id.order_ref,
            service_code=intent["service_code"],
            tracking_ref=intent["tracking_ref"],
            is_last=intent["is_last"],
            tracking_website=website,
            actual_carrier=actual_carrier,
            lines=tuple(ParcelLine(*line) for line in intent["lines"]) if client.declares_lines else (),
        )
        if intent["kind"] == "correct":
            client.correct_parcel(DeclaredParcel(*intent["old"]), parcel)
        else:
            client.declare_parcel(parcel)

    def _get_intended_service(self, intent):
        """The carrier of `intent`, which may not be the one the shipment has by now."""
        domain = [("account_id", "=", self.account_id.id), ("code", "=", intent["service_code"])]
        return self.service_id.with_context(active_test=False).search(domain, limit=1)

    def _get_tracking_page(self, intent):
        """`(address, carrier's name)` with which buyers follow a parcel whose carrier AliExpress does not know."""
        carrier = self.picking_id.carrier_id or self.order_id.sale_order_id.carrier_id
        page = carrier._aliexpress_get_tracking_page(intent["tracking_ref"]) or self.account_id.tracking_website or ""
        return page, carrier.name or self._get_intended_service(intent).name or intent["service_code"]

    def _read_intent_back(self, client, intent):
        """Find out whether AliExpress took what was sent; if not, forget the intent: the next round sends it."""
        parcels = ()
        # What was added to a known number shows nowhere; declared again, AliExpress says that it knows.
        if intent["kind"] not in ("add", "complete"):
            with looking():
                parcels = client.list_parcels(self.order_id.order_ref)
        if self._is_known(parcels, intent):
            self._acknowledge(self._limit_to_shown(intent))
            return
        self._withdraw_intents()
        values = {}
        if intent["kind"] == "verify":
            values |= {"sent_tracking_ref": False, "sent_service_code": False, "sent_date": False, "is_last": False}
            self.line_ids.order_line_id.is_declared = False
        if not self.tracking_ref and self.picking_id:
            # The number was removed from the delivery while it was under way.
            values["is_plan_due"] = True
        self.write(values)

    def _withdraw_intents(self):
        """Forget the intents, which are known not to have reached AliExpress; a completion stays the one that comes
        next.
        """
        for shipment in self.filtered("intent"):
            is_completion = shipment.intent["kind"] == "complete"
            shipment.write({"intent": shipment.intent if is_completion else False, "intent_date": False})

    def _limit_to_shown(self, intent):
        """`intent` as far as AliExpress is known to have it: somebody else may have told it the number, with less."""
        if intent["kind"] != "declare" or not (intent["is_last"] or intent["lines"]):
            return intent
        error = self._refresh_order()
        if error:
            # Until that is known, a second declaration would be one too many.
            with looking():
                raise error
        order = self.order_id
        if order._is_shipped_for_aliexpress():
            return intent
        shown = order._get_lines_shown_shipped().mapped("sort_index")
        return intent | {"is_last": False, "lines": [line for line in intent["lines"] if line[0] in shown]}

    @api.model
    def _is_known(self, parcels, intent):
        """Whether these `DeclaredParcel`s hold what `intent` wanted.

        AliExpress may name the carrier differently, the number never: the carrier counts only where it alone was
        corrected.
        """
        is_same_number = intent["kind"] == "correct" and intent["old"][1] == intent["tracking_ref"]
        return any(
            parcel.tracking_ref == intent["tracking_ref"]
            and (not is_same_number or parcel.service_code == intent["service_code"])
            for parcel in parcels
        )

    def _acknowledge(self, intent):
        """Store that AliExpress has what `intent` says; what the delivery wants otherwise by now is to be corrected."""
        is_new = intent["kind"] in ("declare", "correct", "add", "complete")
        self._get_completed_lines(intent).is_declared = True
        now = fields.Datetime.now()
        for shipment in self | self.browse(intent["twin_ids"]).exists():
            wanted = (shipment.service_id.code, shipment.tracking_ref)
            values = {
                "state": "sent" if wanted == (intent["service_code"], intent["tracking_ref"]) else "pending",
                "error": False,
                "retry_at": False,
                "intent": False,
                "intent_date": False,
                "sent_date": now if is_new else shipment.sent_date or now,
                "sent_service_code": intent["service_code"],
                "sent_tracking_ref": intent["tracking_ref"],
                "is_last": intent["is_last"],
                "is_confirm_due": is_new,
            }
            shipment.write(values)
            if not shipment.tracking_ref:
                # The number was removed from the delivery while it was under way.
                shipment.write(shipment._prepare_plan_state("", shipment.service_id, ""))
        self.order_id.is_part_declared = not any(self.order_id.shipment_ids.mapped("is_last"))
        self._unschedule_problems()

    # === READ BACK === #

    def _confirm(self):
        """Look once, at several orders at once, whether AliExpress shows what it accepted; what it does not show after
        a while is a problem.
        """
        self.account_id._check_call_budget("tracking")
        orders = self.grouped("order_id")
        client = self.account_id._get_client()
        outcomes = call_each(client.list_parcels, [order.order_ref for order in orders])
        answers = self._take_failures(dict(zip(orders.values(), outcomes, strict=True)))
        seen = self.browse()
        for shipments, parcels in answers.items():
            numbers = {parcel.tracking_ref for parcel in parcels}
            seen |= shipments.order_id.shipment_ids.filtered(
                lambda shipment, numbers=numbers: (
                    shipment.is_confirm_due and shipment.state == "sent" and shipment.sent_tracking_ref in numbers
                )
            )
        seen.write({"is_confirm_due": False, "error": False, "retry_at": False})
        seen._unschedule_problems()
        for shipment in self.browse().union(*answers) - seen:
            shipment._look_later()

    def _look_later(self):
        """Wait for what AliExpress accepted but does not show; after a while it is a problem."""
        now = fields.Datetime.now()
        if self.sent_date > now - CONFIRM_PATIENCE:
            self.retry_at = now + CONFIRM_PAUSE
            return
        self.is_confirm_due = False
        message_env = self.account_id._get_message_env()
        self._set_problem(
            message_env._(
                "AliExpress accepted number %(number)s for order %(order)s but does not show it. Look in the seller "
                "centre, or send again.",
                number=self.sent_tracking_ref,
                order=self.order_id.order_ref,
            )
        )
