from odoo import models

from .content_digest import make_digest

# What is acknowledged, and sent again when it changes, together. What AliExpress cannot be told to take away stands
# alone: it stays acknowledged as long as it is there.
SECTIONS = {
    "title": ("titles",),
    "description": ("descriptions",),
    "images": ("image_urls",),
    "marketing": ("marketing_images",),
    "category": ("category_ref", "attributes"),
    "brand": ("brand",),
    "size_chart": ("size_chart_ref",),
    "skus": ("skus",),
    "sku_images": ("skus",),
    "unit": ("unit_code", "lot_size"),
    # Each by itself: of a linked listing, Odoo may know one of these only.
    "weight": ("weight",),
    "package_size": ("package_size",),
    "lead_time": ("lead_time_days",),
    "deduction": ("deduction",),
    "freight": ("freight_template_ref",),
    "service": ("service_template_ref",),
    "group": ("group_ref",),
}
# What a freeze leaves as it is on AliExpress.
FROZEN_SECTIONS = frozenset({"title", "description", "images", "marketing", "sku_images"})
# What linking a SKU with its variant changes.
VARIANT_SECTIONS = ("skus", "sku_images")
# What stands for the digest of a section as long as Odoo cannot tell what it says of a linked listing.
UNSAID = "unsaid"
# What stands for the digest of a section that a person wants AliExpress to have as Odoo says it.
CONFIRMED = "confirmed"
OPEN_DIGESTS = frozenset({UNSAID, CONFIRMED})
# What AliExpress has as one list is sent together, where Odoo knows all of it.
ATTRIBUTE_SECTIONS = frozenset({"category", "brand"})


class AliexpressListing(models.Model):
    """The parts of what a listing says that are acknowledged, compared and sent by themselves."""

    _inherit = "aliexpress.listing"

    def _get_digests(self, content):
        """{section: digest} of a content, without prices and quantities, which have a job of their own."""
        told = {section: {name: getattr(content, name) for name in names} for section, names in SECTIONS.items()}
        # One value shows one picture, in whichever SKUs it stands.
        attributes = [attribute for sku in content.skus or () for attribute in sku.attributes]
        told["sku_images"] = {
            f"{attribute.attribute_ref}:{attribute.value_ref}": attribute.image_url for attribute in attributes
        }
        return {section: make_digest(said) for section, said in told.items()}

    def _get_sections_to_send(self, content):
        """Names of the sections of `content` (its desired state) that AliExpress has not acknowledged."""
        acknowledged = self.content_digests or {}
        digests = self._get_digests(content)
        changed = [
            section
            for section, names in SECTIONS.items()
            if acknowledged.get(section) not in (digests[section], UNSAID)
            and any(getattr(content, name) is not None for name in names)
        ]
        if self.is_published_here and not ATTRIBUTE_SECTIONS.isdisjoint(changed):
            changed = [section for section in SECTIONS if section in ATTRIBUTE_SECTIONS or section in changed]
        if self._is_frozen():
            changed = [section for section in changed if section not in FROZEN_SECTIONS]
        return changed

    def _is_frozen(self):
        """Whether texts and pictures stay as they are on AliExpress."""
        return bool(self.product_ref and (self.is_content_frozen or self.account_id.is_content_frozen))

    def _get_kept_sections(self, content):
        """Names of the sections of which AliExpress keeps what it was told, as it cannot be told that there is none."""
        nothing = (None, UNSAID, make_digest({}))
        acknowledged = self.content_digests or {}
        return [
            section
            for section in ("marketing", "size_chart", "freight", "service", "group")
            if acknowledged.get(section) not in nothing and getattr(content, SECTIONS[section][0]) is None
        ]
