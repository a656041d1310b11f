from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from .aliexpress_job_mixin import CONCURRENCY_ERRORS
from .record_changes import get_changes

# Deliveries looked at in one transaction.
DELIVERY_BATCH = 500
PLAN_BATCH = 100
# Parcels without a carrier are looked at again after this time: what gives them one wakes them sooner, but an address
# that was corrected, for instance, does not.
CARRIERLESS_PAUSE = timedelta(minutes=15)


class AliexpressShipment(models.Model):
    """How deliveries become shipments: one for each parcel and order, brought in line whenever the delivery changes."""

    _inherit = "aliexpress.shipment"

    @api.model
    def _plan_deliveries(self):
        """Bring the shipments in line with the deliveries that are done; only for `_cron_*` methods. Calls nothing.

        :return: whether there is more than one run looks at
        """
        has_more = False
        try:
            has_more = self._take_deliveries()
            self.env["ir.cron"]._commit_progress()
        except CONCURRENCY_ERRORS:
            self.env.cr.rollback()
        is_due = Domain("is_plan_due", "=", True) & Domain("state", "!=", "error")
        can_work = self._get_due_domain("sync_shipments", calls_gateway=False)
        # Those that were looked at longest ago come first: however many wait, each has its turn.
        order = "is_plan_due DESC, retry_at NULLS FIRST, id"
        domain = can_work & (is_due | self._get_carrierless_domain())
        self._run_queue(domain, "_plan", order=order, batch_size=PLAN_BATCH)
        return has_more or bool(self.search_count(can_work & is_due, limit=1))

    @api.model
    def _get_carrierless_domain(self):
        """Domain of the parcels of deliveries that wait for a carrier."""
        return (
            Domain("state", "=", "pending")
            & Domain("service_id", "=", False)
            & Domain("picking_id", "!=", False)
            & Domain("intent_date", "=", False)
        )

    @api.model
    def _wake_carrierless(self, domain):
        """Have those parcels of `domain` planned within seconds that wait for a carrier."""
        # Who maps carriers, or chooses a delivery method, need not be allowed to change shipments.
        # Nor need they wait for a job that plans these just now: it looks at them again.
        shipments = self.sudo().search(domain & self._get_carrierless_domain()).try_lock_for_update()
        if shipments:
            shipments.write({"is_plan_due": True, "retry_at": False})
            self._trigger_job()

    @api.model
    def _take_deliveries(self):
        """Mark the shipments of deliveries that changed, making a first one where there is none.

        :return: whether there may be more
        """
        accounts = self.env["aliexpress.account"].search(
            self.env["aliexpress.account"]._get_due_domain("sync_shipments", False)
        )
        taken = self.env["stock.picking"]._aliexpress_take_to_reflect(accounts, DELIVERY_BATCH)
        repacked = self.env["stock.picking"]._aliexpress_take_repacked(DELIVERY_BATCH)
        # What came back before it was declared is not declared any more.
        returned = taken.move_ids.origin_returned_move_id.picking_id
        known = self.search([("picking_id", "in", (taken | repacked | returned).ids)])
        known.write({"is_plan_due": True, "retry_at": False})
        known.filtered(lambda shipment: shipment.state == "error").write({"state": "pending"})
        pairs = {(shipment.picking_id, shipment.order_id) for shipment in known}
        self._create_quietly(
            [
                {"order_id": order.id, "picking_id": picking.id, "is_plan_due": True}
                for picking in taken
                for order in picking._aliexpress_get_sent_moves().sale_line_id.order_id.aliexpress_order_id
                if (picking, order) not in pairs and not order.is_platform_fulfilled
            ]
        )
        return len(taken) >= DELIVERY_BATCH or len(repacked) >= DELIVERY_BATCH

    @api.model
    def _create_quietly(self, values_list):
        return self.with_context(tracking_disable=True).create(values_list)

    # === PLAN === #

    def _plan(self):
        """Bring all shipments of these shipments' deliveries in line with what the deliveries are now."""
        records = self.with_env(self.account_id._get_message_env())
        siblings = records.search([("picking_id", "in", records.picking_id.ids)]) | records
        deliveries = siblings.picking_id
        services = self.env["aliexpress.logistics.service"]._get_mapped(siblings.account_id)
        parcels = deliveries._aliexpress_get_parcels()
        line_values = []
        by_delivery = siblings.grouped(lambda shipment: (shipment.picking_id, shipment.order_id))
        for (picking, order), shipments in by_delivery.items():
            line_values += shipments._apply_parcels(
                picking, order, parcels.get((picking, order), []), services[order.account_id]
            )
        self.env["aliexpress.shipment.line"].create(line_values)
        carrierless = self.search(self._get_carrierless_domain() & Domain("picking_id", "in", deliveries.ids))
        carrierless.write({"retry_at": fields.Datetime.now() + CARRIERLESS_PAUSE})

    def _apply_parcels(self, picking, order, parcels, services):
        """Make these shipments, all there are of `order` in the delivery `picking`, those of `parcels`.

        :return: values of the shipment lines to create
        """
        if not parcels and any(self.mapped("sent_tracking_ref")):
            # All of it came back: what was declared stays declared.
            self.is_plan_due = False
            return []
        carrier = picking.carrier_id or order.sale_order_id.carrier_id
        country = order._get_destination_code()
        service = services._choose(carrier, country, order.service_code)
        missing_carrier = "" if service else self._describe_missing_carrier(picking, carrier, order.account_id, country)
        pairs, removed = self._match_parcels(order, parcels)
        line_values = []
        for shipment, parcel in pairs:
            if not shipment:
                shipment = self._create_quietly([{"order_id": order.id, "picking_id": picking.id}])
            shipment._apply_parcel(parcel, service, missing_carrier)
            line_values += shipment._replace_lines(parcel.quantities)
        removed._drop()
        return line_values

    def _match_parcels(self, order, parcels):
        """Which shipment is which parcel: `([(shipment or an empty one, DeliveryParcel), …], shipments left over)`.

        What has the same number stays; the others follow in their order, so that a corrected number stays with its
        shipment.
        """
        left = self
        pairs, changed = [], []
        for parcel in self._select_parcels(order, parcels):
            same = left.filtered(
                lambda shipment, parcel=parcel: shipment.tracking_ref == parcel.tracking_ref and shipment.tracking_ref
            )[:1]
            left -= same
            if same:
                pairs.append((same, parcel))
            else:
                changed.append(parcel)
        for parcel in changed:
            same = left.filtered(lambda shipment, parcel=parcel: shipment.package_id == parcel.package)[:1] or left[:1]
            left -= same
            pairs.append((same, parcel))
        return pairs, left

    def _select_parcels(self, order, parcels):
        """Those of `parcels` that AliExpress is told about."""
        # AliExpress knows the whole order as shipped: there is nothing to tell about goods without a number.
        is_over = order._is_shipped_for_aliexpress() and not any(self.mapped("sent_tracking_ref"))
        has_goods = any(parcel.quantities for parcel in parcels)
        if not has_goods:
            # What the seller added is not told, unless it goes in place of all that was ordered.
            has_other_parcels = (order.shipment_ids - self).line_ids
            if has_other_parcels or order._get_unfinished_lines(order.shipment_ids):
                return []
        return [
            parcel
            for parcel in parcels
            if (parcel.quantities or not has_goods) and (parcel.tracking_ref or not is_over)
        ]

    def _apply_parcel(self, parcel, service, missing_carrier):
        values = {
            "package_id": parcel.package.id,
            "tracking_ref": parcel.tracking_ref or False,
            "is_plan_due": False,
        }
        # After a refusal the parcel goes under another carrier, as long as it is the same parcel.
        if self.refused_service_id and (self.refused_service_id, self.tracking_ref) == (service, parcel.tracking_ref):
            service = self.service_id
        else:
            values["refused_service_id"] = False
        values["service_id"] = service.id
        values |= self._prepare_plan_state(parcel.tracking_ref, service, missing_carrier)
        # What was never declared has no history worth telling.
        self.with_context(tracking_disable=not self.sent_tracking_ref)._write_changes(values)

    def _replace_lines(self, quantities):
        """Drop the lines unless they are `{child order: quantity}`; returns the values of those to create."""
        if {line.order_line_id: line.quantity for line in self.line_ids} == quantities:
            return []
        self.line_ids.unlink()
        return [
            {"shipment_id": self.id, "order_line_id": line.id, "quantity": quantity}
            for line, quantity in quantities.items()
        ]

    def _prepare_plan_state(self, tracking_ref, service, missing_carrier):
        if self.intent_date:
            # Only when it is known what AliExpress has, can be told what is missing.
            return {"state": "pending", "error": False, "retry_at": False}
        if self.sent_tracking_ref and not tracking_ref:
            message = self.env._(
                "The number %(number)s was removed from the delivery %(delivery)s, but AliExpress keeps it: a number "
                "can only be replaced there. Enter the right number on the delivery.",
                number=self.sent_tracking_ref,
                delivery=self.picking_id.name,
            )
            return {"state": "error", "error": message, "retry_at": False}
        # A delivery method that is mapped to nothing any more is no reason to correct what AliExpress has.
        is_same_carrier = not service or self.sent_service_code == service.code
        if tracking_ref and self.sent_tracking_ref == tracking_ref and is_same_carrier:
            return {"state": "sent", "error": False}
        if not tracking_ref:
            missing = self.env._(
                "The delivery %(delivery)s has no tracking number yet. Enter it there: its parcel is declared by "
                "itself then.",
                delivery=self.picking_id.name,
            )
            return {"state": "pending", "error": "\n".join(filter(None, [missing, missing_carrier]))}
        return {"state": "pending", "error": missing_carrier or False, "retry_at": False}

    def _describe_missing_carrier(self, picking, carrier, account, country_code):
        if carrier:
            return self.env._(
                "%(delivery)s waits: %(problem)s",
                delivery=picking.name,
                problem=picking.with_env(self.env)._aliexpress_describe_unmapped(carrier, account, country_code),
            )
        return self.env._(
            "The delivery %(delivery)s has no delivery method. Choose it there: its parcel is declared by itself then.",
            delivery=picking.name,
        )

    def _write_changes(self, values):
        """Write those of `values` that differ: a shipment that goes on waiting is not touched."""
        self.ensure_one()
        changes = get_changes(self, values)
        if changes:
            self.write({"state": self.state} | changes)

    def _drop(self):
        """Forget shipments that their delivery does not have any more; those AliExpress may know stay, and show it."""
        unknown = self.filtered(lambda shipment: not shipment.sent_tracking_ref and not shipment.intent_date)
        for shipment in self - unknown:
            values = {"tracking_ref": False, "is_plan_due": False}
            shipment._write_changes(values | shipment._prepare_plan_state("", shipment.service_id, ""))
        unknown.unlink()
