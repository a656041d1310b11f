from odoo import Command, fields, models
from odoo.modules.module import Manifest
from odoo.release import version
from odoo.tools import LazyTranslate

from ..lib import answer_shape, diagnosis
from ..lib.families import FAMILIES
from .error_messages import told_at_once

# Calls are refused when the clocks differ by more than some minutes.
CLOCK_TOLERANCE = 60
_lt = LazyTranslate(__name__)
# What a note says; names of AliExpress' fields follow it.
NOTES = {
    answer_shape.CHANGED: _lt("Of another type than documented"),
    answer_shape.MISSING: _lt("Missing"),
    answer_shape.UNKNOWN: _lt("Not documented"),
    answer_shape.WRAPPED: _lt("Lists inside an object of their own"),
    answer_shape.NOT_TOLD: _lt("Not told"),
    diagnosis.UNREADABLE: _lt("Could not be read"),
    diagnosis.ENVELOPE: _lt("The answer comes in an envelope"),
    diagnosis.NO_OBJECT: _lt("The envelope holds no object"),
    diagnosis.UNDOCUMENTED: _lt("This answer is not documented"),
}


def _name_family(result):
    return "not known" if result.family is None else result.family or "none"


class AliexpressAccount(models.Model):
    """Whether AliExpress answers a shop as this addon expects."""

    _inherit = "aliexpress.account"

    def action_diagnose(self):
        """Try everything that is read from AliExpress, and show what came of it; about forty calls."""
        self.ensure_one()
        self.check_access("write")
        result = self._diagnose()
        wizard = self.env["aliexpress.diagnosis"].create(self._prepare_diagnosis_values(result))
        return wizard._get_records_action(
            name=self.env._("Check of %(name)s", name=self.name), target="new", context={}
        )

    def _diagnose(self):
        """The `lib.diagnosis.Diagnosis` of this shop. Raises UserError when the shop is not connected."""
        self.ensure_one()
        transport = self._get_transport(diagnosis.ObservedTransport)
        with told_at_once(self.env):
            return diagnosis.diagnose(transport, FAMILIES)

    def _get_diagnosis_report(self, result=None):
        """The report (text, English) for support: names of fields and types of values, nothing personal, no secret.

        From a script: `print(env["aliexpress.account"].search([("name", "=", "…")])._get_diagnosis_report())`.
        """
        result = result or self._diagnose()
        clock = "unknown" if result.clock_difference is None else f"{result.clock_difference} s"
        lines = [
            f"AliExpress shop check, {fields.Datetime.now()} UTC",
            f"addon {Manifest.for_addon('aliexpress_connector')['version']}, Odoo {version}",
            f"gateway {self._get_gateway_url()}",
            f"methods in use: {self.family or '-'}, methods that fit: {_name_family(result)}",
            f"AliExpress' clock is ahead by: {clock}",
            f"calls counted today: {self.call_count_today}, limit of the shop: {self.call_budget or '-'}",
        ]
        for check in result.checks:
            request = f" (request {check.request_id})" if check.request_id else ""
            lines.append("")
            lines.append(f"[{check.family}] {check.act}: {check.outcome}{request}")
            lines += [f"    {method}" for method in check.methods]
            lines += [f"    - {note}" for note in check.notes]
        return "\n".join(lines) + "\n"

    def _prepare_diagnosis_values(self, result):
        return {
            "account_id": self.id,
            "summary": "\n".join(self._summarise_diagnosis(result)),
            "report": self._get_diagnosis_report(result),
            "line_ids": [
                Command.create(
                    {
                        "family": check.family,
                        "act": check.act,
                        "methods": "\n".join(check.methods),
                        "outcome": check.outcome,
                        "notes": "\n".join(map(self._describe_note, check.notes)),
                        "request_id": check.request_id,
                    }
                )
                for check in result.checks
            ],
        }

    def _describe_note(self, note):
        """The translated text of a note; AliExpress' own words as they are."""
        label = NOTES.get(getattr(note, "kind", None))
        return ": ".join(filter(None, (self.env._(label), note.detail))) if label else note

    def _summarise_diagnosis(self, result):
        """Translated texts: what the result means and what to do."""
        family = self.family if result.family is None else result.family
        outcomes = [check.outcome for check in result.checks if check.family == family]
        texts = []
        if result.family is None:
            texts.append(
                self.env._(
                    "Whether this shop may read orders could not be checked: AliExpress did not answer as it should. "
                    "Check again in some minutes."
                )
            )
        elif not result.family:
            texts.append(
                self.env._(
                    "The application of this shop may not read orders: neither with the methods for overseas sellers "
                    "nor with those for general sellers. Request one of them in the AliExpress developer console."
                )
            )
        elif self.family and result.family != self.family:
            texts.append(self.env._("Other methods fit this shop now than those in use: connect the shop again."))
        if result.clock_difference is not None and abs(result.clock_difference) > CLOCK_TOLERANCE:
            texts.append(
                self.env._(
                    "The clock of this server differs from AliExpress' by %(seconds)s seconds. Set it right, or "
                    "AliExpress will refuse calls.",
                    seconds=result.clock_difference,
                )
            )
        texts += self._summarise_outcomes(outcomes)
        return texts or [self.env._("Everything that is read from AliExpress answers as expected.")]

    def _summarise_outcomes(self, outcomes):
        counts = {outcome: outcomes.count(outcome) for outcome in set(outcomes)}
        meanings = {
            diagnosis.DENIED: self.env._(
                "%(count)s kinds of data may not be read: request the methods named below in the AliExpress developer "
                "console, unless you do not need them."
            ),
            diagnosis.DIFFERENT: self.env._(
                "%(count)s answers are not as documented. Where something does not work, send the report to support."
            ),
            diagnosis.FAILED: self.env._("%(count)s calls failed. Check again later; if this stays, see why below."),
        }
        return [text % {"count": counts[outcome]} for outcome, text in meanings.items() if outcome in counts]
