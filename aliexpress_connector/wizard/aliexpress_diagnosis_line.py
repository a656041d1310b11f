from odoo import fields, models

from ..lib import diagnosis

ACTS = [
    ("orders changed lately", "Orders changed lately"),
    ("orders finished lately", "Orders finished lately"),
    ("orders placed lately", "Orders placed lately"),
    ("an order", "An order"),
    ("the address of an order", "The address of an order"),
    ("carriers", "Carriers"),
    ("profile of the shop", "Profile of the shop"),
    ("products online", "Products online"),
    ("products offline", "Products off the shelf"),
    ("products auditing", "Products in review"),
    ("products rejected", "Rejected products"),
    ("a product", "A product"),
    ("review of a product", "Review of a product"),
    ("categories", "Categories"),
    ("suggested categories", "Suggested categories"),
    ("attributes of a category", "Attributes of a category"),
    ("size charts of a category", "Size charts of a category"),
    ("responsible persons", "EU responsible persons"),
    ("freight templates", "Freight templates"),
    ("service templates", "Service templates"),
    ("product groups", "Product groups"),
    ("brands", "Brands"),
    ("feeds", "Feeds"),
    ("a feed", "A feed"),
]


class AliexpressDiagnosisLine(models.TransientModel):
    """One thing that was read while checking a shop."""

    _name = "aliexpress.diagnosis.line"
    _description = "AliExpress Shop Check Line"

    diagnosis_id = fields.Many2one("aliexpress.diagnosis", ondelete="cascade")
    family = fields.Selection(
        selection=lambda self: self.env["aliexpress.account"]._fields["family"].selection, string="Methods For"
    )
    act = fields.Selection(ACTS, string="What Was Read")
    methods = fields.Text()
    outcome = fields.Selection(
        [
            (diagnosis.EXPECTED, "As expected"),
            (diagnosis.DIFFERENT, "Different"),
            (diagnosis.DENIED, "Not granted"),
            (diagnosis.NOT_OFFERED, "Not offered"),
            (diagnosis.FAILED, "Failed"),
            (diagnosis.SKIPPED, "Nothing to try it with"),
        ],
        help="Not granted: request the method in the AliExpress developer console, unless you do not need it. "
        "Different: what AliExpress answered is not as documented.",
    )
    notes = fields.Text(string="Details")
    request_id = fields.Char("Request ID")
