import re

from ..lib import diagnosis
from ..models.error_messages import MESSAGES, describe_error
from .common import AliexpressCase
from .test_operations_error_texts import ADDON, as_pattern, find_all_texts, find_texts

# Texts that tell of no failure: hints, questions and notices.
NOTICES = (
    "An administrator enters the application key",
    "Choose the warehouse that delivers",
    "Rehearse once: you see what would come in",
    "Enter the application key and the application secret",
    "Not everything is read yet",
    "AliExpress takes the products of this kind of shop",
    "AliExpress is still being read",
    "AliExpress is asked now",
    "The digest leaves out",
    "The AliExpress data was erased",
    "%(count)s orders found. They appear in the list",
    "Some prices wait for your word",
    "The listing is not online; price and stock",
    "AliExpress shows this listing off the shelf",
    "The delivery address is not the one the buyer gave",
    "AliExpress shows order %(number)s as shipped",
    "AliExpress cancelled order %(number)s after it was delivered",
)
# The listing's own currency is read back; the sentence is the same for prices and for the comparison.
SAID_ELSEWHERE = ("AliExpress keeps prices in %(actual)s, and the shop %(shop)s sends them in",)


def find_sentences():
    """The translatable sentences of the addon that are no exceptions: what is stored or shown as an explanation."""
    raised = find_texts() | {str(text) for text in MESSAGES.values()}
    return {text for text in find_all_texts() - raised if text.rstrip().endswith((".", "!")) and len(text.split()) > 4}


def is_named(text, tests):
    """Whether `tests` (the source of all tests) hold three words of `text` in a row."""
    for part in re.split(r"%\(\w+\)s|[.:;,]", text):
        words = part.split()
        if any(" ".join(words[index : index + 3]) in tests for index in range(len(words) - 2)):
            return True
    return False


class TestShownTexts(AliexpressCase):
    """Every text that explains to people why something did not happen is met by a test."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        status = cls.env["aliexpress.order.status"].search([("stage", "=", "waiting_shipment")], limit=1)
        cls.order = cls.env["aliexpress.order"].create(
            {
                "account_id": cls.account.id,
                "order_ref": "8100",
                "status": status.code,
                "stage": "waiting_shipment",
                "currency_id": cls.env.ref("base.EUR").id,
                "is_total_told": True,
            }
        )
        cls.shirt.barcode = "4006381333931"

    # === TRIGGERS === #

    def get_said(self):
        """`{beginning of a text: what gives it}`"""
        shirt, cap = self.shirt.default_code, self.cap.default_code
        return {
            "Something unexpected went wrong": lambda: describe_error(self.env, KeyError("x")),
            "No code and no barcode is known here": lambda: self.find("NOBODY"),
            "Its SKUs belong to several products": lambda: self.find(shirt, cap),
            "%(name)s already has a listing in this shop": lambda: self.find(shirt, is_listed=True),
            "%(count)s SKUs have no variant": lambda: self.find(shirt, "NOBODY"),
            "Several SKUs have the code of the same variant": lambda: self.find(shirt, shirt),
            "Matched by barcode: the SKU codes differ": lambda: self.find("OTHER", ean=self.shirt.barcode),
            "The status map holds orders in the status": self.hold_by_map,
            "The currency of this order is not known": lambda: self.hold(currency_id=False),
            "AliExpress told no total for this order": lambda: self.hold(is_total_told=False),
            "The delivery country %(country)s is missing or": lambda: self.hold(address={"country_code": "XX"}),
            "Order %(number)s is shipped by AliExpress' own": self.declare_for_platform,
            "AliExpress has order %(order)s as shipped with": lambda: self.create_shipment()._describe_other_numbers(
                ["PQ1"]
            ),
            "The clock of this server differs": lambda: "\n".join(
                self.account._summarise_diagnosis(diagnosis.Diagnosis((), "solution", 900))
            ),
            "%(count)s calls failed. Check again later": lambda: "\n".join(
                self.account._summarise_outcomes([diagnosis.FAILED])
            ),
        }

    def find(self, *codes, ean=False, is_listed=False):
        """Why what was found on AliExpress with these SKU codes is no certain match."""
        if is_listed:
            template = self.shirt.product_tmpl_id
            self.env["aliexpress.listing"].create(
                {"account_id": self.account.id, "product_tmpl_id": template.id, "product_ref": "4"}
            )
        skus = [(0, 0, {"sku_code": code, "sku_ref": f"14:{index}", "ean": ean}) for index, code in enumerate(codes)]
        found = self.env["aliexpress.found.product"].create(
            {"account_id": self.account.id, "product_ref": "5", "state": "open", "sku_ids": skus}
        )
        found._match()
        return found.reason

    def hold(self, **values):
        self.order.write(values)
        return self.order._evaluate_holds()[self.order]

    def hold_by_map(self):
        self.env["aliexpress.order.status"].search([("code", "=", self.order.status)]).action = "hold"
        return self.hold()

    def create_shipment(self):
        return self.env["aliexpress.shipment"].create({"order_id": self.order.id, "tracking_ref": "PQ2"})

    def declare_for_platform(self):
        self.order.is_platform_fulfilled = True
        return self.create_shipment()._get_obstacle()

    # === TESTS === #

    def test_every_text_that_is_shown_is_met(self):
        files = [*ADDON.glob("tests/*.py"), *ADDON.parent.glob("tests/**/*.py")]
        tests = re.sub(r'"\s*\n\s*f?"', "", "\n".join(path.read_text() for path in sorted(files)))
        texts = {text for text in find_sentences() if not text.startswith(NOTICES + SAID_ELSEWHERE)}
        self.assertGreater(len(texts), 80)
        self.assertFalse([text for text in sorted(texts) if not is_named(text, tests)], "no test meets these texts")

    def test_what_is_said_here(self):
        texts = find_all_texts()
        for beginning, say in self.get_said().items():
            with self.subTest(text=beginning), self.env.cr.savepoint() as savepoint:
                [text] = [text for text in texts if text.startswith(beginning)]
                self.assertRegex(say() or "", as_pattern(text.replace("%%", "%")))
                savepoint.rollback()
            self.env.invalidate_all()
