from odoo import models


class ProductTemplate(models.Model):
    _inherit = "product.template"

    def action_aliexpress_suggest_categories(self):
        """Ask AliExpress for the categories of the selected products, by their titles, and open the answers to choose
        from.
        """
        # Before AliExpress is asked about each of them for nothing.
        self.check_access("write")
        return self.env["aliexpress.category.suggest"]._open_for(self)
