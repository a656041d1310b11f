from odoo import models


class AliexpressResponsiblePerson(models.Model):
    """Who answers in the European Union for the products of a category; entered in the seller centre."""

    _name = "aliexpress.responsible.person"
    _description = "AliExpress EU Responsible Person"
    _inherit = ["aliexpress.category.metadata.mixin"]
