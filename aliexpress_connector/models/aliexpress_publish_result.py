from datetime import timedelta

from odoo import api, fields, models

KEPT_FOR = timedelta(days=90)


class AliexpressPublishResult(models.Model):
    """One line of the report on publishing: what was sent in which run, and what AliExpress said."""

    _name = "aliexpress.publish.result"
    _description = "AliExpress Publishing Report"
    _order = "id desc"
    _rec_name = "listing_id"

    listing_id = fields.Many2one(
        "aliexpress.listing",
        index="btree_not_null",
        ondelete="set null",
        help="The listing it was done for.",
    )
    product_tmpl_id = fields.Many2one("product.template", string="Product", index="btree_not_null", ondelete="set null")
    account_id = fields.Many2one("aliexpress.account", string="Shop", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="account_id.company_id", store=True)
    run_at = fields.Datetime(string="Run", required=True, index=True, help="When the job that sent it began.")
    act = fields.Selection(
        [
            ("check", "Quality check"),
            ("create", "Creation"),
            ("update", "Update"),
            ("online", "On the shelf"),
            ("offline", "Off the shelf"),
            ("delete", "Deletion"),
            ("review", "Review by AliExpress"),
        ],
        string="What Was Done",
        required=True,
        help="What was done.",
    )
    outcome = fields.Selection(
        [("accepted", "Accepted"), ("refused", "Refused"), ("waiting", "Waiting")],
        required=True,
        index=True,
        help="What came of it.",
    )
    message = fields.Text(help="What was sent, or why not.")

    @api.autovacuum
    def _gc_results(self):
        self.search([("run_at", "<", fields.Datetime.now() - KEPT_FOR)], limit=10000).unlink()
