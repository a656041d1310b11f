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
            variants = listing._hand_over_codes(listing._find_new_variants())
            taken = listing._renew_codes()
            values += [listing._prepare_sku_values(variant, taken) for variant in variants]
        return self.env["aliexpress.listing.sku"].create(values)

    def _find_new_variants(self):
        """The active variants of the product that shall have a SKU line and have none."""
        variants = self.product_tmpl_id.product_variant_ids - self.sku_ids.product_id
        if self._is_linked() and self.sku_ids:
            # Linked, not published from here: variants that were there before stay off AliExpress until a person adds
            # them.
            since = self._get_linked_date()
            return variants.filtered(lambda variant: variant.create_date > since)
        return variants

    def _hand_over_codes(self, variants):
        """Let lines whose variant was deleted or archived go on with the active variant that has their code now: by
        it AliExpress and orders know the SKU. Returns those of the new `variants` that need a line of their own.
        """
        left = {sku.sku_code: sku for sku in self.sku_ids if sku.sku_code and not (sku.is_offered or sku.is_foreign)}
        own = self.sku_ids.filtered(lambda sku: sku.is_offered and sku._is_code_open())
        heirs = variants.browse()
        for variant in own.product_id | variants if left else ():
            line = left.pop(variant._get_aliexpress_sku_code(), None)
            if line:
                line.product_id = variant
                heirs |= variant
        own.filtered(lambda sku: sku.product_id in heirs).unlink()
        return variants - heirs

    @api.model
    def _make_missing_skus(self, account, since=None):
        """Give listings of `account` that were created without SKU lines those of their variants, so that these can be
        offered; with `since` only those about which something was said since then.
        """
        without = self._get_living_domain() & Domain("account_id", "=", account.id) & Domain("sku_ids", "=", False)
        if since:
            without &= Domain("offer_change_date", ">=", since)
        self.search(without)._sync_skus()

    def _renew_codes(self):
        """Give the lines whose code AliExpress does not know yet the codes of their variants; return all codes (set) of
        the listing.
        """
        is_unknown = not self.product_ref and not self.intent_date
        lines = self.sku_ids.filtered(
            lambda sku: sku.product_id and (sku._is_code_open() or (is_unknown and not sku.sku_ref))
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
