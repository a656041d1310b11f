import base64
import io

from PIL import Image

from odoo import Command, fields
from odoo.tools import SQL

from .common import SandboxCase

CREATE = "aliexpress.solution.product.post"
EDIT = "aliexpress.solution.product.edit"
DETAIL = "aliexpress.solution.product.info.get"
LIST = "aliexpress.solution.product.list.get"
UPLOAD = "aliexpress.photobank.redefining.uploadimageforsdk"


def make_picture(color="red", size=(800, 800), kind="PNG"):
    """The base64 content of a picture of one colour."""
    stream = io.BytesIO()
    Image.new("RGB", size, color).save(stream, kind)
    return base64.b64encode(stream.getvalue())


class CatalogueCase(SandboxCase):
    """A shop with the metadata of a category, and a product that has everything AliExpress asks for."""

    category_ref = "200000402"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.account.lang_id = cls.env.ref("base.lang_en")
        cls.account.discovered_at = fields.Datetime.now()  # what the shop had before is no matter of most tests
        cls.category = cls.load_category(cls.category_ref)
        cls.product = cls.create_complete_product()

    @classmethod
    def load_category(cls, ref, name="Hats & Caps"):
        """The category with its attributes and values as the sandbox tells them."""
        category = cls.env["aliexpress.category"].create({"ref": ref, "name": name, "is_leaf": True})
        category._read_attributes(cls.account._get_client())
        return category

    @classmethod
    def create_complete_product(cls, code="CAP-100", **values):
        product = cls.create_product(
            code,
            "Cotton cap",
            image_1920=make_picture(),
            weight=0.2,
            aliexpress_category_id=cls.category.id,
            aliexpress_title="Cotton cap for summer",
            aliexpress_attribute_line_ids=cls.prepare_attribute_lines(),
            **values,
        )
        return product

    @classmethod
    def prepare_attribute_lines(cls):
        """Commands for a value of each mandatory attribute of the category."""
        return [
            Command.create({"attribute_id": attribute.id, "value_ids": [Command.set(cls.choose_value(attribute).ids)]})
            for attribute in cls.category.attribute_ids
            if attribute.is_required and not attribute.is_sku
        ]

    @classmethod
    def create_product(cls, code, name, quantity=100, **values):
        return super().create_product(code, name, quantity, **values)

    @classmethod
    def choose_value(cls, attribute):
        return attribute.value_ids.filtered(lambda value: value.ref != "4" and value.name != "Mainland China")[:1]

    def create_listing(self, product=None, **values):
        template = (product or self.product).product_tmpl_id
        return self.env["aliexpress.listing"].create(
            {"account_id": self.account.id, "product_tmpl_id": template.id, "state": "pending"} | values
        )

    def publish(self):
        self.sandbox.calls.clear()
        self.run_job("publish_listings")

    def remote(self, listing):
        """The product as the sandbox has it."""
        return self.sandbox.shop.products[int(listing.product_ref)]

    def product_of(self, code):
        """Number of the sandbox' product with this SKU code."""
        products = self.sandbox.shop.products.items()
        return next(number for number, product in products if product.sku(code))

    def found_with(self, code):
        """What was found on AliExpress with this SKU code."""
        return self.env["aliexpress.found.sku"].search([("sku_code", "=", code)]).found_id

    def make_older(self, *records):
        """Have the records made, linked and told an hour ago: within a test no time goes by."""
        self.env.flush_all()
        for record in records:
            names = {"create_date", "write_date", "linked_date", "told_date"} & record._fields.keys()
            earlier = [SQL("%(name)s = %(name)s - INTERVAL '1 hour'", name=SQL.identifier(name)) for name in names]
            table = SQL.identifier(record._table)
            self.env.cr.execute(SQL("UPDATE %s SET %s WHERE id = %s", table, SQL(", ").join(earlier), record.id))
        self.env.invalidate_all()

    def settle(self, listing):
        """Let AliExpress' review end and have its outcome read back."""
        self.sandbox.advance(hours=1)
        listing.retry_at = False
        self.publish()

    def create_online(self, product=None, **values):
        """A listing that was published and passed the review."""
        listing = self.create_listing(product, **values)
        self.publish()
        self.assertEqual(listing.state, "auditing", listing.error)
        self.settle(listing)
        self.assertEqual(listing.state, "online", listing.error)
        return listing

    @classmethod
    def create_shirt(cls, colors=("Blue", "Red"), sizes=("S", "M"), **values):
        """A product of colours and sizes, in Odoo's words for AliExpress' attributes; returns its variants."""
        lines = []
        for name, texts in (("Color", colors), ("Size", sizes)):
            attribute = cls.env["product.attribute"].create({"name": name})
            found = [
                cls.env["product.attribute.value"].create({"name": text, "attribute_id": attribute.id})
                for text in texts
            ]
            ids = [value.id for value in found]
            lines.append(Command.create({"attribute_id": attribute.id, "value_ids": [Command.set(ids)]}))
        template = cls.env["product.template"].create(
            {
                "name": "Cotton shirt",
                "is_storable": True,
                "list_price": 20,
                "image_1920": make_picture("green"),
                "aliexpress_package_weight": 0.3,
                "aliexpress_category_id": cls.category.id,
                "aliexpress_attribute_line_ids": cls.prepare_attribute_lines(),
                "attribute_line_ids": lines,
            }
            | values
        )
        return template.product_variant_ids
