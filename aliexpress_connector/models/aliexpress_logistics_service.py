import re
from collections import Counter

from odoo import api, fields, models
from odoo.fields import Domain

# Longer numbers exist nowhere; a pattern must not be given a novel to work on.
MAX_NUMBER = 100


class AliexpressLogisticsService(models.Model):
    """A carrier key that a shop may declare shipments with, and the delivery methods it stands for.

    A delivery method may stand for several carriers of a shop, one for each destination.
    """

    _name = "aliexpress.logistics.service"
    _description = "AliExpress Carrier"
    _check_company_auto = True
    _order = "account_id, name, id"

    account_id = fields.Many2one("aliexpress.account", string="Shop", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="account_id.company_id", store=True)
    active = fields.Boolean(default=True, help="Carriers that AliExpress no longer offers to the shop are archived.")
    code = fields.Char(required=True, readonly=True, help="AliExpress' key for this carrier.")
    name = fields.Char(required=True, readonly=True)
    company_name = fields.Char(
        string="Carrying Company", readonly=True, help="The company that carries, as AliExpress names it."
    )
    tracking_regex = fields.Char(
        string="Tracking Pattern", readonly=True, help="What tracking numbers of this carrier look like."
    )
    carrier_id = fields.Many2one(
        "delivery.carrier",
        string="Delivery Method",
        check_company=True,
        index="btree_not_null",
        help="Deliveries with this method are declared with this carrier.",
    )
    more_carrier_ids = fields.Many2many(
        "delivery.carrier",
        string="More Methods",
        check_company=True,
        help="Other delivery methods that stand for this carrier too.",
    )
    country_ids = fields.Many2many(
        "res.country",
        string="Destinations",
        help="Only for parcels to these countries. Empty means wherever no other carrier is meant.",
    )

    _code_uniq = models.UniqueIndex("(account_id, code)", "This carrier is already known for this shop.")

    @api.model
    def _get_mapped(self, accounts):
        """`{shop: its carriers that stand for a delivery method}` of these shops."""
        services = self.search(
            Domain("account_id", "in", accounts.ids)
            & (Domain("carrier_id", "!=", False) | Domain("more_carrier_ids", "!=", False))
        )
        by_account = services.grouped("account_id")
        return {account: by_account.get(account, services.browse()) for account in accounts}

    def _choose(self, carrier, country_code, preferred_code=""):
        """The one of these carriers of one shop that stands for the delivery method `carrier`, empty when none does.

        :param str country_code: destination, ISO-2; carriers meant for it come before those meant for everywhere
        :param str preferred_code: the service the buyer chose, which decides where several are left
        """
        candidates = self.filtered(
            lambda service: carrier and carrier in (service.carrier_id | service.more_carrier_ids)
        )
        there = candidates.filtered(lambda service: country_code in service.country_ids.mapped("code"))
        candidates = there or candidates.filtered(lambda service: not service.country_ids)
        return (candidates.filtered(lambda service: service.code == preferred_code) or candidates)[:1]

    def _accepts(self, tracking_ref):
        """Whether `tracking_ref` looks like a number of this carrier; True where AliExpress gives no pattern."""
        self.ensure_one()
        if not self.tracking_regex:
            return True
        try:
            return len(tracking_ref) <= MAX_NUMBER and bool(re.fullmatch(self.tracking_regex, tracking_ref))
        except re.error:
            return True

    def _is_other(self):
        """Whether this is one of AliExpress' carriers for whatever it does not know: they need a tracking page."""
        return (self.code or "").upper().startswith("OTHER")

    def _count_uses(self):
        """For each of these carriers that are mapped: its name, what it is, and how many delivery methods it has."""
        model = self.env["ir.model"]._get(self._name).name
        counts = [(service.name, model, len(service.carrier_id | service.more_carrier_ids)) for service in self]
        return [(name, model, count) for name, model, count in counts if count]

    # === SUGGESTIONS === #

    def _suggest_carriers(self):
        """Map these carriers, where they have no delivery method, to the only method that bears their name."""
        for account, services in self.filtered(lambda service: not service.carrier_id).grouped("account_id").items():
            methods = self.env["delivery.carrier"].search(
                self.env["delivery.carrier"]._check_company_domain(account.company_id)
            )
            companies = Counter(self.search([("account_id", "=", account.id)]).mapped("company_name"))
            for service in services.filtered(lambda service: not service._is_other()):
                names = {self._normalise(service.name), self._normalise(service.code)}
                # A company with several services does not tell which of them is meant.
                if companies[service.company_name] == 1:
                    names.add(self._normalise(service.company_name))
                method = methods.filtered(lambda method, names=names: self._normalise(method.name) in names)
                if len(method) == 1:
                    service.carrier_id = method

    @api.model
    def _normalise(self, name):
        return " ".join(re.findall(r"\w+", (name or "").replace("_", " ").casefold()))

    def action_suggest_carriers(self):
        """Suggest delivery methods for the selected carriers, by name."""
        self.check_access("write")
        self._suggest_carriers()

    @api.model_create_multi
    def create(self, vals_list):
        """Override to let the shipments that wait for a carrier go on."""
        services = super().create(vals_list)
        services._wake_shipments()
        return services

    def write(self, vals):
        """Override to let the orders and the shipments that wait for a carrier go on."""
        result = super().write(vals)
        if vals.get("carrier_id"):
            self._give_to_open_orders()
        if not {"carrier_id", "more_carrier_ids", "country_ids", "active"}.isdisjoint(vals):
            self._wake_shipments()
        return result

    def _give_to_open_orders(self):
        """Orders that came before their carrier was mapped get its delivery method; what has one keeps it."""
        for service in self:
            domain = [("account_id", "=", service.account_id.id), ("service_code", "=", service.code)]
            domain += [("stage", "in", ("new", "waiting_shipment")), ("sale_order_id.carrier_id", "=", False)]
            # Who maps carriers need not be allowed to change sale orders and deliveries.
            sale_orders = self.env["aliexpress.order"].sudo().search(domain).sale_order_id
            sale_orders.carrier_id = service.carrier_id
            deliveries = sale_orders.picking_ids.filtered(
                lambda picking: (
                    picking.picking_type_code == "outgoing"
                    and picking.state not in ("done", "cancel")
                    and not picking.carrier_id
                )
            )
            deliveries.carrier_id = service.carrier_id

    def _wake_shipments(self):
        """Let the shipments go on that wait for a carrier of the delivery methods that these carriers stand for."""
        methods = self.carrier_id | self.more_carrier_ids
        if not methods:
            return
        is_meant = Domain("picking_id.carrier_id", "in", methods.ids)
        is_meant |= Domain("picking_id.carrier_id", "=", False) & Domain(
            "order_id.sale_order_id.carrier_id", "in", methods.ids
        )
        self.env["aliexpress.shipment"]._wake_carrierless(Domain("account_id", "in", self.account_id.ids) & is_meant)
