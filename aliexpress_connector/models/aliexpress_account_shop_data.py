from markupsafe import Markup

from odoo import api, fields, models

from ..lib.families import FAMILIES


class AliexpressAccount(models.Model):
    """What a shop has on AliExpress besides products and orders, and how it is kept up to date."""

    _inherit = "aliexpress.account"

    shop_url = fields.Char(string="Shop Page", readonly=True, copy=False, help="The page of the shop that buyers see.")
    quotation_currency_id = fields.Many2one(
        "res.currency",
        string="AliExpress Currency",
        readonly=True,
        copy=False,
        help="Prices of this shop are quoted in it.",
    )
    is_publishing_forbidden = fields.Boolean(
        string="Publishing Forbidden",
        readonly=True,
        copy=False,
        help="AliExpress does not let this shop publish products.",
    )
    online_product_count = fields.Integer(
        string="Products Online",
        readonly=True,
        copy=False,
        help="How many products of the shop are on sale on AliExpress.",
    )
    product_limit = fields.Integer(readonly=True, copy=False, help="How many products of this shop AliExpress takes.")
    shop_data_news = fields.Text(
        readonly=True, copy=False, help="What the next mail to the responsible person says about the shop's own data."
    )
    shop_data_ids = fields.One2many(
        "aliexpress.shop.data",
        "account_id",
        readonly=True,
        domain=[("category_id", "=", False)],
        help="What is read from AliExpress about the shop, and when it last was.",
    )

    def _has_catalogue(self):
        """Whether products of this shop can be managed from here; True as long as its family is not known."""
        self.ensure_one()
        return not self.family or FAMILIES[self.family].has_catalogue

    # === JOB === #

    @api.model
    def _cron_refresh_shop_data(self):
        """Read carriers, templates, groups, categories and the attributes in use of the shops: each on its own. See
        whether shops that could manage no products may by now.
        """
        self.env["aliexpress.shop.data"]._run()
        self.env["aliexpress.account"]._find_catalogue_families()

    def action_refresh_shop_data(self):
        """Read everything again in the background, also what AliExpress denied before."""
        self.check_access("write")
        return self.env["aliexpress.shop.data"].search([("account_id", "in", self.ids)])._request()

    # === OUTCOMES === #

    def _store_profile(self, profile, is_first):
        """Store a `MerchantProfile`. Only the first one tells whose taxes the prices include: what people chose since,
        or emptied, stays.
        """
        self.ensure_one()
        url = profile.shop_url
        values = {
            "shop_url": f"https:{url}" if url.startswith("//") else url,
            "is_publishing_forbidden": not profile.can_publish,
            "online_product_count": profile.product_count or 0,
            "product_limit": profile.product_limit or 0,
        }
        country = self.env["res.country"].search([("code", "=", profile.country_code)], limit=1)
        if is_first and country and not self.tax_country_id:
            values["tax_country_id"] = country.id
        self.write(values)
        if profile.currency:
            self._take_currency(profile.currency)

    def _report_vanished(self, records):
        """Tell the people of the shop which of `records` that AliExpress no longer offers are still in use."""
        self.ensure_one()
        message_env = self._get_message_env()
        lines = [
            message_env._("%(name)s (%(model)s, used %(count)s times)", name=name, model=model, count=count)
            for name, model, count in records.with_env(message_env)._count_uses()
        ]
        if lines:
            self._report(message_env._("AliExpress no longer offers these to the shop. Choose others:"), lines)

    def _report_mandatory(self, attributes):
        """Tell the people of the shop that AliExpress made `attributes` mandatory."""
        self.ensure_one()
        message_env = self._get_message_env()
        counts = attributes.category_id._get_product_counts()
        lines = [
            message_env._(
                "%(attribute)s in %(category)s (%(count)s products)",
                attribute=attribute.name,
                category=attribute.category_id.display_name,
                count=counts[attribute.category_id],
            )
            for attribute in attributes.with_env(message_env)
            if attribute.category_id in counts
        ]
        if lines:
            self._report(message_env._("AliExpress now asks for these attributes. Fill them in:"), lines)

    def _report_lost_values(self, values):
        """Tell the people of the shop which attribute values their products say and AliExpress no longer offers."""
        self.ensure_one()
        message_env = self._get_message_env()
        lines = [
            message_env._(
                "%(value)s of %(attribute)s in %(category)s",
                value=value.name,
                attribute=value.attribute_id.name,
                category=value.attribute_id.category_id.display_name,
            )
            for value in values.with_env(message_env)
        ]
        if lines:
            self._report(message_env._("AliExpress no longer offers these values. Choose others:"), lines)

    def _report(self, title, lines):
        items = Markup().join(Markup("<li>%s</li>") % line for line in lines)
        self.message_post(body=Markup("<p>%s</p><ul>%s</ul>") % (title, items))
        # A dozen of these may come in one reading: the watch over shops sends one mail a day for all.
        self.shop_data_news = "\n".join(filter(None, [self.shop_data_news, title, *(f"- {line}" for line in lines)]))
        # The listings concerned show it as soon as they are compared.
        self.listing_ids.compared_at = False
