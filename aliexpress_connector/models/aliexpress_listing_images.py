from dataclasses import dataclass, field, replace

from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..lib.catalogue_rules import IMAGE_COUNT

# Where the pictures of products lie: the model, its picture and its link to the product.
MAIN_SOURCE = ("product.template", "image_1920")
VARIANT_SOURCE = ("product.product", "image_variant_1920")
OWN_SOURCE = ("aliexpress.product.image", "image")
WEBSITE_SOURCE = ("product.image", "image_1920")  # exists where the web shop is installed

# What stands for a picture in contents before they are sent, followed by its checksum.
IMAGE_MARK = "image:"


@dataclass
class ListingImages:
    """The pictures of a listing, each as `image:<checksum>`: its address is looked up when it is sent."""

    main: tuple[str, ...] = ()
    portrait: str = ""
    square: str = ""
    by_variant: dict[int, str] = field(default_factory=dict)  # by id of product.product
    attachments: list = field(default_factory=list)


class AliexpressListing(models.Model):
    """The pictures of listings: which ones, and how AliExpress gets them."""

    _inherit = "aliexpress.listing"

    def _get_images(self):
        """{id: ListingImages} of listings of one shop."""
        attachments = self._get_image_attachments()
        return {listing.id: listing._choose_images(attachments) for listing in self}

    def _get_image_attachments(self):
        """{(model, id): attachment} of everything that carries a picture of these listings' products."""
        templates = self.product_tmpl_id
        ids = {
            MAIN_SOURCE: templates.ids,
            VARIANT_SOURCE: templates.product_variant_ids.ids,
            OWN_SOURCE: templates.aliexpress_image_ids.ids,
        }
        if "product_template_image_ids" in templates._fields:
            ids[WEBSITE_SOURCE] = templates.product_template_image_ids.ids
        domain = Domain.OR(
            Domain("res_model", "=", model) & Domain("res_field", "=", name) & Domain("res_id", "in", record_ids)
            for (model, name), record_ids in ids.items()
        )
        # Attachments of fields are hidden from searches of users; the products themselves may be read.
        found = self.env["ir.attachment"].sudo().search_fetch(domain, ["res_model", "res_id", "checksum", "mimetype"])
        return {(attachment.res_model, attachment.res_id): attachment for attachment in found if attachment.checksum}

    def _choose_images(self, attachments):
        """The `ListingImages` of the listing, out of `attachments` of `_get_image_attachments`."""
        template = self.product_tmpl_id
        own = template.aliexpress_image_ids
        sources = [("product.template", template.id)]
        sources += [("aliexpress.product.image", image.id) for image in own if image.kind == "main"]
        if "product_template_image_ids" in template._fields:
            sources += [("product.image", image.id) for image in template.product_template_image_ids]
        variants = {
            sku.product_id.id: attachments[key]
            for sku in self.sku_ids.filtered("is_offered")
            if (key := ("product.product", sku.product_id.id)) in attachments
        }
        shows_values = any(
            attribute.is_sku and attribute.has_custom_image
            for attribute in template.aliexpress_category_id.attribute_ids
        )
        main = [attachments[source] for source in sources if source in attachments] or list(variants.values())
        main = list({attachment.checksum: attachment for attachment in main}.values())[:IMAGE_COUNT]
        marketing = {
            image.kind: attachments[key]
            for image in own
            if image.kind != "main" and (key := ("aliexpress.product.image", image.id)) in attachments
        }
        return ListingImages(
            main=tuple(map(_get_mark, main)),
            portrait=_get_mark(marketing["portrait"]) if "portrait" in marketing else "",
            square=_get_mark(marketing["square"]) if "square" in marketing else "",
            by_variant={
                variant_id: _get_mark(attachment) for variant_id, attachment in variants.items() if shows_values
            },
            attachments=[*main, *marketing.values(), *(variants.values() if shows_values else ())],
        )

    def _register_images(self):
        """The `aliexpress.image` records of all pictures of the listings, of one shop, made where they are new."""
        chosen = self._get_images().values()
        attachments = [attachment for images in chosen for attachment in images.attachments]
        marks = {mark for images in chosen for mark in (images.portrait, images.square) if mark}
        marketing = {mark.removeprefix(IMAGE_MARK) for mark in marks}
        return self.env["aliexpress.image"]._get_or_create(self.account_id, attachments, marketing)

    def _resolve_images(self, content):
        """`content` with the addresses of its pictures, for sending. Raises UserError when one is not there yet."""
        marks = _find_marks(content)
        checksums = [mark.removeprefix(IMAGE_MARK) for mark in marks]
        images = self.env["aliexpress.image"].search(
            [("account_id", "=", self.account_id.id), ("checksum", "in", checksums)]
        )
        urls = {IMAGE_MARK + image.checksum: image.url for image in images if image.url}
        if marks - urls.keys():
            raise UserError(
                self.account_id._get_message_env()._(
                    "A picture of %(name)s changed while it was being sent. Send it again.",
                    name=self.product_tmpl_id.display_name,
                )
            )
        return _replace_marks(content, urls)


def _get_mark(attachment):
    return IMAGE_MARK + attachment.checksum


def _find_marks(content):
    marks = set(content.image_urls or ())
    if content.marketing_images:
        marks |= {content.marketing_images.portrait_url, content.marketing_images.square_url}
    marks |= {attribute.image_url for sku in content.skus or () for attribute in sku.attributes}
    return {mark for mark in marks if mark.startswith(IMAGE_MARK)}


def _replace_marks(content, urls):
    """`content` with each picture's mark replaced by its address in `urls`."""

    def address(mark):
        return urls.get(mark, mark)

    told = {}
    if content.image_urls is not None:
        told["image_urls"] = tuple(map(address, content.image_urls))
    if content.marketing_images:
        images = content.marketing_images
        told["marketing_images"] = replace(
            images, portrait_url=address(images.portrait_url), square_url=address(images.square_url)
        )
    if content.skus is not None:
        told["skus"] = tuple(
            replace(
                sku,
                attributes=tuple(
                    replace(attribute, image_url=address(attribute.image_url)) for attribute in sku.attributes
                ),
            )
            for sku in content.skus
        )
    return replace(content, **told)
