from odoo import models


class AliexpressServiceTemplate(models.Model):
    """What the shop promises about returns; set up in the seller centre. Number 0 is AliExpress' default."""

    _name = "aliexpress.service.template"
    _description = "AliExpress Service Template"
    _inherit = ["aliexpress.shop.metadata.mixin"]
