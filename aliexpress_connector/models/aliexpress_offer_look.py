from datetime import timedelta

from odoo import fields
from odoo.tools import SQL

# A transaction that was open at the last look wrote its changes with an earlier time: what is this old is looked at
# again.
OVERLAP = timedelta(minutes=10)
# What decides the price of a pricelist rule.
RULE_FIELDS = [
    "pricelist_id",
    "min_quantity",
    "date_start",
    "date_end",
    "compute_price",
    "fixed_price",
    "percent_price",
    "base",
    "base_pricelist_id",
    "price_discount",
    "price_markup",
    "price_round",
    "price_surcharge",
    "price_min_margin",
    "price_max_margin",
]


class OfferLook:
    """What was written in Odoo since a moment, as far as offers depend on it. Each question is asked once in a run."""

    def __init__(self, env, stock):
        self.env = env
        self.stock = stock
        self._product_ids = {}

    def find_sku_ids(self, account, comparison):
        """Ids (set) of the SKUs of `account` whose offer may have changed since the last look; None: all may have."""
        since = comparison.looked_until - OVERLAP
        rules = self._get_changed_rules(account, comparison, since)
        if rules is None:
            return None
        product_ids = self._get_changed_products(account.company_id.id, since) | self._get_products_of_rules(rules)
        return self._find_skus_of(account, product_ids) | self._find_changed_skus(account, since)

    def _find_skus_of(self, account, product_ids):
        if not product_ids:
            return set()
        rows = self.env.execute_query(
            SQL(
                "SELECT id FROM aliexpress_listing_sku WHERE account_id = %s AND product_id = ANY(%s)",
                account.id,
                list(product_ids),
            )
        )
        return {sku_id for (sku_id,) in rows}

    def _find_changed_skus(self, account, since):
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id FROM aliexpress_listing_sku WHERE write_date >= %(since)s AND account_id = %(account_id)s
                 UNION
                SELECT sku.id
                  FROM aliexpress_listing listing
                  JOIN aliexpress_listing_sku sku ON sku.listing_id = listing.id
                 WHERE listing.offer_change_date >= %(since)s AND listing.account_id = %(account_id)s
                """,
                since=since,
                account_id=account.id,
            )
        )
        return {sku_id for (sku_id,) in rows}

    def _get_changed_products(self, company_id, since):
        """Ids (set) of products whose offer may have changed since, and of the kits they are in."""
        key = (company_id, since)
        if key not in self._product_ids:
            product_ids = self._read_changed_products(since) | self._get_changed_kits(since)
            self._product_ids[key] = self.stock.expand_kits(company_id, product_ids) if product_ids else product_ids
        return self._product_ids[key]

    def _read_changed_products(self, since):
        """Ids (set) of products that were written since, or their stock, reservations or AliExpress orders."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT product_id FROM stock_quant WHERE write_date >= %(since)s
                 UNION
                SELECT product_id FROM stock_move WHERE write_date >= %(since)s
                 UNION
                SELECT id FROM product_product WHERE write_date >= %(since)s
                 UNION
                SELECT product.id
                  FROM product_template template
                  JOIN product_product product ON product.product_tmpl_id = template.id
                 WHERE template.write_date >= %(since)s
                 UNION
                SELECT combination.product_product_id
                  FROM product_template_attribute_value value
                  JOIN product_variant_combination combination
                    ON combination.product_template_attribute_value_id = value.id
                 WHERE value.write_date >= %(since)s
                 UNION
                SELECT COALESCE(line.product_id, sku.product_id)
                  FROM aliexpress_order ae_order
                  JOIN aliexpress_order_line line ON line.order_id = ae_order.id
             LEFT JOIN aliexpress_listing listing
                    ON listing.account_id = ae_order.account_id AND listing.product_ref = line.product_ref
             LEFT JOIN aliexpress_listing_sku sku ON sku.listing_id = listing.id AND sku.sku_code = line.sku_code
                 WHERE ae_order.write_date >= %(since)s
                """,
                since=since,
            )
        )
        return {product_id for (product_id,) in rows if product_id}

    def _get_changed_kits(self, since):
        """Ids (set) of products whose bill of materials was written since; there is none without manufacturing."""
        if "mrp.bom" not in self.env:
            return set()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT product.id
                  FROM mrp_bom bom
                  JOIN product_product product ON product.product_tmpl_id = bom.product_tmpl_id
                 WHERE bom.write_date >= %(since)s
                    OR EXISTS (SELECT 1 FROM mrp_bom_line line WHERE line.bom_id = bom.id
                                                                 AND line.write_date >= %(since)s)
                """,
                since=since,
            )
        )
        return {product_id for (product_id,) in rows}

    # === PRICELISTS === #

    def remember_rules(self, account, comparison):
        """Store what the next look compares the pricelist rules with."""
        comparison.seen_rules = self._read_seen_rules(self._get_pricelists(account))

    def _get_changed_rules(self, account, comparison, since):
        """Pricelist rules of `account` that were written or came into or out of force, None when any price may have
        changed.
        """
        pricelists = self._get_pricelists(account)
        before, seen = comparison.seen_rules or {}, self._read_seen_rules(pricelists)
        Rule = self.env["product.pricelist.item"]
        created, targets = self._count_rules(pricelists, before.get("last_id", 0))
        # Nothing says which products the rules were for that were deleted, or are for other products now.
        known = {"general": seen["general"], "count": seen["count"] - created, "targets": seen["targets"] - targets}
        if any(before.get(name) != value for name, value in known.items()):
            return None
        if seen != before:
            comparison.seen_rules = seen
        now = fields.Datetime.now()
        return Rule.search(
            [
                ("pricelist_id", "in", pricelists.ids),
                ("applied_on", "!=", "3_global"),
                "|",
                ("write_date", ">=", since),
                "|",
                *("&", ("date_start", ">=", since), ("date_start", "<=", now)),
                *("&", ("date_end", ">=", since), ("date_end", "<=", now)),
            ]
        )

    def _read_seen_rules(self, pricelists):
        """What is remembered of the rules (JSON): how many there are, what for, and all about those for every product,
        which are few.
        """
        Rule = self.env["product.pricelist.item"]
        domain = [("pricelist_id", "in", pricelists.ids)]
        [(last_id,)] = Rule._read_group(domain, [], ["id:max"])
        count, targets = self._count_rules(pricelists, 0)
        now = fields.Datetime.now()
        general = [
            [*(str(rule[name]) for name in RULE_FIELDS), _is_in_force(rule, now)]
            for rule in Rule.search_read([*domain, ("applied_on", "=", "3_global")], RULE_FIELDS, order="id", load=None)
        ]
        return {"count": count, "targets": targets, "last_id": last_id or 0, "general": general}

    def _count_rules(self, pricelists, after_id):
        """`(how many, a sum that says what they are for)` of the rules with higher ids than `after_id`."""
        if not pricelists:
            return 0, 0
        self.env["product.pricelist.item"].flush_model()
        [row] = self.env.execute_query(
            SQL(
                """
                SELECT COUNT(*),
                       COALESCE(SUM(hashtext(CONCAT_WS(
                           ',', id, pricelist_id, applied_on, COALESCE(product_id, 0), COALESCE(product_tmpl_id, 0),
                           COALESCE(categ_id, 0)
                       ))), 0)::bigint
                  FROM product_pricelist_item
                 WHERE pricelist_id IN %s AND id > %s
                """,
                tuple(pricelists.ids),
                after_id,
            )
        )
        return row

    def _get_pricelists(self, account):
        """The pricelists of `account` and those they are based on."""
        pricelists = new = account._get_pricelists()
        while new:
            rules = self.env["product.pricelist.item"].search(
                [("pricelist_id", "in", new.ids), ("base", "=", "pricelist")]
            )
            new = rules.base_pricelist_id - pricelists
            pricelists |= new
        return pricelists

    def _get_products_of_rules(self, rules):
        """Ids (set) of the products that `rules` name, by variant, product or category."""
        Product = self.env["product.product"]
        by_kind = rules.grouped("applied_on")
        none = rules.browse()
        product_ids = set(by_kind.get("0_product_variant", none).product_id.ids)
        templates = by_kind.get("1_product", none).product_tmpl_id
        categories = by_kind.get("2_product_category", none).categ_id
        if templates:
            product_ids |= set(Product.search([("product_tmpl_id", "in", templates.ids)]).ids)
        if categories:
            product_ids |= set(Product.search([("categ_id", "child_of", categories.ids)]).ids)
        return product_ids


def _is_in_force(rule, now):
    return not ((rule["date_start"] and rule["date_start"] > now) or (rule["date_end"] and rule["date_end"] < now))
