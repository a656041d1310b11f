from collections import Counter

from odoo import models
from odoo.fields import Domain

from .tax_finder import TaxFinder

# Where the codes of products stand, the better one first.
CODE_FIELDS = ("aliexpress_sku_code", "default_code")


class AliexpressOrder(models.Model):
    """Which product each child order means."""

    _inherit = "aliexpress.order"

    def _match_products(self):
        """Set the product of every line that has none yet; return `{line: reason}` (translated) for those that cannot
        be matched.

        The shop's listing decides first, then the AliExpress SKU code of a product, then its internal reference, then
        what a person linked before.
        """
        chosen = self.line_ids._filter_chosen()
        # Until a sale order says so, a product that can no longer be sold is not the one.
        lost = self.line_ids.filtered(
            lambda line: line.product_id and not line.sale_line_id and line._get_product_problem()
        )
        lost.write({"product_id": False, "is_linked": False})
        lines = self.line_ids.filtered(lambda line: not line.product_id and line.quantity) - chosen
        problems = {
            line: line._get_product_problem() for line in self.line_ids - lines if line.product_id and line.quantity
        }
        skus, linked = self._search_skus(lines), self._search_linked(lines)
        nothing = self.env["product.product"]
        offered = {
            line: skus.get((line.account_id.id, line.product_ref, line.sku_code or False), nothing) for line in lines
        }
        by_code = self._search_by_code(lines, lines.filtered(lambda line: not offered[line]))
        for line in lines:
            candidates = [offered[line]]
            if line.sku_code:
                candidates += [products.get(line.sku_code, nothing) for products in by_code]
            candidates.append(linked.get(line._get_link_key(), nothing))
            product, problem = line._choose_product(candidates)
            if product:
                line.product_id = product
            problems[line] = problem or line._get_product_problem()
        return {line: problem for line, problem in problems.items() if problem}

    def _search_skus(self, lines):
        """`{(account id, AliExpress product, SKU code or False): product}`; False stands for the only SKU of a
        listing.
        """
        domain = Domain("account_id", "in", lines.account_id.ids) & Domain(
            "listing_id.product_ref", "in", [ref for ref in lines.mapped("product_ref") if ref]
        )
        skus = self.env["aliexpress.listing.sku"].search(domain) if lines else self.env["aliexpress.listing.sku"]
        counts = Counter(sku.listing_id for sku in skus)
        products = {}
        # Not by listing: the products of all are read at once.
        for sku in skus:
            listing = sku.listing_id
            if sku.sku_code:
                products[listing.account_id.id, listing.product_ref, sku.sku_code] = sku.product_id
            if counts[listing] == 1:
                products[listing.account_id.id, listing.product_ref, False] = sku.product_id
        return products

    def _search_linked(self, lines):
        """`{link key: product}` that people linked last for the same as `lines`."""
        if not lines:
            return {}
        domain = Domain("account_id", "in", lines.account_id.ids) & Domain("is_linked", "=", True)
        domain &= Domain("sku_code", "in", [code for code in lines.mapped("sku_code") if code]) | (
            Domain("sku_code", "=", False) & Domain("product_ref", "in", lines.mapped("product_ref"))
        )
        linked = self.env["aliexpress.order.line"].search(domain, order="write_date, id")
        return {line._get_link_key(): line.product_id for line in linked if line.product_id}

    def _search_by_code(self, lines, open_lines):
        """A list of `{code: products of any company, archived ones too}` with the lines' codes, the best first.

        Codes with spaces at their ends count for those of `open_lines` that nothing else has.
        """
        codes = {code for code in lines.mapped("sku_code") if code}
        if not codes:
            return []
        products = self.env["product.product"].with_context(active_test=False)
        found = [products.search([(name, "in", list(codes))]).grouped(name) for name in CODE_FIELDS]
        unknown = {code for code in open_lines.mapped("sku_code") if code}.difference(*found)
        return found + [products._aliexpress_search_spaced(name, unknown) for name in CODE_FIELDS]


class AliexpressOrderLine(models.Model):
    _inherit = "aliexpress.order.line"

    def _adopt_chosen_products(self):
        """Take over the products that people chose on sale order lines whose product was not known, at AliExpress'
        prices where the sale order is not locked.
        """
        taxes = TaxFinder(self.env)
        for line in self._filter_chosen():
            line.product_id = line.sale_line_id.product_id
            if not line.sale_line_id.order_id.locked:
                line._set_sale_line(taxes)

    def _filter_chosen(self):
        """The lines without a product for which people chose one on the sale order."""
        unknown = self.env["product.product"]._aliexpress_get_helper("unknown")
        return self.filtered(
            lambda line: (
                not line.product_id
                and line.sale_line_id.product_id not in (unknown.browse(), unknown)
                and not line._has_other_code()
            )
        )

    def _get_link_key(self):
        """What one link stands for: the SKU code in the shop, or the variant of the AliExpress product where there is
        none.
        """
        variant = (self.product_ref, self.attributes or "")
        return (self.account_id.id, self.sku_code or False, not self.sku_code and variant)

    def _waits_for_product(self):
        """Whether the sale order still wants the product of this line. People who emptied or deleted the sale order
        line have decided; what AliExpress changes later is asked about anew.
        """
        if not self.order_id.sale_order_id:
            return bool(self.quantity)
        unknown = self.env["product.product"]._aliexpress_get_helper("unknown")
        return self.sale_line_id.product_id == unknown and bool(self.sale_line_id.product_uom_qty)

    def _has_other_code(self):
        """Whether AliExpress changed the SKU code since the sale order was made."""
        taken_over = (self.order_id.taken_over or {}).get("lines", {}).get(self.child_ref)
        return bool(taken_over) and taken_over[0] != (self.sku_code or "")

    def _choose_product(self, candidates):
        """`(product, "")` from the first of `candidates` (recordsets, best first) that has one to sell, else `(empty,
        reason)`.
        """
        reason = ""
        for products in candidates:
            own = products.filtered(lambda product: product.company_id.id in (False, self.company_id.id))
            usable = own.filtered(lambda product: product.active and product.type != "combo")
            if len(usable) == 1:
                return usable, ""
            reason = reason or self._explain_candidates(products, own, usable)
        return self.env["product.product"], reason or self._explain_unknown()

    def _explain_unknown(self):
        return self.env._(
            "No product has the SKU code %(code)s (%(name)s). Press Link Products, or enter the code on the product.",
            code=self.sku_code or "-",
            name=self.name or self.product_ref or "-",
        )

    def _explain_candidates(self, products, own, usable):
        if not products:
            return ""
        values = {"code": self.sku_code or self.product_ref, "names": ", ".join(products.mapped("display_name")[:3])}
        if len(usable) > 1:
            return self.env._(
                "Several products have the SKU code %(code)s: %(names)s. Give the code to one of them only, or "
                "press Link Products.",
                **values,
            )
        if own.filtered("active"):
            return self.env._(
                "The product with the SKU code %(code)s is a combo, whose contents are chosen at each sale: %(names)s. "
                "Give the code to a product that is delivered as it is, such as a kit, press Link Products, or choose "
                "the products in the sale order.",
                **values,
            )
        if own:
            return self.env._(
                "The product with the SKU code %(code)s is archived: %(names)s. Unarchive it, or press Link Products.",
                **values,
            )
        return self.env._(
            "The product with the SKU code %(code)s belongs to another company. Share it with the company %(company)s, "
            "or press Link Products.",
            code=values["code"],
            company=self.company_id.name,
        )

    def _get_product_problem(self):
        """Why the product this line was matched with cannot be sold now, or ""."""
        if self.sale_line_id:
            return self._get_lock_problem()
        product = self.product_id
        own = product.filtered(lambda product: product.company_id.id in (False, self.company_id.id))
        usable = own.filtered(lambda product: product.active and product.type != "combo")
        return "" if usable else self._explain_candidates(product, own, usable)

    def _get_lock_problem(self):
        sale_order = self.sale_line_id.order_id
        if not sale_order.locked or not self._waits_for_product():
            return ""
        return self.env._(
            "The product %(product)s is known now, but sale order %(name)s is locked. Unlock it, and the next run "
            "puts the product in.",
            product=self.product_id.display_name,
            name=sale_order.name,
        )
