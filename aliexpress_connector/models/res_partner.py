import hashlib
import re
import unicodedata
from dataclasses import asdict
from fnmatch import fnmatchcase

from odoo import api, fields, models

from ..lib import phone
from ..lib.values import Address


def normalise(text):
    """`text` without case, accents, punctuation and repeated spaces: two spellings of one address compare equal."""
    decomposed = unicodedata.normalize("NFKD", text or "").casefold()
    letters = "".join(character for character in decomposed if not unicodedata.combining(character))
    return " ".join(re.findall(r"\w+", letters))


def is_masked(text):
    """Whether AliExpress hid part of `text` behind asterisks."""
    return "*" in (text or "")


def hides_address(address):
    """Whether AliExpress hid to whom or where parcels go; `address` is a `lib.values.Address` or a contact."""
    return is_masked(address.name) or is_masked(address.street)


def fits_mask(told, known):
    """Whether AliExpress may mean the text `known` by `told`, where anything may be behind asterisks."""
    # Nothing else that has a meaning in a pattern is left.
    return fnmatchcase(normalise(known), "*".join(normalise(part) for part in told.split("*")))


def is_masked_form(told, stored):
    """Whether `told`, a partly masked `lib.values.Address`, may be the one that is `stored`, of which all is known."""
    known = asdict(stored)
    for name, text in asdict(told).items():
        if is_masked(text):
            if not known[name] or is_masked(known[name]) or not fits_mask(text, known[name]):
                return False
        elif text and text != known[name]:
            return False
    return True


# What the address key stands for, and what stands in its place once a person changed it.
ADDRESS_FIELDS = ("name", "street", "street2", "city", "zip", "country_id", "state_id", "phone")
CHANGED_BY_HAND = "changed by hand"


class ResPartner(models.Model):
    _inherit = "res.partner"

    aliexpress_account_id = fields.Many2one(
        "aliexpress.account",
        string="AliExpress Shop",
        readonly=True,
        copy=False,
        index="btree_not_null",
        groups="base.group_user",
    )
    aliexpress_buyer_ref = fields.Char(string="AliExpress Buyer", readonly=True, copy=False, groups="base.group_user")
    aliexpress_address_key = fields.Char(
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="Digest of the address as AliExpress gave it: the same address is found again.",
        groups="base.group_user",
    )

    _aliexpress_buyer_uniq = models.UniqueIndex(
        "(aliexpress_account_id, aliexpress_buyer_ref) WHERE aliexpress_buyer_ref IS NOT NULL",
        "This AliExpress buyer is already a contact of this shop.",
    )

    def write(self, vals):
        """Override to find an address that was changed no more as the one AliExpress gave."""
        if "aliexpress_address_key" not in vals and not vals.keys().isdisjoint(ADDRESS_FIELDS):
            before = {partner: partner._aliexpress_get_address() for partner in self if partner.aliexpress_address_key}
            result = super().write(vals)
            changed = self.filtered(
                lambda partner: partner in before and partner._aliexpress_get_address() != before[partner]
            )
            if changed:
                changed.aliexpress_address_key = CHANGED_BY_HAND
            return result
        return super().write(vals)

    def _aliexpress_get_address(self):
        return [self[name] or False for name in ADDRESS_FIELDS]

    @api.model
    def _aliexpress_get_address_key(self, address):
        """Digest (str) of what makes a delivery address: recipient, street, place and phone, however it is spelt."""
        parts = (
            address.name,
            address.country_code,
            address.province,
            address.city,
            address.street,
            address.street2,
            address.zip,
            phone.to_e164(address) or phone.as_given(address),
        )
        return hashlib.sha256("|".join(normalise(part) for part in parts).encode()).hexdigest()[:32]

    @api.model
    def _aliexpress_prepare_address_values(self, address, geography):
        """Values of a contact at this `lib.values.Address`; `geography` is a `Geography`, which finds countries and
        states.
        """
        country, state = geography.find(address.country_code, address.province)
        number = phone.to_e164(address)
        others = phone.get_others(address)
        lines = [address.street2]
        if address.province and not state and normalise(address.province) != normalise(address.city):
            # A province Odoo does not know stays in the address, or the parcel might not arrive.
            lines.append(address.province)
        values = {
            "name": address.name,
            "street": address.street,
            "street2": ", ".join(filter(None, lines)),
            "city": address.city,
            "zip": address.zip,
            "country_id": country.id,
            "state_id": state.id,
            "phone": number,
            "vat": address.tax_id or False,
        }
        if others:
            values["comment"] = self.env._("Other phone numbers as AliExpress gave them: %(phone)s", phone=others)
        return values


class Geography:
    """Countries and states by the names AliExpress uses; reads each country once."""

    def __init__(self, env):
        self.env = env
        self._states = {}
        self._countries = {}

    def find(self, country_code, province):
        """`(res.country, res.country.state)` records, either may be empty."""
        code = "GB" if country_code == "UK" else country_code
        if code not in self._countries:
            self._countries[code] = (
                self.env["res.country"].search([("code", "=", code)], limit=1) if code else self.env["res.country"]
            )
        country = self._countries[code]
        if not country or not province:
            return country, self.env["res.country.state"]
        if country.id not in self._states:
            self._states[country.id] = self._read_states(country)
        return country, self._match_state(self._states[country.id], normalise(province))

    def _match_state(self, states, province):
        if province in states:
            return states[province]
        # "Comunidad de Madrid", "Provincia di Torino": the one state whose whole name stands in the text.
        found = {state for name, state in states.items() if len(name) > 3 and f" {name} " in f" {province} "}
        return found.pop() if len(found) == 1 else self.env["res.country.state"]

    def _read_states(self, country):
        states = {}
        for state in self.env["res.country.state"].search([("country_id", "=", country.id)]):
            # Odoo keeps local names behind the usual one: "A Coruña (La Coruña)", "Araba/Álava".
            for name in (state.code, state.name, *re.split(r"[()/]", state.name)):
                if normalise(name):
                    states.setdefault(normalise(name), state)
        return states


def load_address(content):
    """The `lib.values.Address` that was stored as JSON, an empty one when nothing was."""
    return Address(**(content or {}))
