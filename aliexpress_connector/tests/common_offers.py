from .common import AliexpressCase, envelope, error_response

STOCK = "aliexpress.solution.batch.product.inventory.update"
PRICE = "aliexpress.solution.batch.product.price.update"
DETAIL = "aliexpress.solution.product.info.get"


class OffersCase(AliexpressCase):
    """Listings of the shop, and an AliExpress at the HTTP border that keeps their stock and prices in `self.remote`.

    `self.remote` is `{product number: {sku code: {"stock", "price", "sale"}}}`; `self.refusals` `{product number:
    (code, text)}`.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.remote = {}
        cls.refusals = {}
        cls.currency_code = "EUR"
        cls.shirt_sku = cls.create_listing(cls.shirt, "1005001000000001")
        cls.cap_sku = cls.create_listing(cls.cap, "1005001000000002")

    def setUp(self):
        super().setUp()
        self.remote.clear()
        self.refusals.clear()
        for sku in self.env["aliexpress.listing.sku"].search([("listing_id.product_ref", "!=", False)]):
            self.add_remote(sku)

    @classmethod
    def create_listing(cls, products, product_ref, account=None, **values):
        """A listing that exists on AliExpress, as a person would create it from records; returns its SKUs."""
        listing = cls.env["aliexpress.listing"].create(
            {
                "account_id": (account or cls.account).id,
                "product_tmpl_id": products.product_tmpl_id.id,
                "product_ref": product_ref,
                "state": "online",
                "sku_ids": [
                    (0, 0, {"product_id": product.id, "sku_code": product.default_code}) for product in products
                ],
            }
            | values
        )
        return listing.sku_ids

    def add_remote(self, sku, stock=0, price="1.00", sale=None):
        self.remote.setdefault(sku.listing_id.product_ref, {})[sku.sku_code] = {
            "stock": stock,
            "price": price,
            "sale": sale,
        }

    def get_remote(self, sku):
        """`(stock, price, sale price)` that AliExpress has for `sku`."""
        row = self.remote[sku.listing_id.product_ref][sku.sku_code]
        return row["stock"], row["price"], row["sale"]

    def set_answers(self):
        self.answers[STOCK] = self.answer_stock
        self.answers[PRICE] = self.answer_price
        self.answers[DETAIL] = self.answer_detail

    def answer_stock(self, call):
        def apply(row, sent):
            row["stock"] = int(sent["inventory"])

        return self.apply_updates(call, apply)

    def answer_price(self, call):
        def apply(row, sent):
            row["price"], row["sale"] = sent["price"], sent.get("discount_price")

        return self.apply_updates(call, apply)

    def apply_updates(self, call, apply):
        accepted, failed = [], []
        for product in call.get_json("mutiple_product_update_list"):
            product_ref = str(product["product_id"])
            error = self.refusals.get(product_ref)
            rows = self.remote.get(product_ref)
            if rows is None:
                error = error or ("F00-00-10001-002", "product does not exist")
            elif not error and any(sent["sku_code"] not in rows for sent in product["multiple_sku_update_list"]):
                error = ("F00-00-10014-015", "sku_code must already existed in this Aliexpress product")
            if error:
                failed.append({"product_id": int(product_ref), "error_code": error[0], "error_message": error[1]})
                continue
            for sent in product["multiple_sku_update_list"]:
                apply(rows[sent["sku_code"]], sent)
            if "multi_country_price_configuration" in product:
                self.remote.setdefault("countries", {})[product_ref] = product["multi_country_price_configuration"]
            accepted.append({"product_id": int(product_ref)})
        return self.batch_answer(call.method, accepted, failed)

    @staticmethod
    def batch_answer(method, accepted, failed):
        return envelope(
            method,
            {
                "update_success": not failed,
                "update_successful_list": {"synchronize_product_response_dto": accepted},
                "update_failed_list": {"synchronize_product_response_dto": failed} if failed else {},
            },
        )

    def answer_detail(self, call):
        product_ref = call.parameters["product_id"]
        rows = self.remote.get(product_ref)
        if rows is None:
            return error_response("15", sub_code="F00-00-10001-002", sub_message="product does not exist")
        skus = [
            {
                "id": f"14:{index}",
                "sku_code": code,
                "sku_price": row["price"],
                "ipm_sku_stock": row["stock"],
                "currency_code": self.currency_code,
            }
            | ({"sku_discount_price": row["sale"]} if row["sale"] else {})
            for index, (code, row) in enumerate(rows.items())
        ]
        product = {
            "product_id": int(product_ref),
            "product_status_type": "onSelling",
            "currency_code": self.currency_code,
            "subject": "Something",
            "aeop_ae_product_s_k_us": {"global_aeop_ae_product_sku": skus},
        }
        if product_ref in self.remote.get("countries", {}):
            product["multi_country_price_configuration"] = self.remote["countries"][product_ref]
        return envelope(call.method, {"result": product})

    def push(self):
        """Run the job; returns the calls it made."""
        self.calls.clear()
        self.run_job("push_offers")
        return list(self.calls)

    def sent_skus(self, method):
        """`{sku code: what was sent}` in all calls of `method` so far."""
        return {
            sku["sku_code"]: sku
            for call in self.called(method)
            for product in call.get_json("mutiple_product_update_list")
            for sku in product["multiple_sku_update_list"]
        }

    def get_remote_countries(self, product_ref):
        """`{country: {sku code: (price, sale price)}}` that AliExpress has for a product."""
        return {
            row["ship_to_country"]: {
                sku["sku_code"]: (sku["price"], sku.get("discount_price")) for sku in row["sku_price_by_country_list"]
            }
            for row in self.remote["countries"][product_ref]["country_price_list"]
        }

    def create_sized(self, product_ref, sizes="SM"):
        """A listing of a product in sizes that stand for its SKU codes; returns its SKUs."""
        size = self.env["product.attribute"].create({"name": "Size", "create_variant": "always"})
        values = self.env["product.attribute.value"].create([{"name": name, "attribute_id": size.id} for name in sizes])
        template = self.env["product.template"].create(
            {
                "name": "Sized",
                "is_storable": True,
                "list_price": 10,
                "attribute_line_ids": [(0, 0, {"attribute_id": size.id, "value_ids": [(6, 0, values.ids)]})],
            }
        )
        for product, code in zip(template.product_variant_ids, sizes, strict=True):
            product.default_code = code
        skus = self.create_listing(template.product_variant_ids, product_ref)
        for sku in skus:
            self.add_remote(sku)
        return skus

    def add_stock(self, product, quantity):
        self.env["stock.quant"]._update_available_quantity(product, self.warehouse.lot_stock_id, quantity)
        self.env.flush_all()

    def place_order(self, sku, quantity=1, stage="pending_payment", account=None, **values):
        """An AliExpress order of the inbox, as the import stores it before anything is done in Odoo."""
        order = self.env["aliexpress.order"].create(
            {
                "account_id": (account or self.account).id,
                "order_ref": f"81{self.env['aliexpress.order'].search_count([]):014}",
                "stage": stage,
                "status": "PLACE_ORDER_SUCCESS",
                "is_detail_due": False,
                "line_ids": [
                    (
                        0,
                        0,
                        {
                            "child_ref": f"82{self.env['aliexpress.order.line'].search_count([]):014}",
                            "product_ref": sku.listing_id.product_ref,
                            "sku_code": sku.sku_code,
                            "product_id": sku.product_id.id,
                            "quantity": quantity,
                        },
                    )
                ],
            }
            | values
        )
        self.env.flush_all()
        return order
