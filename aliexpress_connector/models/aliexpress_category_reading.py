from odoo import models


class AliexpressCategory(models.Model):
    """When the publishing job cannot wait for the nightly reading of attributes."""

    _inherit = "aliexpress.category"

    def _is_reading_due(self):
        """Whether attributes are missing that products of the category need: it was never read, or a value that opens
        more is new.
        """
        self.ensure_one()
        if not self.is_leaf or not self.active:
            return False
        if not self.attribute_date:
            return True
        opening = self._get_chosen_values()
        return bool(opening - self.env["aliexpress.attribute"].search([("category_id", "=", self.id)]).parent_value_ids)
