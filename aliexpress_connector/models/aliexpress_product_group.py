from odoo import api, fields, models


class AliexpressProductGroup(models.Model):
    """A shelf of the shop; set up in the seller centre. Products go into groups without groups below."""

    _name = "aliexpress.product.group"
    _description = "AliExpress Product Group"
    _inherit = ["aliexpress.shop.metadata.mixin"]

    parent_id = fields.Many2one(
        "aliexpress.product.group", readonly=True, index=True, ondelete="set null", help="The group above."
    )
    child_ids = fields.One2many("aliexpress.product.group", "parent_id", readonly=True, help="The groups below.")
    is_leaf = fields.Boolean(
        string="For Products", readonly=True, default=True, help="Products go into groups without groups below."
    )

    @api.depends("name", "parent_id.name")
    def _compute_display_name(self):
        for group in self:
            group.display_name = " / ".join(filter(None, [group.parent_id.name, group.name]))

    @api.model
    def _store_groups(self, account, groups):
        """Make the groups of `account` the same as `groups` (`ProductGroup`s); return those it archived."""
        parents = {group.parent_ref for group in groups}
        items = {group.ref: {"name": group.name, "is_leaf": group.ref not in parents} for group in groups}
        vanished = self._store_of_shop(account, items)
        by_ref = self.search([("account_id", "=", account.id)]).grouped("ref")
        for group in groups:
            by_ref[group.ref]._write_changes({"parent_id": by_ref[group.parent_ref].id if group.parent_ref else False})
        return vanished
