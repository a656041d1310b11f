from odoo import api, fields, models
from odoo.exceptions import UserError


class AliexpressProductList(models.TransientModel):
    """Lists products in shops: makes their listings, which the publishing job takes up at once."""

    _name = "aliexpress.product.list"
    _description = "List Products on AliExpress"

    account_ids = fields.Many2many(
        "aliexpress.account",
        string="Shops",
        required=True,
        domain=[("state", "=", "connected")],
        default=lambda self: self._default_account_ids(),
        help="The shops whose listings are made.",
    )
    product_tmpl_ids = fields.Many2many(
        "product.template",
        string="Products",
        required=True,
        help="Each gets a listing in each of the shops; what is listed there already stays as it is.",
    )
    is_sent = fields.Boolean(string="Publish Now", default=True, help="Off: drafts, to be checked and sent later.")

    standstill = fields.Text(compute="_compute_standstill", help="Which of the shops publish nothing now, and why.")

    @api.depends("account_ids")
    def _compute_standstill(self):
        for wizard in self:
            texts = [account._describe_standstill("sync_listings") for account in wizard.account_ids]
            wizard.standstill = "\n".join(filter(None, texts)) or False

    @api.model
    def _default_account_ids(self):
        domain = [("company_id", "in", self.env.companies.ids), ("state", "=", "connected")]
        accounts = self.env["aliexpress.account"].search(domain)
        return accounts if len(accounts) == 1 else accounts.browse()

    def action_list(self):
        """Make the listings that are missing and open all listings of the products in the shops."""
        self.ensure_one()
        Listing = self.env["aliexpress.listing"]
        domain = [("account_id", "in", self.account_ids.ids), ("product_tmpl_id", "in", self.product_tmpl_ids.ids)]
        values = []
        for account in self.account_ids:
            offered = self.product_tmpl_ids.filtered_domain(account._get_product_domain())
            refused = self.product_tmpl_ids - offered
            if refused:
                raise UserError(
                    self.env._(
                        "The shop %(shop)s does not offer %(products)s. Change the shop's choice of products, or "
                        "leave them out.",
                        shop=account.name,
                        products=", ".join(refused[:10].mapped("display_name")),
                    )
                )
            listed = Listing.search([*domain, ("account_id", "=", account.id)]).product_tmpl_id
            values += [{"account_id": account.id, "product_tmpl_id": template.id} for template in offered - listed]
        Listing.create(values)
        listings = Listing.search(domain)
        drafts = listings.filtered(lambda listing: listing.state == "draft")
        if self.is_sent:
            drafts.action_send()
        else:
            drafts.action_check()
        action = self.env["ir.actions.act_window"]._for_xml_id("aliexpress_connector.aliexpress_listing_action")
        return action | {"domain": [("id", "in", listings.ids)], "context": {}}
