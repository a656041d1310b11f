"""One record of any model of this addon, whatever fields it requires: for tests that walk the registry."""

from odoo import fields

PREFIX = "aliexpress."
PIXEL = b"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
# Filled although not required.
OWNERS = ("account_id", "company_id", "listing_id", "order_id", "shipment_id")


def get_models(env):
    """The concrete models of this addon, transient ones included."""
    return [model for name, model in sorted(env.items()) if name.startswith(PREFIX) and not model._abstract]


class Records:
    """Makes records: `get(model)` returns the same one each time, with its required fields filled and its relations
    belonging to one shop. The windows of wizards are those of `user` (res.users), if any.
    """

    def __init__(self, account, user=None):
        self.env = account.env
        self._user = user
        self._made = {account._name: account}

    def get(self, model):
        """A record of `model` (str)."""
        if model not in self._made:
            owner = self._user if self._user and self.env[model]._transient else self.env.user
            values = self._prepare_values(self.env[model])
            self._made[model] = self.env[model].with_user(owner).sudo().create(values).with_env(self.env)
        return self._made[model]

    def _prepare_values(self, model):
        defaults = model.default_get(list(model._fields))
        return {
            name: self._get_value(field)
            for name, field in model._fields.items()
            if (field.required or name in OWNERS) and not field.related and not field.compute and not defaults.get(name)
            if field.type not in ("one2many", "many2many")
        }

    def _get_value(self, field):
        if field.type == "many2one":
            return self._get_related(field).id
        if field.type == "selection":
            return field.get_values(self.env)[0]
        if field.type in ("char", "text"):
            return f"made for {field.model_name}"
        if field.type in ("binary", "image"):
            return PIXEL
        if field.type in ("date", "datetime"):
            return fields.Date.today() if field.type == "date" else fields.Datetime.now()
        return 1

    def _get_related(self, field):
        if field.comodel_name.startswith(PREFIX):
            return self.get(field.comodel_name)
        if field.comodel_name == "res.country":
            return self.env.ref("base.es")
        if field.comodel_name == "res.company":
            return self._made["aliexpress.account"].company_id
        if field.comodel_name == "product.template":
            # One that belongs to the shop's company alone: the others are everybody's.
            return self.get(field.comodel_name)
        return self.env[field.comodel_name].search([], limit=1) or self.get(field.comodel_name)
