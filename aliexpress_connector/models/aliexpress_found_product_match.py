from odoo import models
from odoo.fields import Domain


class AliexpressFoundProduct(models.Model):
    """Which product in Odoo a product found on AliExpress is, and how sure that is."""

    _inherit = "aliexpress.found.product"

    def _match(self):
        """Propose a product for each of the found ones, and say how sure that is."""
        for account, found_products in self.grouped("account_id").items():
            found_products = found_products.with_env(account._get_message_env())
            shared = found_products.sku_ids.filtered(lambda sku: not sku.product_id)._match()
            templates = found_products.sku_ids.product_id.product_tmpl_id
            listed = templates & found_products._find_listed()
            for found in found_products:
                found.write(found._prepare_match(listed, found.sku_ids & shared))
            found_products._doubt_rivals(templates)

    def _find_listed(self):
        """The products (templates) of which the shops have a listing that is on AliExpress or may be."""
        Listing = self.env["aliexpress.listing"]
        own = Domain("account_id", "in", self.account_id.ids)
        templates = self.product_tmpl_id | self.sku_ids.product_id.product_tmpl_id
        begun = Domain("product_tmpl_id", "in", templates.ids) & ~Listing._get_unbegun_domain()
        return Listing.search(own & begun).product_tmpl_id

    def _doubt_rivals(self, templates):
        """No proposal is certain where several products on AliExpress have the codes of one of `templates`."""
        domain = [
            ("account_id", "in", self.account_id.ids),
            ("product_tmpl_id", "in", templates.ids),
            ("state", "=", "open"),
        ]
        for template, found in self.search(domain).grouped("product_tmpl_id").items():
            if len(found) > 1:
                reason = self.env._(
                    "Several products on AliExpress have the codes of %(name)s: link one of them, ignore the others.",
                    name=template.name,
                )
                found.filtered(lambda each: each.match == "1_certain").write({"match": "2_doubtful", "reason": reason})

    def _prepare_match(self, listed, shared):
        """Values of the proposal.

        :param listed: products (templates) that the shop has a listing for already
        :param shared: SKUs whose code or barcode several variants have
        """
        variants = self.sku_ids.product_id
        templates = variants.product_tmpl_id
        best = templates[:1]
        if not templates and shared:
            code = shared[0].sku_code or shared[0].ean
            reason = self.env._("Several variants have the code %(code)s: choose the right product.", code=code)
            return {"match": "2_doubtful", "reason": reason, "product_tmpl_id": False}
        if not templates:
            return {
                "match": "3_none",
                "reason": self.env._("No code and no barcode is known here. Choose the product, or ignore it."),
                "product_tmpl_id": False,
            }
        if len(templates) > 1:
            reason = self.env._(
                "Its SKUs belong to several products: %(names)s.", names=", ".join(templates.mapped("name"))
            )
        elif best in listed:
            reason = self.env._("%(name)s already has a listing in this shop.", name=best.name)
        elif self.matched_count < self.sku_count:
            reason = self.env._("%(count)s SKUs have no variant.", count=self.sku_count - self.matched_count)
        elif len(variants) < self.sku_count:
            reason = self.env._("Several SKUs have the code of the same variant.")
        elif "barcode" in self.sku_ids.mapped("matched_by"):
            reason = self.env._("Matched by barcode: the SKU codes differ from those here.")
        else:
            return {"match": "1_certain", "reason": False, "product_tmpl_id": best.id}
        return {"match": "2_doubtful", "reason": reason, "product_tmpl_id": best.id}

    def action_match(self):
        """Propose products again, for instance after codes were entered."""
        self.check_access("write")
        self.filtered(lambda found: found.state == "open")._match()
