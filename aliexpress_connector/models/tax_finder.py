class TaxFinder:
    """Fiscal positions and taxes of one batch, each looked up once."""

    def __init__(self, env, products=()):
        """:param products: `product.product` of the batch, as far as they are known: their taxes are read at once"""
        self.env = env
        if products:
            products.mapped("taxes_id")
        self._positions = {}
        self._taxes = {}
        self._mapped = {}

    def get_fiscal_position(self, customer, delivery):
        """The `account.fiscal.position` Odoo itself would choose."""
        key = (delivery.country_id, delivery.state_id, delivery.zip, delivery.vat, customer.vat, customer.country_id)
        manual = delivery.property_account_position_id or customer.property_account_position_id
        if manual:
            return manual
        if key not in self._positions:
            self._positions[key] = self.env["account.fiscal.position"]._get_fiscal_position(customer, delivery)
        return self._positions[key]

    def get_taxes(self, product, fiscal_position, use_default=False):
        """Taxes (`account.tax`) of `product` in the current company, mapped by `fiscal_position`.

        :param bool use_default: take the company's default sales tax where the product has none
        """
        key = (product, fiscal_position, use_default)
        if key not in self._taxes:
            taxes = product.taxes_id._filter_taxes_by_company(self.env.company)
            if not taxes and use_default:
                taxes = self.env.company.account_sale_tax_id
            # Most products have the same taxes.
            if (taxes, fiscal_position) not in self._mapped:
                self._mapped[taxes, fiscal_position] = fiscal_position.map_tax(taxes)
            self._taxes[key] = self._mapped[taxes, fiscal_position]
        return self._taxes[key]
