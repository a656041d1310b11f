from odoo import fields, models

from ..lib import diagnosis


class AliexpressDiagnosisLine(models.TransientModel):
    """One thing that was read while checking a shop."""

    _name = "aliexpress.diagnosis.line"
    _description = "AliExpress Shop Check Line"

    diagnosis_id = fields.Many2one("aliexpress.diagnosis", ondelete="cascade")
    family = fields.Selection(
        selection=lambda self: self.env["aliexpress.account"]._fields["family"].selection, string="Methods For"
    )
    act = fields.Char(string="What Was Read")
    methods = fields.Text()
    outcome = fields.Selection(
        [
            (diagnosis.EXPECTED, "As expected"),
            (diagnosis.DIFFERENT, "Different"),
            (diagnosis.DENIED, "Not granted"),
            (diagnosis.NOT_OFFERED, "Not offered"),
            (diagnosis.FAILED, "Failed"),
            (diagnosis.SKIPPED, "Nothing to try it with"),
        ]
    )
    notes = fields.Text(string="Details")
    request_id = fields.Char("Request ID")
