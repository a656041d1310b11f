from odoo import api, models
from odoo.fields import Domain


class AliexpressListing(models.Model):
    """The SKU lines of a listing follow the variants of its product, and their codes until AliExpress has them."""

    _inherit = "aliexpress.listing"

    def _sync_skus(self):
        """Give every active variant a SKU line, and the lines their codes; lines of variants that are no longer active
        stop being offered by themselves.
        """
        values = []
        for listing in self:
            variants = listing.product_tmpl_id.product_variant_ids - listing.sku_ids.product_id
            if listing.product_ref and not listing.is_published_here and listing.sku_ids:
                # Linked, not published from here: variants that were there before stay off AliExpress
                # until a person adds them.
                variants = variants.filtered(lambda variant, since=listing.create_date: variant.create_date > since)
            taken = listing._renew_codes()
            values += [listing._prepare_sku_values(variant, taken) for variant in variants]
        return self.env["aliexpress.listing.sku"].create(values)

    @api.model
    def _make_missing_skus(self):
        """Give listings that were created without SKU lines those of their variants, so that these can be offered."""
        due = self.env["aliexpress.account"]._get_due_domain("sync_offers", calls_gateway=False)
        without = self._get_living_domain() & Domain("account_id", "any", due) & Domain("sku_ids", "=", False)
        self.search(without)._sync_skus()

    def _renew_codes(self):
        """Give the lines whose code AliExpress does not know yet the codes of their variants; return all codes (set) of
        the listing.
        """
        is_unknown = not self.product_ref and not self.intent_date
        lines = self.sku_ids.filtered(
            lambda sku: sku.product_id and (not sku.sku_code or (is_unknown and not sku.sku_ref))
        )
        taken = set((self.sku_ids - lines).mapped("sku_code"))
        codes = {}
        for sku in lines.sorted(lambda sku: (not sku.is_offered, sku.id)):
            code = sku.product_id._get_aliexpress_sku_code()
            codes[sku] = False if code in taken else code
            taken.add(code)
        changed = lines.filtered(lambda sku: sku.sku_code != codes[sku])
        if changed.filtered("sku_code"):
            changed.sku_code = False
            changed.flush_recordset(["sku_code"])  # two variants may have exchanged their codes
        for sku in changed:
            sku.sku_code = codes[sku]
        return taken

    def _prepare_sku_values(self, variant, taken):
        """Values of the line of a new variant. A code that another variant of the listing has is left out: people
        must decide.
        """
        code = variant._get_aliexpress_sku_code()
        values = {"listing_id": self.id, "product_id": variant.id, "sku_code": False if code in taken else code}
        taken.add(code)
        return values
