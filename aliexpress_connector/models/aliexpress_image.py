import io
import logging

from PIL import Image, UnidentifiedImageError

from odoo import api, fields, models
from odoo.fields import Domain

from ..lib.catalogue_rules import UPLOAD_SIDE_MAX, UPLOAD_SIZE_MAX
from .parallel_calls import call_each

_logger = logging.getLogger(__name__)

# What AliExpress takes, with the ending its image bank wants to see.
ENDINGS = {"image/jpeg": "jpg", "image/png": "png", "image/gif": "gif"}
JPEG_QUALITY = 90
JPEG_SIDE_MAX = 2500


class AliexpressImage(models.Model):
    """A picture in the image bank of a shop, or to be put there: each content once, whatever products show it.

    `state` pending until `url` is known. The content itself stays with the product.
    """

    _name = "aliexpress.image"
    _description = "AliExpress Picture"
    _inherit = ["aliexpress.job.mixin"]
    _rec_name = "checksum"

    checksum = fields.Char(required=True, copy=False, readonly=True)
    state = fields.Selection(
        [("pending", "To upload"), ("done", "Uploaded"), ("error", "Error")],
        default="pending",
        required=True,
        index=True,
        copy=False,
    )
    url = fields.Char(copy=False, readonly=True)
    listing_ids = fields.Many2many(
        "aliexpress.listing",
        "aliexpress_listing_image_rel",
        "image_id",
        "listing_id",
        string="Listings That Wait for It",
    )
    # Where the picture is fetched from this Odoo, its address lives as long as the attachment.
    attachment_id = fields.Many2one("ir.attachment", ondelete="cascade", index="btree_not_null", readonly=True)
    mimetype = fields.Char(readonly=True)
    width = fields.Integer(readonly=True)
    height = fields.Integer(readonly=True)

    _checksum_uniq = models.UniqueIndex("(account_id, checksum)", "This picture is already there in this shop.")

    def _trigger_job(self):
        self.env["aliexpress.listing"]._trigger_job()

    @api.model
    def _get_wanted_domain(self):
        """Domain of the pictures to upload now: those of pending listings, with which they wait."""
        pending = Domain("state", "=", "pending")
        eager = Domain("listing_ids", "any", pending & Domain("retry_at", "=", False))
        due = self._get_due_domain("sync_listings", eager=eager)
        return due & pending & Domain("listing_ids", "any", pending)

    def _wait(self, error):
        """Override: the listings that wait for the pictures show why, and can be tried now like any others."""
        result = super()._wait(error)
        for image in self:
            image._tell_listings({"error": image.error, "retry_at": image.retry_at})
        return result

    @api.model
    def _get_or_create(self, account, attachments, banked=()):
        """The records of the pictures in `attachments`, made where the shop does not know them yet.

        :param banked: checksums of pictures that must lie in the image bank: AliExpress takes marketing pictures from
            nowhere else
        """
        by_checksum = {attachment.checksum: attachment for attachment in attachments}
        # The image bank is kept by jobs; whoever checks a listing has its pictures entered there.
        self = self.sudo()
        known = self.search([("account_id", "=", account.id), ("checksum", "in", list(by_checksum))])
        for image in known.filtered(lambda image: not image.width):
            # A readable form of it may be there meanwhile.
            image.write(self._prepare_values(account, by_checksum[image.checksum], image.checksum in banked))
        is_bank = account.image_source == "bank"
        known.filtered(lambda image: image.attachment_id and (is_bank or image.checksum in banked)).write(
            {"state": "pending", "url": False, "attachment_id": False}
        )
        missing = by_checksum.keys() - set(known.mapped("checksum"))
        values = [
            self._prepare_values(account, by_checksum[checksum], checksum in banked) for checksum in sorted(missing)
        ]
        return known | self.create(values)

    @api.model
    def _prepare_values(self, account, attachment, is_banked=False):
        checksum = attachment.checksum
        attachment = self._get_readable(attachment)
        values = {"account_id": account.id, "checksum": checksum, "mimetype": attachment.mimetype}
        try:
            with Image.open(io.BytesIO(attachment.raw or b"")) as picture:
                values["width"], values["height"] = picture.size
        except (UnidentifiedImageError, OSError, ValueError):
            # What is no picture is refused by the quality check, by its size of nothing.
            _logger.info("Attachment %s is no picture that can be read", attachment.id)
        if account.image_source == "url" and not is_banked and attachment.mimetype in ENDINGS:
            [token] = attachment.generate_access_token()
            name = f"{attachment.checksum}.{ENDINGS[attachment.mimetype]}"
            path = f"/web/image/{attachment.id}-{attachment.checksum[:8]}/{name}?access_token={token}"
            values |= {"url": attachment.get_base_url() + path, "attachment_id": attachment.id, "state": "done"}
        return values

    @api.model
    def _get_readable(self, attachment):
        """The attachment, or for WebP, which AliExpress does not take, the JPEG that Odoo's form stores beside it."""
        if attachment.mimetype != "image/webp":
            return attachment
        same = attachment.search([("checksum", "=", attachment.checksum), ("id", "!=", False)])
        domain = [("res_model", "=", "ir.attachment"), ("res_id", "in", same.ids), ("mimetype", "=", "image/jpeg")]
        return attachment.search(domain, order="file_size DESC", limit=1) or attachment

    def _upload(self):
        """Put pictures into the image bank of their shop, several at once; each gets its own outcome."""
        prepared = {
            image: image._prepare_upload(attachment) for image in self if (attachment := image._find_attachment())
        }
        (self - self.browse().union(*prepared)).unlink()  # no product shows them any more
        if not prepared:
            return
        account = self.account_id
        account._check_call_budget("content")
        client = account._get_client()
        tasks = [(f"{image.checksum}.{ending}", content) for image, (ending, content) in prepared.items()]
        outcomes = call_each(lambda task: client.upload_image(*task), tasks)
        uploaded = self._take_failures(dict(zip(prepared, outcomes, strict=True)))
        for image, answer in uploaded.items():
            image.write({"url": answer.url, "state": "done", "error": False, "retry_at": False})

    def _find_attachment(self):
        # Pictures of products may be read by whoever reads the products; jobs must read those that belong to
        # fields as well.
        attachments = self.env["ir.attachment"].sudo()
        found = attachments.search([("checksum", "=", self.checksum), ("res_field", "!=", False)], limit=1)
        return self._get_readable(found)

    @api.model
    def _prepare_upload(self, attachment):
        """(ending, bytes) of the picture in a format and size that the image bank takes."""
        content = attachment.raw
        is_large = len(content) > UPLOAD_SIZE_MAX or max(self.width, self.height) > UPLOAD_SIDE_MAX
        if attachment.mimetype in ENDINGS and not is_large:
            return ENDINGS[attachment.mimetype], content
        stream = io.BytesIO()
        with Image.open(io.BytesIO(content)) as picture:
            picture.thumbnail((JPEG_SIDE_MAX, JPEG_SIDE_MAX))
            picture = picture.convert("RGBA")
            flat = Image.new("RGB", picture.size, "white")
            flat.paste(picture, mask=picture.getchannel("A"))
        flat.save(stream, "JPEG", quality=JPEG_QUALITY)
        return "jpg", stream.getvalue()
