from odoo import models
from odoo.fields import Domain

from ..lib.catalogue_rules import LANGUAGES


class AliexpressShopData(models.Model):
    """How each kind of data is read. Each method makes the calls of one row and stores what they told."""

    _inherit = "aliexpress.shop.data"

    def _refresh(self):
        """Worker of the job: read the rows of one shop and one kind. All or nothing."""
        # Carriers serve the deliveries; the rest can wait for a day with more calls.
        self.account_id._check_call_budget("tracking" if self[:1].kind == "carriers" else "content")
        client = self.account_id._get_client()
        for row in self:
            # A category that is lost takes the rows of those below it along.
            if row.exists():
                getattr(row, f"_refresh_{row.kind}")(client)
        self.exists()._set_done()

    # === SHOP === #

    def _refresh_profile(self, client):
        self.account_id._store_profile(client.get_profile(), is_first=not self.refresh_date)

    def _refresh_carriers(self, client):
        self.account_id._refresh_carriers()

    def _refresh_freight_template(self, client):
        items = {
            template.ref: {"name": template.name, "is_default": template.is_default}
            for template in client.list_freight_templates()
        }
        self._store_records(items)

    def _refresh_service_template(self, client):
        self._store_records({template.ref: {"name": template.name} for template in client.list_service_templates()})

    def _refresh_product_group(self, client):
        groups = self.env["aliexpress.product.group"]
        self.account_id._report_vanished(groups._store_groups(self.account_id, client.list_product_groups()))

    def _refresh_brand(self, client):
        items = {
            brand.ref: {"name": brand.name, "valid_until": brand.valid_until or False} for brand in client.list_brands()
        }
        self._store_records(items)

    def _store_records(self, items):
        """Store `items` ({ref: values}) of the model that the kind of this row is named after."""
        records = self.env[f"aliexpress.{self.kind.replace('_', '.')}"]
        if self.category_id:
            vanished = records._store_of_category(self.account_id, self.category_id, items)
        else:
            vanished = records._store_of_shop(self.account_id, items)
        self.account_id._report_vanished(vanished)

    # === CATEGORIES === #

    def _refresh_category(self, client):
        categories = client.list_categories(self.category_id.ref or "")
        parents, lost = self.env["aliexpress.category"]._store_children(self.account_id, self.category_id, categories)
        rows = self.search([("account_id", "=", self.account_id.id), ("category_id", "in", (parents | lost).ids)])
        rows = rows.filtered(lambda row: row.kind == "category")
        self._create_rows({(self.account_id.id, "category", parent.id) for parent in parents - rows.category_id})
        rows.filtered(lambda row: row.category_id in lost).unlink()
        self.account_id._report_vanished(lost)

    def _refresh_attribute(self, client):
        language = (self.account_id._get_message_env().lang or "en").partition("_")[0]
        used = self.category_id._get_used_values()
        became_mandatory = self.category_id._read_attributes(client, language if language in LANGUAGES else "en")
        self.account_id._report_mandatory(became_mandatory)
        # The category is read by one shop and used by all.
        for account, values in used.items():
            account._report_lost_values(values.filtered(lambda value: not (value.active and value.attribute_id.active)))

    def _refresh_size_chart(self, client):
        charts = client.list_size_charts(self.category_id.ref)
        self._store_records({chart.ref: {"name": chart.name, "is_default": chart.is_default} for chart in charts})
        if charts:
            # Products that were refused for want of one are compared anew.
            of_category = Domain("product_tmpl_id.aliexpress_category_id", "=", self.category_id.id)
            refused = Domain("account_id", "=", self.account_id.id) & Domain("state", "=", "error") & of_category
            self.env["aliexpress.listing"].search(refused).write({"compared_at": False})

    def _refresh_responsible_person(self, client):
        persons = client.list_responsible_persons(self.category_id.ref)
        self._store_records({person.ref: {"name": person.name} for person in persons})
