from dataclasses import replace
from decimal import Decimal

from odoo import api, models
from odoo.tools import float_repr, is_html_empty
from odoo.tools.barcode import check_barcode_encoding

from ..lib.catalogue_rules import DEDUCT_ORDER, DEDUCT_PAYMENT, DEFAULT_SERVICE_TEMPLATE, TITLE_LENGTH
from ..lib.catalogue_values import Description, MarketingImages, ProductContent, SkuContent
from ..lib.html_text import clean_html, text_to_html
from .attribute_resolver import AttributeResolver
from .composed_text import compose
from .offer import Offer

DEDUCTIONS = {"order": DEDUCT_ORDER, "payment": DEDUCT_PAYMENT}
BARCODE_ENCODINGS = {13: "ean13", 8: "ean8", 12: "upca"}
NO_OFFER = Offer(0, None, None, keeps_sale_price=True)
# What Odoo shows where nobody translated a text.
FALLBACK_LANGUAGE = "en_US"
# Short words are repeated in any language: of, de, for.
SHORTEST_WORD = 4


class AliexpressListing(models.Model):
    """What the products say, as one value that the quality check, the preview, the comparison and the sending share."""

    _inherit = "aliexpress.listing"

    def _prepare_contents(self, has_offers=True):
        """{id: ProductContent} of the listings as they should be on AliExpress; without `has_offers` with no true
        prices and quantities, which take as long to find out as all the rest.

        Pictures stand as `image:<checksum>`, so that the same content is always equal; `_resolve_images` puts in
        their addresses.
        """
        contents = {}
        kilograms = self._get_weight_factor()
        for account, listings in self.grouped("account_id").items():
            listings = listings.with_company(account.company_id)
            resolver = AttributeResolver(account, listings.product_tmpl_id.aliexpress_category_id)
            images = listings._get_images()
            skus = listings.sku_ids
            offers = skus._prepare_offer() if has_offers else dict.fromkeys(skus.ids, NO_OFFER)
            for listing in listings:
                content = listing._prepare_content(images[listing.id], kilograms)
                contents[listing.id] = replace(
                    content,
                    attributes=resolver.get_choices(listing._get_template()),
                    skus=listing._prepare_skus(resolver, images[listing.id].by_variant, offers),
                )
        return contents

    def _prepare_content(self, images, kilograms):
        """The `ProductContent` without attributes and SKUs. `kilograms` are those of one unit of weight."""
        account = self.account_id
        template = self._get_template()
        titles = self._prepare_titles()
        freight_template_ref, service_template_ref = self._get_terms()
        return ProductContent(
            language=next(iter(titles)),
            titles=titles,
            descriptions=self._prepare_descriptions(titles),
            category_ref=template.aliexpress_category_id.ref or "",
            image_urls=images.main,
            marketing_images=MarketingImages(images.portrait, images.square)
            if images.portrait or images.square
            else None,
            unit_code=template.aliexpress_unit_code or account.unit_code,
            lot_size=self.lot_size if self.lot_size > 1 else None,
            weight=self._get_weight(kilograms),
            package_size=(
                template.aliexpress_package_length or account.package_length,
                template.aliexpress_package_width or account.package_width,
                template.aliexpress_package_height or account.package_height,
            ),
            lead_time_days=template.aliexpress_lead_time or account.lead_time,
            deduction=DEDUCTIONS[self.stock_deduction or "order"],
            freight_template_ref=freight_template_ref,
            service_template_ref=service_template_ref,
            group_ref=(self.product_group_id or account.product_group_id).ref or None,
            # Of what was published from here, Odoo knows that there is no brand any more.
            brand=template.aliexpress_brand or ("" if self.product_ref and self.is_published_here else None),
            size_chart_ref=self._get_size_chart().ref or None,
        )

    def _is_linked(self):
        """Whether the product was on AliExpress before the listing: what nobody chose here stays as it is there."""
        return bool(self.product_ref) and not self.is_published_here

    def _get_terms(self):
        """(freight template, service template) as AliExpress' references: the chosen ones, or the shop's defaults."""
        account = self.account_id
        freight = (self.freight_template_id or account.freight_template_id).ref
        service = (self.service_template_id or account.service_template_id).ref
        if self._is_linked():
            return freight or None, service or None
        return freight or account._get_default_freight_template().ref or "", service or DEFAULT_SERVICE_TEMPLATE

    def _get_size_chart(self):
        """The size chart of the listing: the chosen one, the only one of the category, or AliExpress' own; may be
        empty.
        """
        if self.size_chart_id.category_id == self.category_id and self.size_chart_id:
            return self.size_chart_id
        if self._is_linked():
            return self.size_chart_id.browse()
        domain = [("account_id", "=", self.account_id.id), ("category_id", "=", self.category_id.id)]
        charts = self.env["aliexpress.size.chart"].search(domain) if self.category_id else self.size_chart_id.browse()
        return charts.filtered("is_default")[:1] or (charts if len(charts) == 1 else charts.browse())

    # === TEXTS === #

    def _prepare_titles(self):
        """{language: title}, the listing's main language first; others only where they say something else."""
        titles = {language: self._get_title(code) for language, code in self._get_languages().items()}
        return _drop_untranslated(titles, self._get_title(FALLBACK_LANGUAGE))

    def _get_title(self, code):
        """The title in the Odoo language `code`; only one that nobody wrote is shortened."""
        template = self._get_template().with_context(lang=code)
        if template.aliexpress_title:
            return " ".join(template.aliexpress_title.split())
        rule = self.account_id.title_template
        text = _drop_repeated_words(compose(template, rule)) if rule else " ".join(template.name.split())
        return _shorten(text, TITLE_LENGTH)

    def _prepare_descriptions(self, titles):
        """{language: Description}, as `_prepare_titles`. None where the product has no description: what AliExpress has
        stays; a new product, which must have one, gets its title.
        """
        languages = self._get_languages()
        descriptions = {language: self._get_description(code) for language, code in languages.items()}
        main = next(iter(descriptions))
        if not descriptions[main].html and self.product_ref:
            return None
        if not descriptions[main].html:
            descriptions[main] = Description(html=text_to_html(titles[main]))
        told = {
            language: description
            for language, description in descriptions.items()
            if language == main or description.html
        }
        return _drop_untranslated(told, self._get_description(FALLBACK_LANGUAGE))

    def _get_description(self, code):
        template = self._get_template().with_context(lang=code)
        html = template.aliexpress_description
        # `description_ecommerce` exists where the web shop is installed.
        if is_html_empty(html) and "description_ecommerce" in template._fields:
            html = template.description_ecommerce
        if is_html_empty(html):
            html = text_to_html(template.description_sale or "")
        return Description(html=clean_html(str(html)), text=(template.aliexpress_mobile_description or "").strip())

    # === MEASURES === #

    @api.model
    def _get_weight_factor(self):
        """How many kilograms the unit has in which products say their weight."""
        unit = self.env["product.template"]._get_weight_uom_id_from_ir_config_parameter()
        return unit._compute_quantity(1.0, self.env.ref("uom.product_uom_kgm"), round=False)

    def _get_weight(self, kilograms):
        """Kilograms with packaging (Decimal): the package's own, or that of the heaviest variant."""
        template = self._get_template()
        # Not filtered first, so that the variants of all listings are read together.
        products = self.sku_ids.product_id or template.product_variant_ids
        weights = [product.weight for product in products if product.active]
        weight = template.aliexpress_package_weight or max(weights, default=0.0)
        return Decimal(float_repr(weight * kilograms, 3))

    # === SKUS === #

    def _prepare_skus(self, resolver, images, offers):
        """The `SkuContent`s of the offered variants, as a tuple."""
        skus = self.sku_ids.filtered("is_offered")
        return _share_pictures(
            SkuContent(
                sku_code=sku.sku_code or "",
                price=offers[sku.id].price or Decimal(0),
                sale_price=offers[sku.id].sale_price,
                quantity=offers[sku.id].quantity,
                ean=_get_ean(sku.product_id.barcode),
                attributes=resolver.get_sku_attributes(sku.product_id, images),
            )
            for sku in skus.sorted("id")
        )


def get_main_language(detail):
    """The language (ISO 639-1) in which a product was published, as far as its `ProductDetail` shows, else ""."""
    return next((language for language, title in detail.titles.items() if title == detail.name), "")


def get_stock_deduction(detail):
    """When AliExpress takes units of a `ProductDetail` off its stock, as listings say it; False where unknown."""
    return next((choice for choice, code in DEDUCTIONS.items() if code == detail.deduction), False)


def _share_pictures(skus):
    """`skus` (an iterable) as a tuple, in which all SKUs of one value show the first picture that any of them has for
    it.
    """
    skus = tuple(skus)
    pictures = {}
    for sku in skus:
        for attribute in sku.attributes:
            if attribute.image_url:
                pictures.setdefault((attribute.attribute_ref, attribute.value_ref), attribute.image_url)
    return tuple(
        replace(
            sku,
            attributes=tuple(
                replace(attribute, image_url=pictures.get((attribute.attribute_ref, attribute.value_ref), ""))
                for attribute in sku.attributes
            ),
        )
        for sku in skus
    )


def _drop_untranslated(texts, fallback):
    """`texts` ({language: text}, the main one first) without those that repeat the main one, or that are `fallback`
    although they are not English.
    """
    main = next(iter(texts))
    return {
        language: text
        for language, text in texts.items()
        if language == main or (text != texts[main] and (language == "en" or text != fallback))
    }


def _shorten(text, length):
    """`text` cut after a word to at most `length` characters."""
    if len(text) <= length:
        return text
    return (text[: length + 1].rpartition(" ")[0] or text[:length]).rstrip(" ,;-")


def _drop_repeated_words(text):
    """`text` without the second and further occurrences of its words, short ones excepted."""
    seen = set()
    words = []
    for word in text.split():
        key = word.strip(".,;:()").casefold()
        if len(key) < SHORTEST_WORD or key not in seen:
            words.append(word)
        seen.add(key)
    return " ".join(words)


def _get_ean(barcode):
    """`barcode` where it is a number that AliExpress takes as EAN, else ""."""
    encoding = BARCODE_ENCODINGS.get(len(barcode or ""))
    return barcode if encoding and check_barcode_encoding(barcode, encoding) else ""
