from odoo import api, models

from ..models.res_partner import CHANGED_BY_HAND

BUYER_FIELDS = (
    "aliexpress_account_id",
    "aliexpress_buyer_ref",
    "aliexpress_address_key",
    "aliexpress_is_erased",
)


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """Contacts that are merged with an AliExpress buyer: later orders of the buyer find the one that is kept."""

    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _update_values(self, src_partners, dst_partner):
        """Override to hand the buyer over before Odoo copies everything: the database refuses the same one twice."""
        merged = src_partners.sudo()  # Odoo too deletes them whoever merges
        buyers = [
            (partner.aliexpress_account_id, partner.aliexpress_buyer_ref)
            for partner in merged
            if partner.aliexpress_buyer_ref
        ]
        key, address = dst_partner.aliexpress_address_key, dst_partner._aliexpress_get_address()
        merged.write(dict.fromkeys(BUYER_FIELDS, False))
        dst_partner.aliexpress_address_key = False
        (src_partners | dst_partner).flush_recordset()
        super()._update_values(src_partners, dst_partner)
        if key:
            is_same = dst_partner._aliexpress_get_address() == address
            dst_partner.aliexpress_address_key = key if is_same else CHANGED_BY_HAND
        for account, buyer_ref in buyers:
            # A shop sells to no customer of another company.
            if not dst_partner.aliexpress_buyer_ref and dst_partner.company_id.id in (False, account.company_id.id):
                dst_partner.write({"aliexpress_account_id": account.id, "aliexpress_buyer_ref": buyer_ref})
