from collections import defaultdict


class OfferKits:
    """The kits of one company and what they are made of, read in bulk; there are none without manufacturing.

    `components` is `{kit's product id: ids (set) of all products it may be made of in the end}`.
    """

    def __init__(self, env, company_id):
        self.env = env
        self.company_id = company_id
        self._boms = self._find_boms() if "mrp.bom" in env else {}
        self._direct = {kit_id: set(bom.bom_line_ids.product_id.ids) for kit_id, bom in self._boms.items()}
        self.components = {kit_id: self._flatten(kit_id) for kit_id in self._boms}
        self._counted = {}

    def is_simple(self, kit_id):
        """Whether none of the kit's components is a kit itself."""
        return self._boms.keys().isdisjoint(self._direct[kit_id])

    def is_counted(self, kit_id):
        """Whether Odoo counts the stock of any component of the kit; one without components counts as empty."""
        if kit_id not in self._counted:
            product = self.env["product.product"].browse(kit_id)
            lines = self._boms[kit_id].bom_line_ids.filtered(lambda line: not line._skip_bom_line(product))
            self._counted[kit_id] = not lines or any(
                self.is_counted(component.id) if component.id in self._boms else component.is_storable
                for component in lines.product_id
            )
        return self._counted[kit_id]

    def count(self, kit_ids, units):
        """`{kit id: units}` that can be made of `units` ({component's product id: float}), as Odoo counts kits.

        Only for simple kits: Odoo's own computation looks for the bill of each component with a query for each kit,
        which takes longer than the whole rest.
        """
        counts = {}
        for product in self.env["product.product"].browse(kit_ids):
            bom = self._boms[product.id]
            needs, uom = defaultdict(float), product.uom_id
            for line in bom.bom_line_ids:
                component = line.product_id
                if line._skip_bom_line(product):
                    continue
                uom = component.uom_id
                quantity = line.product_uom_id.round(line.product_qty, rounding_method="UP")
                if component.is_storable and not line.product_uom_id.is_zero(quantity):
                    needs[component] += line.product_uom_id._compute_quantity(quantity, uom, round=False)
            ratios = [
                component.uom_id.round(units[component.id] / need, rounding_method="DOWN")
                for component, need in needs.items()
                if need
            ]
            counts[product.id] = uom.round(min(ratios) * bom.product_qty) // 1 if ratios else 0
        return counts

    def explode(self, kit_id, units):
        """`{component's product id: units}` (float) of `units` kits."""
        product = self.env["product.product"].with_company(self.company_id).browse(kit_id)
        bom = self._boms[kit_id]
        needs = defaultdict(float)
        quantity = product.uom_id._compute_quantity(units, bom.product_uom_id, round=False) / bom.product_qty
        for line, data in bom.explode(product, quantity)[1]:
            needs[line.product_id.id] += line.product_uom_id._compute_quantity(
                data["qty"], line.product_id.uom_id, round=False
            )
        return needs

    def _flatten(self, kit_id):
        """What a kit is made of in the end: it may hold kits."""
        found, waiting = set(), {kit_id}
        while waiting:
            new_ids = self._direct.get(waiting.pop(), set()) - found
            found |= new_ids
            waiting |= new_ids & self._direct.keys()
        return found - self._direct.keys()

    def _find_boms(self):
        """`{kit's product id: its bill of materials}` of the company."""
        Bom = self.env["mrp.bom"].with_company(self.company_id)
        boms = Bom.search([("type", "=", "phantom"), ("company_id", "in", (False, self.company_id))])
        if not boms:
            return {}
        Product = self.env["product.product"].with_company(self.company_id)
        templates = boms.filtered(lambda bom: not bom.product_id).product_tmpl_id
        products = boms.product_id | Product.search([("product_tmpl_id", "in", templates.ids)])
        found = Bom._bom_find(products, bom_type="phantom", company_id=self.company_id)
        return {product.id: bom for product, bom in found.items() if bom}
