import uuid
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from ..lib.errors import ALREADY_DECLARED, CARRIER_REFUSED, TRACKING_REFUSED, WRONG_STATUS, AliexpressError, FixError
from ..lib.values import DeclaredParcel, Parcel, ParcelLine
from .error_messages import describe_error

# Intents written down in one transaction. After a crash each of them costs a call to find out what became of it.
ROUND = 20
# How long AliExpress may take to show what it accepted.
CONFIRM_PATIENCE = timedelta(minutes=15)
CONFIRM_PAUSE = timedelta(minutes=5)


class AliexpressShipment(models.Model):
    """How shipments are declared: the intent is committed, then AliExpress is called, then the outcome is stored.

    An intent that this run did not write itself has an unknown outcome: AliExpress is asked what it has before anything is sent.
    """

    _inherit = "aliexpress.shipment"

    # === JOB === #

    @api.model
    def _cron_push_shipments(self):
        """Declare what has left and AliExpress does not know yet, and correct what changed since."""
        has_more = self._plan_deliveries()
        self._queue_completions()
        self._push_round()
        self._run_queue(self._get_confirm_domain(), "_confirm")
        self.env["aliexpress.order"]._ask_about_open_deliveries()
        # The scheduler calls again at once while something is left.
        self.env["ir.cron"]._commit_progress(remaining=self.search_count(self._get_push_domain(), limit=ROUND) + has_more)

    @api.model
    def _push_round(self):
        """Declare up to `ROUND` shipments, at most one of each order: which one is the last depends on those before it."""
        domain = self._get_push_domain()
        groups = self._read_group(domain, ["order_id"], ["id:min"], order="id:min", limit=ROUND)
        domain &= Domain("id", "in", [shipment_id for _order, shipment_id in groups])
        this_run = self.with_context(aliexpress_run=uuid.uuid4().hex)
        this_run._run_queue(domain & Domain("intent_date", "=", False), "_intend", batch_size=ROUND)
        this_run._run_queue(domain & Domain("intent_date", "!=", False), "_declare")

    @api.model
    def _get_push_domain(self):
        is_complete = Domain("service_id", "!=", False) & Domain("tracking_ref", "!=", False) & Domain("is_plan_due", "=", False)
        return (
            self._get_due_domain("sync_shipments")
            & Domain("state", "=", "pending")
            & (is_complete | Domain("intent_date", "!=", False))
        )

    @api.model
    def _get_confirm_domain(self):
        return self._get_due_domain("sync_shipments") & Domain("is_confirm_due", "=", True) & Domain("state", "=", "sent")

    # === INTENT === #

    def _intend(self):
        """Write down what is going to be declared; what AliExpress knows already, or must not be told, ends here."""
        for shipment in self.with_env(self.account_id._get_message_env()):
            obstacle = shipment._get_obstacle()
            if obstacle:
                shipment._set_problem(obstacle)
                continue
            twins = shipment._get_twins()
            intent = shipment._prepare_intent(twins)
            if intent["kind"] == "known":
                shipment._acknowledge(intent)
            else:
                shipment.write({"intent_date": fields.Datetime.now(), "intent": intent})

    def _get_obstacle(self):
        """Why this shipment must not be declared at all (translated text), "" when it may be."""
        order = self.order_id
        if order.is_platform_fulfilled:
            return self.env._(
                "Order %(number)s is shipped by AliExpress' own warehouse: nothing is declared for it.", number=order.order_ref
            )
        if self.sent_tracking_ref or self.tracking_ref in self._get_known_numbers():
            return ""
        if order.stage in ("shipped", "closed"):
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
            lambda shipment: shipment.state == "pending"
            and not shipment.is_plan_due
            and not shipment.sent_tracking_ref
            and not shipment.intent_date
            and shipment.tracking_ref == self.tracking_ref
        )

    def _prepare_intent(self, twins):
        shipments = self | twins
        unfinished = self.order_id._get_unfinished_lines(shipments)
        others = self.order_id.shipment_ids - shipments
        is_last = not unfinished and all(shipment.sent_tracking_ref for shipment in others)
        kind = self._get_kind(is_last)
        if kind == "complete":
            lines = self.order_id.shipment_ids.line_ids.order_line_id
        else:
            lines = shipments.line_ids.order_line_id
        return {
            # What is only to be looked up has no run that could have sent it.
            "run": self.env.context.get("aliexpress_run") if kind != "verify" else "",
            "kind": kind,
            "service_code": self.service_id.code,
            "tracking_ref": self.tracking_ref,
            "old": [self.sent_service_code, self.sent_tracking_ref],
            # A correction changes the number, not how much of the order has left.
            "is_last": is_last if kind in ("declare", "complete") else self.is_last,
            "lines": [[line.sort_index, line not in unfinished] for line in lines.sorted("sort_index")],
            "twin_ids": twins.ids,
        }

    def _get_kind(self, is_last):
        """What is to be done about this shipment.

        declare: AliExpress does not know the parcel; correct: it knows another number or carrier; complete: it knows the parcel but not
        that the order has left entirely; known: nothing; verify: somebody wants to know whether AliExpress really has it.
        """
        order = self.order_id
        must_complete = is_last and order.stage == "waiting_shipment" and not any(order.shipment_ids.mapped("is_last"))
        if not self.sent_tracking_ref:
            if self.tracking_ref not in self._get_known_numbers():
                return "declare"
            return "complete" if must_complete else "known"
        if (self.sent_service_code, self.sent_tracking_ref) != (self.service_id.code, self.tracking_ref):
            return "correct"
        return "complete" if must_complete else "verify"

    @api.model
    def _queue_completions(self):
        """Take up orders of which everything has left, but AliExpress was told of parts only because more was expected then."""
        accounts = self.env["aliexpress.account"]._get_due_domain("sync_shipments")
        orders = self.env["aliexpress.order"].search(Domain("is_part_declared", "=", True) & Domain("account_id", "any", accounts))
        over = orders.filtered(lambda order: order.stage in ("shipped", "closed", "cancelled"))
        over.write({"is_part_declared": False})
        for order in orders.filtered(lambda order: order.stage == "waiting_shipment"):
            shipments = order.shipment_ids
            if all(shipment.state == "sent" for shipment in shipments) and not order._get_unfinished_lines(self.browse()):
                shipments.filtered("service_id").sorted("sent_date")[-1:].write({"state": "pending", "retry_at": False})
        self.env["ir.cron"]._commit_progress()

    # === CALL === #

    def _declare(self):
        """Do what the intent says, or find out what became of it. Raises the errors that concern the shop or pass by themselves."""
        self.ensure_one()
        shipment = self.with_env(self.account_id._get_message_env())
        client = shipment.account_id._get_client()
        intent = shipment.intent
        if intent["run"] != self.env.context.get("aliexpress_run"):
            shipment._read_intent_back(client, intent)
            return
        problem = shipment._get_number_problem(intent)
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
        carrier = self.picking_id.carrier_id or self.order_id.sale_order_id.carrier_id
        website = carrier._aliexpress_get_tracking_page(intent["tracking_ref"]) or self.account_id.tracking_website or ""
        parcel = Parcel(
            order_ref=self.order_id.order_ref,
            service_code=intent["service_code"],
            tracking_ref=intent["tracking_ref"],
            is_last=intent["is_last"],
            tracking_website=website if not service or service._is_other() else "",
            actual_carrier=(carrier.name or service.name or "") if not service or service._is_other() else "",
            lines=tuple(ParcelLine(*line) for line in intent["lines"]) if client.declares_lines else (),
        )
        if intent["kind"] == "correct":
            client.correct_parcel(DeclaredParcel(*intent["old"]), parcel)
        else:
            client.declare_parcel(parcel)

    def _get_intended_service(self, intent):
        return self.service_id.search([("account_id", "=", self.account_id.id), ("code", "=", intent["service_code"])], limit=1)

    def _get_number_problem(self, intent):
        """Why AliExpress would refuse the number anyway (translated text), "" when it may be sent."""
        service = self._get_intended_service(intent)
        if not service or service._accepts(intent["tracking_ref"]):
            return ""
        return self.env._(
            "%(number)s is not a tracking number of %(carrier)s, whose numbers look like %(pattern)s. Correct the number or the delivery "
            "method on the delivery.",
            number=intent["tracking_ref"],
            carrier=service.name,
            pattern=service.tracking_regex,
        )

    def _read_intent_back(self, client, intent):
        """Find out whether AliExpress took what was sent; if not, forget the intent, so that the next round sends it."""
        is_known = intent["kind"] != "complete" and self._is_known(client.list_parcels(self.order_id.order_ref), intent)
        if is_known:
            self._acknowledge(intent)
            return
        values = {"intent": False, "intent_date": False}
        if intent["kind"] == "verify":
            values |= {"sent_tracking_ref": False, "sent_service_code": False, "sent_date": False, "is_last": False}
        self.write(values)

    @api.model
    def _is_known(self, parcels, intent):
        """Whether these `DeclaredParcel`s hold what `intent` wanted. AliExpress may name the carrier differently, the number never."""
        return any(
            parcel.tracking_ref == intent["tracking_ref"]
            and (intent["kind"] != "correct" or intent["old"][1] != parcel.tracking_ref or parcel.service_code == intent["service_code"])
            for parcel in parcels
        )

    # === OUTCOME === #

    def _acknowledge(self, intent):
        """Store that AliExpress has what `intent` says; what the delivery wants otherwise by now is to be corrected."""
        for shipment in self | self.browse(intent["twin_ids"]).exists():
            is_wanted = (shipment.service_id.code, shipment.tracking_ref) == (intent["service_code"], intent["tracking_ref"])
            is_new = intent["kind"] in ("declare", "correct", "complete")
            values = {
                "state": "sent" if is_wanted else "pending",
                "error": False,
                "retry_at": False,
                "intent": False,
                "intent_date": False,
                "sent_date": not is_new and shipment.sent_date or fields.Datetime.now(),
                "sent_service_code": intent["service_code"],
                "sent_tracking_ref": intent["tracking_ref"],
                "is_last": intent["is_last"],
                "is_confirm_due": is_new,
            }
            if shipment.sent_tracking_ref and not shipment.tracking_ref:
                values |= shipment._prepare_plan_state("", shipment.service_id, "")
            shipment.write(values)
        self.order_id.is_part_declared = not any(self.order_id.shipment_ids.mapped("is_last"))
        self._unschedule_problems()

    def _handle_refusal(self, client, intent, error):
        """React to what AliExpress refused; raises `error` again where a reaction is not for this shipment to find."""
        if error.reason == ALREADY_DECLARED:
            parcels = client.list_parcels(self.order_id.order_ref)
            if self._is_known(parcels, intent):
                self._acknowledge(intent | {"is_last": True})
            else:
                self._refresh_order()
                self._set_problem(self._describe_other_numbers([parcel.tracking_ref for parcel in parcels]))
        elif error.reason in (TRACKING_REFUSED, CARRIER_REFUSED):
            self._fall_back(self._describe_refusal(intent, error))
        elif error.reason == WRONG_STATUS:
            self._refresh_order()
            message = self.env._(
                "AliExpress takes no shipment for order %(number)s in its status %(status)s. Look at the order; send again when it can be "
                "shipped.",
                number=self.order_id.order_ref,
                status=self.order_id.status or "-",
            )
            self._set_problem(message)
        else:
            raise error

    def _fall_back(self, problem):
        """Take the carrier that takes everything, for the next round; show `problem` (translated text) where there is none."""
        fallback = self._get_fallback()
        if not fallback:
            self._set_problem(problem)
            return
        self.write(
            {"service_id": fallback.id, "refused_service_id": self.service_id.id, "intent": False, "intent_date": False}
        )

    def _refresh_order(self):
        try:
            self.order_id._refresh_from_aliexpress()
        except AliexpressError:
            # What it would tell is for people to see; the shipment's own problem is shown either way.
            self.order_id.is_detail_due = True

    def _get_fallback(self):
        """The carrier for parcels that AliExpress does not take under their own, where the shop allows it; else empty."""
        account = self.account_id
        if not account.is_fallback_allowed or self.service_id._is_other():
            return self.service_id.browse()
        origin = self._get_origin_country()
        reach = "LOCAL" if self.order_id._get_destination_code() == origin.code else "OVERSEAS"
        # AliExpress is not of one mind about the British code.
        codes = [f"OTHER_{code}_{reach}" for code in (("GB", "UK") if origin.code == "GB" else (origin.code,))]
        return self.service_id.search([("account_id", "=", account.id), ("code", "in", codes)], limit=1)

    def _get_origin_country(self):
        """The country the parcel is sent from: the warehouse's, or the vendor's who ships directly."""
        picking = self.picking_id
        if picking.location_id.usage == "supplier" and picking.partner_id.country_id:
            return picking.partner_id.country_id
        warehouse = picking.picking_type_id.warehouse_id or self.account_id.warehouse_id
        return warehouse.partner_id.country_id or self.company_id.country_id

    def _describe_refusal(self, intent, error):
        message = self.env._(
            "Number %(number)s with carrier %(carrier)s:", number=intent["tracking_ref"], carrier=self.service_id.name or intent["service_code"]
        )
        return f"{message} {describe_error(self.env, error)}"

    def _describe_other_numbers(self, numbers):
        return self.env._(
            "AliExpress has order %(order)s as shipped with %(numbers)s already, not with %(number)s. Nothing was sent. Correct the number "
            "here, or in the seller centre and then send again.",
            order=self.order_id.order_ref,
            numbers=", ".join(filter(None, numbers)) or self.env._("no number"),
            number=self.tracking_ref or "-",
        )

    # === READ BACK === #

    def _confirm(self):
        """Look once whether AliExpress shows what it accepted; what it does not show after a while is a problem to see."""
        self.ensure_one()
        shipments = self.order_id.shipment_ids.filtered(lambda shipment: shipment.is_confirm_due and shipment.state == "sent")
        client = self.account_id._get_client()
        known = {parcel.tracking_ref for parcel in client.list_parcels(self.order_id.order_ref)}
        shipments.filtered(lambda shipment: shipment.sent_tracking_ref in known).write(
            {"is_confirm_due": False, "error": False, "retry_at": False}
        )
        if self.sent_tracking_ref in known:
            return
        now = fields.Datetime.now()
        if self.sent_date > now - CONFIRM_PATIENCE:
            self.retry_at = now + CONFIRM_PAUSE
            return
        message = self.with_env(self.account_id._get_message_env()).env._(
            "AliExpress accepted number %(number)s for order %(order)s but does not show it. Look in the seller centre, or send again.",
            number=self.sent_tracking_ref,
            order=self.order_id.order_ref,
        )
        self._set_problem(message)
        self.is_confirm_due = False
