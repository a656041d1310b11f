from odoo import fields, models


class AliexpressListingProblem(models.Model):
    """Something to mend before, or better before, a listing is sent. Made anew by each quality check."""

    _name = "aliexpress.listing.problem"
    _description = "AliExpress Listing Problem"
    _order = "severity, listing_id, id"
    _rec_name = "message"

    listing_id = fields.Many2one(
        "aliexpress.listing",
        required=True,
        index=True,
        ondelete="cascade",
        help="The listing that is kept from being sent.",
    )
    account_id = fields.Many2one(related="listing_id.account_id", store=True, index=True)
    company_id = fields.Many2one(related="listing_id.company_id", store=True)
    product_tmpl_id = fields.Many2one(string="Product", related="listing_id.product_tmpl_id", store=True, index=True)
    # "mandatory" sorts before "recommended".
    severity = fields.Selection(
        [("mandatory", "Mandatory"), ("recommended", "Recommended")],
        required=True,
        help="Mandatory problems keep the product from being sent.",
    )
    section = fields.Char(help="Part of the listing that is not sent with it.")
    message = fields.Char(string="What to Mend", required=True, help="What is missing or not accepted.")
    res_model = fields.Char()
    res_id = fields.Many2oneReference(model_field="res_model")
    field_name = fields.Char()
    field_label = fields.Char(string="Where", compute="_compute_field_label", help="Where it is mended.")

    def _compute_field_label(self):
        for problem in self:
            model = self.env.get(problem.res_model)
            field = model._fields.get(problem.field_name) if model is not None else None
            problem.field_label = field._description_string(self.env) if field else False

    def action_mend(self):
        """Open the record where this is mended."""
        self.ensure_one()
        if self.res_model == "aliexpress.attribute.mapping" and not self.res_id:
            return self._open_mappings()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model or "aliexpress.listing",
            "res_id": self.res_id or self.listing_id.id,
            "view_mode": "form",
            "views": [(self._get_form_id(), "form")],
        }

    def _get_form_id(self):
        """Id of the form that shows the field, False for the usual one."""
        is_on_page = self.res_model == "product.template" and (self.field_name or "").startswith("aliexpress_")
        name = "aliexpress_connector.product_template_view_form_aliexpress"
        return self.env.ref(name).id if is_on_page else False

    def _open_mappings(self):
        """The action of the category's mappings, for an attribute that has none yet."""
        name = "aliexpress_connector.aliexpress_attribute_mapping_action"
        category = self.product_tmpl_id.aliexpress_category_id
        action = self.env["ir.actions.act_window"]._for_xml_id(name)
        context = {"default_category_id": category.id}
        return action | {"domain": [("category_id", "=", category.id)], "context": context}
