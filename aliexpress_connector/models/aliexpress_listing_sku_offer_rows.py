import json

from odoo import api, fields, models
from odoo.tools import SQL


class AliexpressListingSku(models.Model):
    """How prices and quantities of SKUs are stored: with SQL, thousands at once, and without touching `write_date`,
    which says that what offers depend on was changed.
    """

    _inherit = "aliexpress.listing.sku"

    @api.model
    def _mark_quantities(self, marks):
        """Store what a comparison found: dicts with `id, quantity_due, is_quantity_due`."""
        self._update_rows(
            "quantity_due = v.quantity, is_quantity_due = v.is_due, quantity_error = NULL",
            ["quantity int", "is_due boolean"],
            [(mark["id"], mark["quantity_due"], mark["is_quantity_due"]) for mark in marks],
        )

    @api.model
    def _mark_prices(self, marks):
        """Store what a comparison found: dicts with `id, price_due, sale_price_due, country_prices_due, is_price_due,
        hold_reason, is_price_confirmed`.
        """
        columns = {
            "price_due": "numeric",
            "sale_price_due": "numeric",
            "country_prices_due": "jsonb",
            "is_price_due": "boolean",
            "hold_reason": "text",
            "is_price_confirmed": "boolean",
        }
        self._update_rows(
            "price_error = NULL, " + ", ".join(f"{name} = v.{name}" for name in columns),
            [f"{name} {kind}" for name, kind in columns.items()],
            [(mark["id"], *(mark[name] for name in columns)) for mark in marks],
        )

    @api.model
    def _acknowledge_quantities(self, rows):
        """AliExpress has taken over `rows` [(sku id, quantity)]."""
        now = fields.Datetime.now()
        self._update_rows(
            "quantity_sent = v.quantity, quantity_date = v.now, is_quantity_due = FALSE, quantity_error = NULL",
            ["quantity int", "now timestamp"],
            [(*row, now) for row in rows],
        )

    @api.model
    def _acknowledge_prices(self, rows):
        """AliExpress has taken over `rows` [(sku id, price, sale price, prices by country or None, was due)].

        What was only repeated keeps why its own new price was refused.
        """
        now = fields.Datetime.now()
        self._update_rows(
            "price_sent = v.price, sale_price_sent = v.sale_price, country_prices_sent = v.countries, "
            "price_date = v.now, ended_sales = NULL, is_price_due = FALSE, is_price_confirmed = FALSE, "
            "price_error = CASE WHEN v.was_due THEN NULL ELSE price_error END",
            ["price numeric", "sale_price numeric", "countries jsonb", "was_due boolean", "now timestamp"],
            [
                (sku_id, price, sale_price, json.dumps(countries) if countries else None, was_due, now)
                for sku_id, price, sale_price, countries, was_due in rows
            ],
        )

    @api.model
    def _refuse_quantities(self, sku_ids, message):
        """AliExpress does not take these quantities; they are sent again when they change."""
        self._update_rows(
            "is_quantity_due = FALSE, quantity_error = v.message", ["message text"], [(id_, message) for id_ in sku_ids]
        )

    @api.model
    def _refuse_prices(self, sku_ids, message):
        """AliExpress does not take these prices; they are sent again when they change."""
        self._update_rows(
            "is_price_due = FALSE, price_error = v.message", ["message text"], [(id_, message) for id_ in sku_ids]
        )

    @api.model
    def _set_missing(self, sku_ids):
        """AliExpress has no such SKUs; nothing is sent for them before it has."""
        self._update_rows(
            "is_missing = TRUE, is_quantity_due = FALSE, is_price_due = FALSE, "
            "quantity_error = NULL, price_error = NULL",
            [],
            [(sku_id,) for sku_id in sku_ids],
        )

    @api.model
    def _retry_refused(self, account):
        """Let what AliExpress refused be sent once more: most reasons, such as promotions, pass."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                UPDATE aliexpress_listing_sku
                   SET is_quantity_due = is_quantity_due OR quantity_error IS NOT NULL,
                       -- Where no price was ever computed there is none to send; what a guard holds, a person sends.
                       is_price_due = is_price_due OR (
                           price_error IS NOT NULL AND hold_reason IS NULL AND COALESCE(price_due, 0) > 0
                       )
                 WHERE account_id = %s AND (quantity_error IS NOT NULL OR price_error IS NOT NULL)
                """,
                account.id,
            )
        )
        self.invalidate_model()

    @api.model
    def _forget_sent_quantities(self, account):
        """Nobody knows what AliExpress has, where it sold for a while without being told: every quantity is sent."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL("UPDATE aliexpress_listing_sku SET quantity_sent = NULL WHERE account_id = %s", account.id)
        )
        self.invalidate_model(["quantity_sent"])

    @api.model
    def _forget_country_prices(self, sku_ids):
        """AliExpress has no prices by country for these SKUs any more; those of some may be wanted all the same."""
        now = fields.Datetime.now()
        self._update_rows(
            "country_prices_sent = NULL, write_date = v.now", ["now timestamp"], [(sku_id, now) for sku_id in sku_ids]
        )

    @api.model
    def _forget_due_prices(self, accounts):
        """Prices computed in another currency are not sent any more."""
        if not accounts:
            return
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                UPDATE aliexpress_listing_sku
                   SET price_due = NULL, sale_price_due = NULL, country_prices_due = NULL, is_price_due = FALSE,
                       is_price_confirmed = FALSE
                 WHERE account_id IN %s AND (is_price_due OR price_due IS NOT NULL)
                """,
                tuple(accounts.ids),
            )
        )
        self.invalidate_model()

    @api.model
    def _end_sales(self, account, sources):
        """Odoo sets the sale prices of `sources` ("" of all buyers, codes of countries) of `account` no more, and they
        are taken away with the next price. Those of AliExpress' own are not Odoo's to end.
        """
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                UPDATE aliexpress_listing_sku
                   SET ended_sales = COALESCE(ended_sales, '[]') || %s
                 WHERE account_id = %s AND (sale_price_sent != 0 OR country_prices_sent IS NOT NULL)
                """,
                json.dumps(sorted(sources)),
                account.id,
            )
        )
        self.invalidate_model(["ended_sales"])

    def _forget_offers(self, keeps_refs=False):
        """AliExpress never heard of these SKUs: they are SKUs of a product to come, or with `keeps_refs` those that it
        has by their names, without code.
        """
        self._update_rows(
            ("" if keeps_refs else "sku_ref = NULL, ") + "is_missing = FALSE, "
            "quantity_sent = NULL, quantity_date = NULL, quantity_due = NULL, quantity_error = NULL, "
            "is_quantity_due = FALSE, price_sent = NULL, sale_price_sent = NULL, country_prices_sent = NULL, "
            "price_date = NULL, price_due = NULL, sale_price_due = NULL, country_prices_due = NULL, "
            "ended_sales = NULL, price_error = NULL, is_price_due = FALSE, hold_reason = NULL, "
            "is_price_confirmed = FALSE",
            [],
            [(sku_id,) for sku_id in self.ids],
        )

    @api.model
    def _update_rows(self, assignments, columns, rows):
        """`UPDATE … SET assignments` for many SKUs at once.

        :param list columns: name and type of the values in `rows` after the id; `assignments` calls them `v.name`
        """
        if not rows:
            return
        self.env.flush_all()
        names = ["id", *(column.split()[0] for column in columns)]
        types = ["int", *(column.split()[1] for column in columns)]
        # Only constants of this file go into the statement itself.
        query = (
            f"UPDATE {self._table} sku SET {assignments} FROM (VALUES %s) AS v({', '.join(names)}) WHERE sku.id = v.id"
        )
        template = f"({', '.join(f'%s::{type_}' for type_ in types)})"
        self.env.cr.execute_values(query, rows, template=template, page_size=1000)
        self.browse(row[0] for row in rows).invalidate_recordset(flush=False)
