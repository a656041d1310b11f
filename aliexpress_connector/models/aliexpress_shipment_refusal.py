from datetime import timedelta

from odoo import fields, models

from ..lib.errors import (
    ALREADY_DECLARED,
    CARRIER_REFUSED,
    PERMISSION,
    REFUSED,
    TRACKING_REFUSED,
    WRONG_STATUS,
    AliexpressError,
    FixError,
    looking,
)
from .error_messages import describe_error
from .shop_run import get_pause


class AliexpressShipment(models.Model):
    """What happens when AliExpress refuses a declaration."""

    _inherit = "aliexpress.shipment"

    def _handle_refusal(self, client, intent, error):
        """React to `error` (a FixError); raises it again where a reaction is not for this shipment to find."""
        if error.reason == ALREADY_DECLARED:
            self._handle_declared(client, intent)
        elif error.reason in (TRACKING_REFUSED, CARRIER_REFUSED):
            self._fall_back(self._describe_refusal(intent, error))
        elif error.reason == WRONG_STATUS:
            self._refresh_order()
            self._set_problem(self._describe_wrong_status())
        elif error.reason == REFUSED and intent["kind"] == "correct" and self._is_corrected(client, intent):
            self._acknowledge(intent)
        else:
            raise error

    def _goes_on_with_other_family(self, error):
        """Where the application may not use the methods that `error` names, but others by now, leave these shipments
        to the next round, which uses them; return whether it is so.
        """
        if getattr(error, "reason", "") != PERMISSION:
            return False
        family = self.account_id.family
        intended = {shipment.intent["family"] for shipment in self if shipment.intent_date}
        # Another job may have found the others first. With which ones something was looked for, no intent says.
        is_found = not error.is_looking and bool(intended - {family})
        # Where another job changes the shop just now, the next round knows more.
        if not is_found and self.account_id._takes_other_family() is False:
            return False
        if not error.is_looking:
            self._withdraw_intents()
        return True

    def _is_corrected(self, client, intent):
        """Whether AliExpress has all that the correction `intent` wanted: with another shipment of the same parcel."""
        with looking():
            parcels = client.list_parcels(self.order_id.order_ref)
        old_service_code, old_number = intent["old"]
        has_old = any(
            parcel.tracking_ref == old_number
            and (old_number != intent["tracking_ref"] or parcel.service_code == old_service_code)
            for parcel in parcels
        )
        return not has_old and self._is_known(parcels, intent)

    def _handle_declared(self, client, intent):
        """Find out how much AliExpress, which says that it was told already, knows of `intent`."""
        with looking():
            parcels = client.list_parcels(self.order_id.order_ref)
        error = self._refresh_order()
        if not self._is_known(parcels, intent):
            if error or not self._skip_lines_shown(intent):
                self._set_problem(self._describe_other_numbers([parcel.tracking_ref for parcel in parcels]))
        elif not error:
            self._settle_declared(intent)
        elif isinstance(error, FixError):
            self._set_problem(describe_error(self.env, error, is_by_hand=True))
        else:
            # Declared again it is refused again: how much AliExpress knows is found out then.
            values = {"intent": False, "intent_date": False, "error": describe_error(self.env, error)}
            self.write(values | {"retry_at": fields.Datetime.now() + timedelta(seconds=get_pause(error))})

    def _settle_declared(self, intent):
        """Store what AliExpress, which has the number and says that it was told already, shows of the order."""
        order = self.order_id
        if order._is_shipped_for_aliexpress():
            self._acknowledge(intent | {"is_last": True})
            return
        if order.stage != "waiting_shipment" or intent["kind"] == "correct":
            self._acknowledge(intent)
            return
        told = self._get_completed_lines(intent)
        shown = told & order._get_lines_shown_shipped()
        if shown == told and (intent["lines"] or not intent["is_last"]):
            self._acknowledge(intent | {"is_last": False})
        elif not self._skip_lines_shown(intent):
            self._set_problem(self._describe_open_order(intent))

    def _skip_lines_shown(self, intent):
        """Where AliExpress shows some of what `intent` tells as shipped, it refused all for these: leave the others
        to the next round. Return whether it is so.
        """
        order = self.order_id
        told = self._get_told_lines(intent)
        shown = told & order._get_lines_shown_shipped()
        is_new = any(not line.is_declared for line in shown)
        if order.stage != "waiting_shipment" or shown == told or not is_new:
            return False
        shown.is_declared = True
        self.write({"intent": False, "intent_date": False})
        return True

    def _refresh_order(self):
        """Read the order again, at the latest with the next orders; return why it could not be read now, else None."""
        try:
            self.order_id._refresh_from_aliexpress()
        except AliexpressError as error:
            # What it would tell is for people to see; the shipment's own problem is shown either way.
            self.order_id.is_detail_due = True
            return error
        return None

    # === ANOTHER CARRIER === #

    def _fall_back(self, problem):
        """Take the carrier that takes everything, for the next round; show `problem` (translated text) without one."""
        fallback = self._get_fallback()
        if not fallback:
            self._set_problem(problem)
            return
        self.write(
            {
                "service_id": fallback.id,
                "refused_service_id": self.service_id.id,
                "state": "pending",
                "intent": False,
                "intent_date": False,
            }
        )

    def _get_fallback(self):
        """The carrier for parcels that AliExpress refuses under their own, where the shop allows it, else empty."""
        account = self.account_id
        if not account.is_fallback_allowed or self.service_id._is_other():
            return self.service_id.browse()
        origin = self._get_origin_code()
        reach = "LOCAL" if self.order_id._get_destination_code() == origin else "OVERSEAS"
        # AliExpress is not of one mind about the British code.
        codes = [f"OTHER_{code}_{reach}" for code in (("GB", "UK") if origin == "GB" else (origin,))]
        return self.service_id.search([("account_id", "=", account.id), ("code", "in", codes)], limit=1)

    def _get_origin_code(self):
        """ISO-2 code of the country the parcel is sent from: the warehouse's, or the vendor's who ships directly."""
        picking = self.picking_id
        if picking.location_id.usage == "supplier" and picking.partner_id.country_id:
            return picking.partner_id.country_id.code
        warehouse = picking.picking_type_id.warehouse_id or self.account_id.warehouse_id
        return (warehouse.partner_id.country_id or self.company_id.country_id).code

    # === TEXTS === #

    def _get_sending_problem(self, intent):
        """Why AliExpress would refuse the declaration anyway (translated text), "" when it may be sent."""
        service = self._get_intended_service(intent)
        if service._is_other() and not self._get_tracking_page(intent)[0]:
            return self.env._(
                "AliExpress wants a page where buyers can follow parcels of the carrier %(carrier)s. Enter a tracking "
                "link on the delivery method, or a tracking page on the shop %(shop)s, then send again.",
                carrier=service.name,
                shop=self.account_id.name,
            )
        if not service or service._accepts(intent["tracking_ref"]):
            return ""
        return self.env._(
            "%(number)s is not a tracking number of %(carrier)s, whose numbers look like %(pattern)s. Correct the "
            "number or the delivery method on the delivery.",
            number=intent["tracking_ref"],
            carrier=service.name,
            pattern=service.tracking_regex,
        )

    def _describe_refusal(self, intent, error):
        intro = self.env._(
            "Number %(number)s with carrier %(carrier)s:",
            number=intent["tracking_ref"],
            carrier=self.service_id.name or intent["service_code"],
        )
        return f"{intro} {describe_error(self.env, error)}"

    def _describe_wrong_status(self):
        return self.env._(
            "AliExpress takes no shipment for order %(number)s in its status %(status)s. Look at the order; send "
            "again when it can be shipped.",
            number=self.order_id.order_ref,
            status=self.order_id.status or "-",
        )

    def _describe_open_order(self, intent):
        return self.env._(
            "AliExpress has number %(number)s of order %(order)s already, but still waits for goods of the order. See "
            "in the seller centre which they are and declare them there, then send again.",
            number=intent["tracking_ref"],
            order=self.order_id.order_ref,
        )

    def _describe_other_numbers(self, numbers):
        return self.env._(
            "AliExpress has order %(order)s as shipped with %(numbers)s already, not with %(number)s. Nothing was "
            "sent. Correct the number here, or in the seller centre and then send again.",
            order=self.order_id.order_ref,
            numbers=", ".join(filter(None, numbers)) or self.env._("no number"),
            number=self.tracking_ref or "-",
        )
