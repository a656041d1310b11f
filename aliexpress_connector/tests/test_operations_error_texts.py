import ast
import re
from pathlib import Path

import requests

from odoo import fields
from odoo.exceptions import RedirectWarning, UserError

from ..lib import errors
from ..lib.errors import AliexpressError
from ..models.error_messages import MESSAGES, MESSAGES_BY_HAND, describe_error
from ..models.product_template import SIZE_FIELDS
from .common import AliexpressCase, envelope, error_response

ADDON = Path(__file__).resolve().parents[1]
LIST = "aliexpress.solution.order.get"
DETAIL = "aliexpress.solution.order.info.get"
CREATE = "/auth/token/create"
RAISED = {"UserError", "ValidationError"}
# A text says what to do by one of these, or rules something out that the reader has just entered.
ADVICE = re.compile(
    r"\b(Nothing to do|Choose|Press|Ask|Request|Correct|Check|Compare|Refresh|Enters?|Connect|Select|Tick|Unlock|Delete"
    r"|Log out|Change|Set|Send|Read|Use|Open|Add|Look|Erase|sent again|read again|administrator|ignore|not accepted"
    r"|cannot be negative|bought nothing|at most|Remove)\b"
)


def find_all_texts():
    """All texts that the addon's Python translates."""
    texts = set()
    for path in sorted(ADDON.glob("*/*.py")):
        if path.parent.name not in ("tests", "lib"):
            texts |= {text_of(call) for call in ast.walk(ast.parse(path.read_text())) if is_translation(call)}
    return texts


def find_texts():
    """The translatable texts of all exceptions that the addon raises."""
    texts = set()
    for path in sorted(ADDON.glob("*/*.py")):
        if path.parent.name in ("tests", "lib"):
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and name_of(node.exc.func) in RAISED:
                texts |= {text_of(call) for call in ast.walk(node.exc) if is_translation(call)}
    return texts


def name_of(function):
    return getattr(function, "id", getattr(function, "attr", ""))


def is_translation(node):
    return isinstance(node, ast.Call) and name_of(node.func) in ("_", "_lt") and isinstance(node.args[0], ast.Constant)


def text_of(call):
    return call.args[0].value


def as_pattern(text):
    """A regular expression for `text` with anything in its placeholders."""
    return ".*".join(re.escape(part) for part in re.split(r"%\(\w+\)s", text))


class TestErrorTexts(AliexpressCase):
    """Every text that the addon refuses something with can be met, and says what to do."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.category = cls.env["aliexpress.category"].create({"ref": "1", "name": "Shirts", "is_leaf": True})
        cls.attribute = cls.env["aliexpress.attribute"].create(
            {"ref": "10", "name": "Material", "category_id": cls.category.id}
        )
        cls.other_attribute = cls.env["aliexpress.attribute"].create(
            {"ref": "11", "name": "Colour", "category_id": cls.category.id}
        )
        cls.order = cls.env["aliexpress.order"].create(
            {"account_id": cls.account.id, "order_ref": "8100", "state": "done", "is_detail_due": False}
        )

    def create_listing(self, **values):
        product = self.create_product(f"P{self.env['product.product'].search_count([])}", "Product")
        values = {"account_id": self.account.id, "product_tmpl_id": product.product_tmpl_id.id} | values
        return self.env["aliexpress.listing"].create(values)

    def create_mapping(self, **values):
        values = {"category_id": self.category.id, "attribute_id": self.attribute.id} | values
        return self.env["aliexpress.attribute.mapping"].create(values)

    def create_found(self, product=None):
        values = {"account_id": self.account.id, "product_ref": "5", "product_tmpl_id": product and product.id}
        values |= {"state": "open"}
        return self.env["aliexpress.found.product"].create(values)

    # === TRIGGERS === #

    def get_triggers(self):
        """`{beginning of a text: what makes the addon say it}`"""
        account, order = self.account, self.order
        env = self.env
        return {
            "The title rule of": lambda: account.write({"title_template": "{nonsense}"}),
            "Package, days and feed size": lambda: account.write({"package_length": -1}),
            "The filter of the offered products": lambda: account.write({"product_domain": "[('nonsense', '=', 1)]"}),
            "The shop %(name)s has the tokens of the shop": lambda: self.create_account(
                "Copy", access_token=account.access_token
            ),
            "The shop %(name)s is not connected": self.call_unconnected,
            "The shop %(name)s has no application key": self.connect_without_key,
            "You logged in to AliExpress as another seller": self.connect_as_another_seller,
            "The text of %(attribute)s names fields": lambda: self.create_mapping(text="{nonsense}"),
            "%(attribute)s is no attribute": lambda: self.create_mapping(
                category_id=self.category.copy({"ref": "2"}).id
            ),
            "The name %(name)s cannot be used on AliExpress": self.name_a_value_badly,
            "AliExpress takes no prices of their own": lambda: env["aliexpress.country.price"].create(
                {
                    "account_id": account.id,
                    "country_id": env.ref("base.aq").id,
                    "pricelist_id": env["product.pricelist"].create({"name": "x"}).id,
                }
            ),
            "%(names)s has no product yet": lambda: self.create_found().action_link(),
            "A product has one listing in a shop": self.link_twice,
            "Two SKUs of %(name)s would have the code": self.link_two_skus_of_one_code,
            "%(name)s is on AliExpress. Press Delete": lambda: self.create_listing(product_ref="7").unlink(),
            "It is not known yet whether AliExpress has": lambda: self.create_listing(
                intent_date="2024-01-01 00:00:00"
            ).unlink(),
            "A picture of %(name)s changed": self.send_without_picture,
            "A picture was not accepted": lambda: self.create_listing()._refuse_image(),
            "%(names)s is still on AliExpress, so it cannot be published anew": lambda: self.create_listing(
                product_ref="7", remote_state="online"
            ).action_forget(),
            "AliExpress has SKUs that no variant is linked with": self.update_with_foreign_sku,
            "The buyer of order %(number)s does not ask": order.action_accept_cancellation,
            "Sale order %(name)s is locked": self.take_over_locked,
            "A line of the AliExpress attributes": lambda: self.create_attribute_line(attribute_id=False, name=False),
            "The values of %(attribute)s on %(product)s": self.give_values_of_another_attribute,
            "The carrier %(carrier)s belongs to another shop": self.ship_with_another_shops_carrier,
            "The package, preparation days and lot": lambda: self.shirt.product_tmpl_id.write({SIZE_FIELDS[0]: -1}),
            "There is no AliExpress data": lambda: env["res.partner"].create({"name": "x"}).action_aliexpress_erase(),
            "The AliExpress orders %(numbers)s are not over yet": self.erase_open_order,
            "Select at most %(count)s products": self.suggest_for_too_many,
            "No connected AliExpress shop can be asked": self.suggest_without_shop,
            "Tick the box first": lambda: (
                env["aliexpress.listing.delete"]
                .create({"listing_ids": self.create_listing(product_ref="7").ids})
                .action_delete()
            ),
            "Enter at least one AliExpress order number": lambda: (
                env["aliexpress.order.import"]
                .create({"account_id": account.id, "numbers": "no number"})
                .action_import()
            ),
            "Change Placed From or Placed Until": self.import_backwards,
            "AliExpress does not know the order %(number)s": self.import_unknown_number,
            "Choose between 1 and 30 days": lambda: (
                env["aliexpress.order.rehearsal"].create({"account_id": account.id, "days": 0}).action_rehearse()
            ),
            "The shop %(shop)s does not offer": self.list_excluded,
        }

    def call_unconnected(self):
        self.account.state = "draft"
        self.account._get_client()

    def connect_without_key(self):
        self.account.app_key = False
        self.account.action_connect()

    def connect_as_another_seller(self):
        self.answers[CREATE] = {"access_token": "a", "seller_id": "999", "code": "0"}
        self.account._connect("code")

    def name_a_value_badly(self):
        attribute = self.env["product.attribute"].create({"name": "Size", "value_ids": [(0, 0, {"name": "M"})]})
        mapping = self.create_mapping(product_attribute_id=attribute.id)
        self.env["aliexpress.attribute.mapping.value"].create(
            {"mapping_id": mapping.id, "product_attribute_value_id": attribute.value_ids.id, "custom_name": "a#b"}
        )

    def link_twice(self):
        template = self.create_listing(product_ref="9").product_tmpl_id
        self.create_found(template).action_link()

    def link_two_skus_of_one_code(self):
        found = self.create_found(self.create_product("P-TWO", "Product").product_tmpl_id)
        found.sku_ids = [(0, 0, {"sku_code": code, "sku_ref": code}) for code in ("ONE", "ONE ")]
        found.action_link()

    def send_without_picture(self):
        listing = self.create_listing()
        listing.product_tmpl_id.image_1920 = (
            b"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
        )
        listing._resolve_images(listing._prepare_contents()[listing.id])

    def update_with_foreign_sku(self):
        listing = self.create_listing(product_ref="7")
        skus = [{"sku_code": "FOREIGN", "id": "1", "sku_price": "5", "s_k_u_available_stock": 1, "sku_stock": True}]
        answer = {"result": {"product_id": 7, "aeop_ae_product_s_k_us": {"global_aeop_ae_product_sku": skus}}}
        method = "aliexpress.solution.product.info.get"
        self.answers[method] = envelope(method, answer)
        listing._match_remote_skus(self.account._get_client().get_product("7"))

    def take_over_locked(self):
        self.order.sale_order_id = self.env["sale.order"].create({"partner_id": self.company.partner_id.id})
        self.order.sale_order_id.action_lock()
        self.order._take_over()

    def create_attribute_line(self, **values):
        values = {"product_tmpl_id": self.shirt.product_tmpl_id.id} | values
        return self.env["aliexpress.product.attribute.line"].create(values)

    def give_values_of_another_attribute(self):
        value = self.env["aliexpress.attribute.value"].create(
            {"ref": "100", "name": "Red", "attribute_id": self.other_attribute.id}
        )
        self.create_attribute_line(attribute_id=self.attribute.id, value_ids=[(6, 0, value.ids)])

    def ship_with_another_shops_carrier(self):
        other = self.create_account("Other", seller_ref="1")
        service = self.env["aliexpress.logistics.service"].create(
            {"account_id": other.id, "code": "EMS", "name": "EMS"}
        )
        self.env["aliexpress.shipment"].create({"order_id": self.order.id, "service_id": service.id})

    def erase_open_order(self):
        partner = self.env["res.partner"].create({"name": "Buyer"})
        self.order.write({"partner_id": partner.id, "stage": "waiting_shipment"})
        partner.action_aliexpress_erase()

    def suggest_for_too_many(self):
        products = self.env["product.template"].create([{"name": f"Product {number}"} for number in range(60)])
        self.env["aliexpress.category.suggest"]._open_for(products)

    def suggest_without_shop(self):
        self.env["aliexpress.account"].search([]).state = "draft"
        self.env["aliexpress.category.suggest"]._get_account()

    def import_unknown_number(self):
        self.answers[DETAIL] = error_response("15", sub_code="F00-00-10001-002", sub_message="x")
        self.env["aliexpress.order.import"].create({"account_id": self.account.id, "numbers": "81"}).action_import()

    def import_backwards(self):
        now = fields.Datetime.now()
        days = {"date_start": now, "date_end": fields.Datetime.subtract(now, days=3)}
        self.env["aliexpress.order.import"].create(
            {"account_id": self.account.id, "mode": "date"} | days
        ).action_import()

    def list_excluded(self):
        template = self.shirt.product_tmpl_id
        self.account.excluded_product_ids = template
        self.env["aliexpress.product.list"].create(
            {"account_ids": self.account.ids, "product_tmpl_ids": template.ids}
        ).action_list()

    # === TESTS === #

    def test_what_odoo_says_with_a_link_to_the_cure_is_told(self):
        error = RedirectWarning("Please create a warehouse for company Two.", 1, "Open Warehouses")
        self.assertEqual(describe_error(self.env, error), "Please create a warehouse for company Two.")

    def test_every_text_is_triggered(self):
        triggers = self.get_triggers()
        texts = find_texts()
        unlisted = [text for text in texts if not any(text.startswith(beginning) for beginning in triggers)]
        self.assertFalse(unlisted, "texts that no trigger is listed for")
        for beginning, trigger in triggers.items():
            with self.subTest(text=beginning):
                [text] = [text for text in texts if text.startswith(beginning)]
                with self.assertRaisesRegex(UserError, as_pattern(text)), self.env.cr.savepoint():
                    trigger()
                    self.env.flush_all()
                self.env.invalidate_all()

    def test_every_text_says_what_to_do(self):
        for text in [*find_texts(), *(str(text) for text in MESSAGES.values())]:
            with self.subTest(text=text):
                self.assertRegex(text, ADVICE)

    def test_every_reason_has_a_text_and_is_met(self):
        def answer(code, **kwargs):
            return error_response(code, **kwargs)

        told = {
            errors.REFUSED: answer("15", sub_code="isv.invalid-parameter", sub_message="wrong"),
            errors.SIGNATURE: answer("IncompleteSignature"),
            errors.PERMISSION: answer("InsufficientPermission"),
            errors.IP_ADDRESS: answer("AppWhiteIpLimit"),
            errors.NOT_FOUND: answer("15", sub_code="F00-00-10001-002", sub_message="x"),
            errors.ALREADY_DECLARED: answer("15", sub_code="-353", sub_message="x"),
            errors.TRACKING_REFUSED: answer("15", sub_code="isv.x", sub_message="您的货运跟踪号未通过物流风控"),
            errors.CARRIER_REFUSED: answer("15", sub_code="isv.x", sub_message="carrier does not exist"),
            errors.WRONG_STATUS: answer("15", sub_code="isv.x", sub_message="缺少履约信息"),
            errors.UNREADABLE: {"something": "else"},
            errors.NETWORK: requests.ConnectionError(),
            errors.RATE_LIMIT: answer("ApiCallLimit", message="this ban will last 60 seconds"),
            errors.BUSY: answer("ServiceUnavailable"),
            errors.IN_AUDIT: answer("15", sub_code="PRODUCT_IN_AUDIT_PENDING", sub_message="x"),
            errors.LOCKED: answer("15", sub_code="PRODUCT_IN_LOCK_MODE", sub_message="x"),
            errors.TOKEN: answer("IllegalAccessToken"),
            errors.AUTHORISATION: answer("53", message="Insufficient session permissions"),
        }
        own = {errors.NOT_OFFERED, errors.BUDGET}
        reasons = {value for name, value in vars(errors).items() if name.isupper() and isinstance(value, str)}
        self.assertEqual(set(MESSAGES), reasons)
        self.assertEqual(set(told) | own, reasons)
        for reason, answer_ in told.items():
            with self.subTest(reason=reason):
                self.answers[LIST] = answer_
                with self.assertRaises(AliexpressError) as caught:
                    self.account._get_client().probe()
                self.assertEqual(caught.exception.reason, reason)
                text = describe_error(self.env, caught.exception)
                self.assertRegex(text, re.sub(r"%\\?\(\w+\\?\)s", ".*", re.escape(str(MESSAGES[reason]))))

    def test_what_a_person_asked_for_is_not_said_to_be_tried_again_by_itself(self):
        order = self.env["aliexpress.order"].create({"account_id": self.account.id, "order_ref": "8100123456789012"})
        told = {
            errors.NETWORK: requests.ConnectionError(),
            errors.RATE_LIMIT: error_response("ApiCallLimit", message="this ban will last 60 seconds"),
            errors.BUSY: error_response("ServiceUnavailable"),
            errors.TOKEN: error_response("IllegalAccessToken"),
            errors.UNREADABLE: envelope(DETAIL, {"result": {"data": "nonsense"}}),
        }
        self.assertEqual(set(told), set(MESSAGES_BY_HAND))
        for reason, answer in told.items():
            with self.subTest(reason=reason):
                self.answers[DETAIL] = answer
                with self.assertRaises(UserError) as caught:
                    order.action_refresh()
                self.assertRegex(str(caught.exception), as_pattern(str(MESSAGES_BY_HAND[reason])))

    def test_own_reasons(self):
        self.account.family = "general"
        with self.assertRaises(AliexpressError) as caught:
            self.account._get_client().get_profile()
        self.assertEqual(caught.exception.reason, errors.NOT_OFFERED)
        self.account.call_budget = 1
        Count = self.env["aliexpress.call.count"]
        Count.create({"account_id": self.account.id, "date": Count._get_today(), "method": LIST, "count": 5})
        with self.assertRaises(AliexpressError) as caught:
            self.account._check_call_budget("stock")
        self.assertEqual(caught.exception.reason, errors.BUDGET)

    def test_what_cannot_be_doubled_says_so(self):
        for model in self.env.values():
            if not model._name.startswith("aliexpress.") or model._abstract:
                continue
            for name, index in model._table_objects.items():
                if "UNIQUE" in index.get_definition(self.env.registry).upper():
                    with self.subTest(index=name):
                        self.assertTrue(index.get_error_message(model, None))
