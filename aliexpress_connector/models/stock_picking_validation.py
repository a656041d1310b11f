from odoo import models
from odoo.exceptions import UserError


class StockPicking(models.Model):
    """The check before a delivery of an AliExpress order leaves."""

    _inherit = "stock.picking"

    def button_validate(self):
        """Override to stop deliveries that may not leave, or that AliExpress would refuse, before anything is done."""
        self._aliexpress_check_validation()
        return super().button_validate()

    def _aliexpress_check_validation(self):
        """Raise a UserError that names each delivery that may not leave, the rule and the way out. Calls nothing."""
        # The rules are read from AliExpress' records, on which the warehouse has no rights.
        pickings = self.sudo().filtered(
            lambda picking: picking.state not in ("done", "cancel") and picking._aliexpress_leaves_to_buyer()
        )
        if not pickings:
            return
        services = self.env["aliexpress.logistics.service"].sudo()._get_mapped(pickings.aliexpress_order_id.account_id)
        problems = []
        for picking in pickings:
            problem = picking._aliexpress_get_order_obstacle() or picking._aliexpress_get_carrier_obstacle(services)
            if problem:
                problems.append(picking._aliexpress_describe_obstacle(problem))
        if problems:
            raise UserError("\n\n".join(problems))

    def _aliexpress_describe_obstacle(self, problem):
        return self.env._("%(delivery)s cannot leave: %(problem)s", delivery=self.name, problem=problem)

    def _aliexpress_get_order_obstacle(self):
        """Why the order forbids that the delivery leaves (translated text), "" when it does not."""
        order = self.aliexpress_order_id
        if order.is_platform_fulfilled:
            return self.env._(
                "order %(number)s is shipped by AliExpress' own warehouse. Cancel this delivery.",
                number=order.order_ref,
            )
        if order.stage == "cancelled":
            return self.env._(
                "order %(number)s is cancelled on AliExpress. Cancel this delivery.", number=order.order_ref
            )
        # What is looked at again stays held until the reason is gone.
        if order.state == "hold" or (order.state in ("pending", "error") and order.hold_reason):
            return self.env._(
                "order %(number)s is on hold. %(reason)s", number=order.order_ref, reason=order.hold_reason or ""
            ).strip()
        if order.status_id._is_too_early():
            return self.env._(
                "order %(number)s has the status %(status)s on AliExpress, in which nothing may leave yet. Wait until "
                "AliExpress lets it go, or choose what the status means in AliExpress > Configuration > Status Map.",
                number=order.order_ref,
                status=order.status_name,
            )
        coming = order._get_coming_stop()
        if coming:
            return self.env._(
                "AliExpress changed order %(number)s to the status %(status)s, which stops deliveries. Wait until "
                "the order is processed, then see why it is on hold.",
                number=order.order_ref,
                status=coming,
            )
        return ""

    def _aliexpress_get_carrier_obstacle(self, services):
        """Why AliExpress would refuse the delivery method or the number (translated text), "" when it would not.

        :param services: carriers of the shops, as `_get_mapped` gives them
        """
        order = self.aliexpress_order_id
        account = order.account_id
        if not self.carrier_id or not account.active or not account.sync_shipments:
            return ""
        country = order._get_destination_code()
        service = services[account]._choose(self.carrier_id, country, order.service_code)
        if not service:
            return self._aliexpress_describe_unmapped(self.carrier_id, account, country)
        wrong = [number for number in self._aliexpress_get_numbers() if not service._accepts(number)]
        if not wrong:
            return ""
        return self.env._(
            "%(number)s is not a tracking number of %(carrier)s, whose numbers look like %(pattern)s. Correct the "
            "number, choose another delivery method, or empty the number and enter it later.",
            number=", ".join(wrong),
            carrier=service.name,
            pattern=service.tracking_regex,
        )

    def _aliexpress_describe_unmapped(self, carrier, account, country_code):
        return self.env._(
            "the delivery method %(method)s stands for no AliExpress carrier of the shop %(shop)s for parcels to "
            "%(country)s. Map it in AliExpress > Configuration > Carriers, or choose another delivery method.",
            method=carrier.name,
            shop=account.name,
            country=country_code or "-",
        )
