from odoo import fields, models
from odoo.exceptions import AccessError


class DigestDigest(models.Model):
    _inherit = "digest.digest"

    kpi_aliexpress_orders = fields.Boolean("AliExpress Orders", help="AliExpress orders that were paid.")
    kpi_aliexpress_orders_value = fields.Integer(compute="_compute_kpi_aliexpress_orders_value")
    kpi_aliexpress_shipments = fields.Boolean(
        "AliExpress Shipments Declared", help="Parcels that AliExpress was told of."
    )
    kpi_aliexpress_shipments_value = fields.Integer(compute="_compute_kpi_aliexpress_shipments_value")

    def _compute_kpi_aliexpress_orders_value(self):
        self._check_aliexpress_reader()
        self._calculate_company_based_kpi(
            "aliexpress.order",
            "kpi_aliexpress_orders_value",
            date_field="order_date",
            additional_domain=[("stage", "not in", ("pending_payment", "cancelled"))],
        )

    def _compute_kpi_aliexpress_shipments_value(self):
        self._check_aliexpress_reader()
        self._calculate_company_based_kpi(
            "aliexpress.shipment", "kpi_aliexpress_shipments_value", date_field="sent_date"
        )

    def _check_aliexpress_reader(self):
        if not self.env.user.has_group("sales_team.group_sale_salesman"):
            raise AccessError(self.env._("The digest leaves out what its reader may not see."))

    def _compute_kpis_actions(self, company, user):
        """Override to lead from each figure to its list."""
        actions = super()._compute_kpis_actions(company, user)
        menu = self.env.ref("aliexpress_connector.aliexpress_root_menu").id
        actions["kpi_aliexpress_orders"] = f"aliexpress_connector.aliexpress_order_action?menu_id={menu}"
        actions["kpi_aliexpress_shipments"] = f"aliexpress_connector.aliexpress_shipment_action?menu_id={menu}"
        return actions
