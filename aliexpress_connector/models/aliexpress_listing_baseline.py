from dataclasses import replace

from odoo import fields, models
from odoo.fields import Domain

from .aliexpress_listing_sections import CONFIRMED, FROZEN_SECTIONS, OPEN_DIGESTS, SECTIONS, UNSAID, VARIANT_SECTIONS


class AliexpressListing(models.Model):
    """What AliExpress had of a listing that was not published from here: it stays, what people change later is sent."""

    _inherit = "aliexpress.listing"

    # Since when the listing stands for a product that AliExpress had before: to the microsecond, like `create_date`.
    linked_date = fields.Datetime(copy=False, readonly=True)

    def _get_linked_date(self):
        """When the listing was linked with a product that AliExpress had; what is made later is new there."""
        return self.linked_date or self.create_date

    def _remember_contents(self):
        """Take what Odoo says of listings that AliExpress had before them for what AliExpress has, so that every later
        change is sent.
        """
        # People who may not read all that a listing is made of may make one.
        listings = self.sudo()
        listings.linked_date = self.env.cr.now()
        listings.filtered("sku_ids")._sync_skus()
        self.env["aliexpress.attribute.mapping"].sudo()._map_products(listings.product_tmpl_id)
        listings._take_baseline(listings._prepare_contents(has_offers=False))

    def _complete_lines(self):
        """Map the products' attributes and give new variants SKU lines, which are a change of listings that were made
        first and got their lines later.
        """
        self.env["aliexpress.attribute.mapping"]._map_products(self.product_tmpl_id)
        unsaid = self.filtered(lambda listing: (listing.content_digests or {}).get("skus") == UNSAID)
        linked = unsaid.filtered(lambda listing: listing.sku_ids and not any(listing.sku_ids.mapped("is_foreign")))
        if linked:
            linked._take_baseline(linked._prepare_contents(has_offers=False))
        self._sync_skus()

    def _take_baseline(self, contents):
        """Take `contents` for what AliExpress has of listings that were not published from here: from now on their
        changes are sent, not what AliExpress had before. What Odoo cannot tell yet is left for later.
        """
        listings = self.filtered(
            lambda listing: (
                listing.product_ref
                and (not listing.content_digests or not OPEN_DIGESTS.isdisjoint(listing.content_digests.values()))
            )
        )
        known_categories = listings.category_id.filtered(lambda category: not category._is_reading_due())
        to_mend = listings._find_skus_to_mend()
        for listing in listings:
            is_category_known = listing.category_id in known_categories
            known = listing._complete_baseline(contents[listing.id], is_category_known, listing in to_mend)
            if known != listing.content_digests:
                listing.content_digests = known

    def _complete_baseline(self, content, is_category_known, has_skus_to_mend):
        """{section: digest} that stands for what AliExpress had before the listing was linked; `UNSAID` stays what
        cannot be told before the category and its attributes are known, and all SKUs linked with variants.
        """
        known = dict(self.content_digests or dict.fromkeys(SECTIONS, UNSAID))
        has_foreign = any(self.sku_ids.mapped("is_foreign"))
        has_variants = content.skus and not has_foreign
        has_weight = not has_foreign or self._get_template().aliexpress_package_weight
        if has_variants and known.get("skus") == UNSAID and has_skus_to_mend:
            known.pop("skus")
        if self.content_digests and known.get("weight") == UNSAID and has_foreign and has_weight:
            known.pop("weight")  # told since the listing was linked
        if is_category_known and known.get("category") in OPEN_DIGESTS:
            # How variants are told apart there comes with the category, and is no change of theirs.
            bare = self._get_digests(replace(content, skus=tuple(replace(sku, attributes=()) for sku in content.skus)))
            known |= {name: UNSAID for name in ("skus", "sku_images") if known.get(name) == bare[name]}
            if self.content_digests and known["category"] == UNSAID and self._has_new_attributes():
                known.pop("category")
        later = {*(() if is_category_known else ("category",)), *(() if has_variants else VARIANT_SECTIONS)}
        if not has_weight:
            later.add("weight")
        digests = self._get_digests(content)
        told = [name for name, digest in known.items() if digest == UNSAID and name not in later]
        return known | {name: digests[name] for name in told}

    def _has_new_attributes(self):
        """Whether a person told attributes of the product since the listing was linked: these are to be sent."""
        lines = self.product_tmpl_id.aliexpress_attribute_line_ids
        since = self._get_linked_date()
        return any((line.value_ids or line.text) and line.told_date and line.told_date > since for line in lines)

    def _has_unread_attributes(self):
        """Whether attributes that a person told of a linked product wait for those of its category, which are read
        before anything is sent.
        """
        if self.state not in ("online", "rejected") or (self.content_digests or {}).get("category") != UNSAID:
            return False
        return bool(self.category_id) and self.category_id._is_reading_due() and self._has_new_attributes()

    def _confirm_sections(self, sections):
        """Have `sections` (names) sent whatever AliExpress acknowledged: a person saw that it has something else."""
        self.check_access("write")
        self.ensure_one()
        if not self.product_ref:
            return
        content = self._prepare_contents()[self.id]
        self._take_baseline({self.id: content})
        known = self.content_digests
        kept = FROZEN_SECTIONS if self._is_frozen() else ()
        confirmed = [
            section
            for section in sections
            if not (known.get(section) == UNSAID and section in VARIANT_SECTIONS)
            and section not in kept
            and any(getattr(content, name) is not None for name in SECTIONS[section])
        ]
        self.content_digests = known | dict.fromkeys(confirmed, CONFIRMED)

    def _find_skus_to_mend(self):
        """Those of the listings whose SKUs on AliExpress differ from those here: it had some without a code when they
        were linked, which prices and stock need, or a person had some removed.
        """
        removed = self.sku_ids.filtered(lambda sku: not sku.product_id and not sku.is_foreign).listing_id
        refs = Domain("product_ref", "in", self.mapped("product_ref"))
        without_code = refs & Domain("sku_ids", "any", [("sku_code", "=", False)])
        found = self.env["aliexpress.found.product"].search_fetch(without_code, ["account_id", "product_ref"])
        keys = {(each.account_id, each.product_ref) for each in found}
        return removed | self.filtered(lambda listing: (listing.account_id, listing.product_ref) in keys)
