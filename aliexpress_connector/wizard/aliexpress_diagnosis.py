import base64

from odoo import api, fields, models


class AliexpressDiagnosis(models.TransientModel):
    """What came of checking a shop, to be read and downloaded."""

    _name = "aliexpress.diagnosis"
    _description = "AliExpress Shop Check"

    account_id = fields.Many2one("aliexpress.account", string="Shop", readonly=True)
    summary = fields.Text(readonly=True)
    report = fields.Text(readonly=True)
    report_file = fields.Binary(compute="_compute_report_file")
    report_name = fields.Char(compute="_compute_report_file")
    line_ids = fields.One2many("aliexpress.diagnosis.line", "diagnosis_id", readonly=True)

    @api.depends("report")
    def _compute_report_file(self):
        for wizard in self:
            wizard.report_file = base64.b64encode((wizard.report or "").encode())
            wizard.report_name = f"aliexpress-check-{fields.Date.today()}.txt"
