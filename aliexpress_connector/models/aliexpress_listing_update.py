from dataclasses import replace

from odoo import api, models
from odoo.exceptions import UserError

from ..lib.catalogue_values import ProductContent
from .aliexpress_listing_content import get_main_language
from .aliexpress_listing_sections import CONFIRMED, SECTIONS, UNSAID
from .aliexpress_offer_prices import keep_below
from .content_merge import keep_pictures, keep_unsaid
from .product_reader import make_skuless_error

# What is replaced as a whole although Odoo may know only a part of it.
MERGED = frozenset({"titles", "descriptions", "attributes", "skus"})
TEXT_SECTIONS = frozenset({"title", "description"})


class AliexpressListing(models.Model):
    """Updates: of a listing on AliExpress only the sections are sent that differ from what it acknowledged."""

    _inherit = "aliexpress.listing"

    def _send_update(self):
        """Send one listing's sections that AliExpress has not acknowledged."""
        if not self._keep_wanted("online"):
            return
        content = self._prepare_contents()[self.id]
        sections = self._get_sections_to_send(content)
        problems = self._check_quality({self.id: content})[self.id]
        blocking = self._describe_blocking(problems, sections)
        if blocking:
            raise UserError(blocking)
        if not sections:
            self.write({"next_act": False})
            return
        self.account_id._check_call_budget("content")
        client = self.account_id._get_client()
        content, update = self._prepare_update(content, sections, client)
        client.update_product(self.product_ref, self._resolve_images(update))
        self._acknowledge(
            {section: digest for section, digest in self._get_digests(content).items() if section in sections}
        )
        if update.skus is not None:
            self._acknowledge_skus(self._prepare_attempt(update)["offers"])
        self._log_result("update", "accepted", self._describe_sections(sections))

    def _acknowledge_skus(self, offers):
        """AliExpress has the SKUs of `offers` (as `_acknowledge_offers` takes them) now and no others."""
        self._acknowledge_offers(offers)
        left = self.sku_ids.filtered(lambda sku: sku.sku_code not in offers and not sku.is_foreign)
        # Lines of archived variants stay: orders may still name them, and they may come back.
        archived = left.filtered(lambda sku: sku.product_id and sku.sku_code)
        archived._set_missing(archived.ids)
        left.filtered(lambda sku: not sku.product_id).unlink()

    def _prepare_update(self, content, sections, client):
        """(content, update): `content` in the main language that was learned, and the `ProductContent` that sends its
        `sections`, with what AliExpress has and Odoo does not know.
        """
        told = {name for section in sections for name in SECTIONS[section]}
        # Of a listing that was linked, Odoo says less than AliExpress has, and lists are replaced as a whole. What a
        # person saw in the preview is sent as it was shown there, but it shows no texts that only AliExpress has.
        known = self.content_digests or {}
        unseen = [section for section in sections if section in TEXT_SECTIONS or known.get(section) != CONFIRMED]
        kept = set() if self.is_published_here else {name for section in unseen for name in SECTIONS[section]}
        is_read = not self.language or "skus" in told or not kept.isdisjoint(MERGED)
        detail = client.get_product(self.product_ref) if is_read else None
        if not self.language:
            content = self._learn_language(detail, sections)
        if detail and "attributes" in told and content.brand and detail.category_ref != content.category_ref:
            told.add("brand")  # as an attribute of another category it does not stay
        values = {name: getattr(content, name) for name in told}
        remote = self._match_remote_skus(detail) if "skus" in told else {}
        if "skus" in told:
            values["skus"] = self._keep_acknowledged_prices(content.skus, remote)
        if detail:
            values |= keep_unsaid({name: values[name] for name in kept}, detail, remote)
        if "skus" in told and self._is_frozen():
            values["skus"] = keep_pictures(values["skus"], detail)
        return content, ProductContent(language=content.language, **values)

    def _learn_language(self, detail, sections):
        """Take over the main language of a listing that was linked, and return its content under it.

        What is not in `sections` counts as acknowledged under the new language as well.
        """
        self.language = get_main_language(detail) or next(iter(self.account_id._get_languages()))
        content = self._prepare_contents()[self.id]
        digests = self._get_digests(content)
        unsaid = {section: UNSAID for section, digest in (self.content_digests or {}).items() if digest == UNSAID}
        self.content_digests = {section: digests[section] for section in SECTIONS if section not in sections} | unsaid
        return content

    def _match_remote_skus(self, detail):
        """{SKU code here: ProductSku}. Raises UserError when a SKU there is unknown here, or its prices are in another
        currency.
        """
        problem = self.account_id._get_currency_problem(detail.currency)
        if problem:
            raise UserError(problem)
        if not detail.skus:
            raise make_skuless_error()
        by_ref = {sku.sku_ref: sku.sku_code for sku in self.sku_ids if sku.sku_ref}
        remote = {sku.sku_code or by_ref.get(sku.sku_ref) or "": sku for sku in detail.skus}
        unknown = remote.keys() - set(self.sku_ids.mapped("sku_code"))
        if unknown:
            raise UserError(
                self.account_id._get_message_env()._(
                    "AliExpress has SKUs that no variant is linked with: %(codes)s. Sending would remove them. Read "
                    "the listing back and link them.",
                    codes=", ".join(sorted(unknown)) or "-",
                )
            )
        return remote

    def _keep_acknowledged_prices(self, skus, remote):
        """`skus` (SkuContents) with AliExpress' own prices where Odoo has none to say; `remote` of
        `_match_remote_skus`.
        """
        offers = self.sku_ids._prepare_offer()
        keeping = {
            sku.sku_code
            for sku in self.sku_ids
            if offers[sku.id].keeps_sale_price and not sku._has_ended_sale(remote.get(sku.sku_code))
        }
        return tuple(
            self._keep_acknowledged_price(sku, remote.get(sku.sku_code), sku.sku_code in keeping) for sku in skus
        )

    @api.model
    def _keep_acknowledged_price(self, sku, remote, keeps_sale_price):
        if not remote:
            return replace(sku, quantity=max(1, sku.quantity))  # created by this update
        price = sku.price or remote.price
        sale_price = remote.sale_price if keeps_sale_price else sku.sale_price
        return replace(sku, price=price, sale_price=keep_below(sale_price, price))

    def _describe_sections(self, sections):
        env = self.account_id._get_message_env()
        names = {
            "title": env._("title"),
            "description": env._("description"),
            "images": env._("pictures"),
            "marketing": env._("pictures"),
            "category": env._("category and attributes"),
            "brand": env._("category and attributes"),
            "size_chart": env._("category and attributes"),
            "skus": env._("variants"),
            "sku_images": env._("pictures"),
            "unit": env._("package"),
            "weight": env._("package"),
            "package_size": env._("package"),
            "lead_time": env._("package"),
            "deduction": env._("package"),
            "freight": env._("templates and group"),
            "service": env._("templates and group"),
            "group": env._("templates and group"),
        }
        return ", ".join(dict.fromkeys(names[section] for section in sections))
