"""The sentence that people read for each reason of a gateway error: what happened and what to do now."""

from contextlib import contextmanager

from odoo.exceptions import RedirectWarning, UserError
from odoo.tools import LazyTranslate

from ..lib import errors

_lt = LazyTranslate(__name__)

MESSAGES = {
    errors.REFUSED: _lt("AliExpress refused this: %(detail)s. Correct what it names, then try again."),
    errors.SIGNATURE: _lt(
        "AliExpress does not accept the application key or secret of this shop. Ask an administrator to enter them "
        "again on the shop."
    ),
    errors.PERMISSION: _lt(
        "The application of this shop may not use the AliExpress method %(method)s. Request it in the AliExpress "
        "developer console, then try again."
    ),
    errors.NOT_OFFERED: _lt(
        "Products, prices and stock cannot be managed from Odoo for this kind of shop yet: only the AliExpress methods "
        "for overseas sellers offer that. Request them in the AliExpress developer console, then connect the shop "
        "again."
    ),
    errors.IP_ADDRESS: _lt(
        "AliExpress does not accept calls from this server. Add its address to the white list of the application in "
        "the AliExpress developer console."
    ),
    errors.NOT_FOUND: _lt(
        "AliExpress does not know this record in this shop: %(detail)s. Check that the number belongs to this shop."
    ),
    errors.ALREADY_DECLARED: _lt(
        "AliExpress says that this order was already declared as shipped. Compare the tracking number in the "
        "AliExpress seller centre."
    ),
    errors.TRACKING_REFUSED: _lt(
        "AliExpress refused the tracking number. Check it with the carrier, correct it and send it again."
    ),
    errors.CARRIER_REFUSED: _lt(
        "AliExpress does not accept this carrier for the shop. Choose another delivery method on the delivery, or "
        "another carrier for it in AliExpress > Configuration > Carriers, then send again."
    ),
    errors.WRONG_STATUS: _lt(
        "AliExpress does not accept this in the order's present status. Refresh the order to see what changed."
    ),
    errors.UNREADABLE: _lt(
        "The answer of AliExpress could not be understood: %(detail)s. It will be read again; if this stays, send "
        "this text to support."
    ),
    errors.NETWORK: _lt("AliExpress could not be reached. Nothing to do: this is tried again by itself."),
    errors.RATE_LIMIT: _lt(
        "AliExpress allows no more calls for the moment. Nothing to do: this is tried again by itself."
    ),
    errors.BUSY: _lt("AliExpress' systems were busy. Nothing to do: this is tried again by itself."),
    errors.IN_AUDIT: _lt(
        "AliExpress is reviewing this product. Nothing to do: the change is sent when the review has ended."
    ),
    errors.LOCKED: _lt(
        "A promotion or AliExpress itself locks this product. Nothing to do: the change is sent when "
        "the lock has ended."
    ),
    errors.BUDGET: _lt(
        "The calls that the shop may make in a day are used up, except those kept for orders and tracking numbers. "
        "Nothing to do: this is sent after midnight in Beijing. To send more in a day, raise Calls per Day on the shop."
    ),
    errors.TOKEN: _lt("The authorisation of this shop has expired. Open the shop and press Connect with AliExpress."),
    errors.AUTHORISATION: _lt(
        "The authorisation of this shop has ended. Open the shop and press Connect with AliExpress."
    ),
}
# What a person asked for is done by no job: where it matters, they read this instead.
MESSAGES_BY_HAND = {
    errors.NETWORK: _lt("AliExpress could not be reached. This was not done: try again in a few minutes."),
    errors.UNREADABLE: _lt(
        "The answer of AliExpress could not be understood: %(detail)s. Try again; if this stays, send this "
        "text to support."
    ),
    errors.RATE_LIMIT: _lt(
        "AliExpress allows no more calls for the moment. This was not done: try again in a few minutes."
    ),
    errors.BUSY: _lt("AliExpress' systems were busy. This was not done: try again in a few minutes."),
    errors.TOKEN: _lt(
        "The access of the shop ran out. It is renewed within minutes: try again then. If this stays, press Connect "
        "with AliExpress."
    ),
}


def describe_error(env, error, is_by_hand=False):
    """The translated text (str) for a person: of a gateway error by its reason, of Odoo's own errors their message.

    Anything else is a fault of this addon: its class is named and the log has the rest, because a message of an unknown
    exception may hold personal data.

    :param bool is_by_hand: whether a person asked for what failed, and waits
    """
    if isinstance(error, errors.AliexpressError):
        messages = MESSAGES | MESSAGES_BY_HAND if is_by_hand else MESSAGES
        return _describe_gateway_error(env, error, env._(messages[error.reason]))
    if isinstance(error, (UserError, RedirectWarning)):
        return str(error.args[0])
    return env._(
        "Something unexpected went wrong (%(name)s). Try again; if it stays, ask your administrator to look in the "
        "server log.",
        name=type(error).__name__,
    )


@contextmanager
def told_at_once(env):
    """What goes wrong with AliExpress in this block is told to the person who waits for it, as a UserError."""
    try:
        yield
    except errors.AliexpressError as error:
        raise UserError(describe_error(env, error, is_by_hand=True)) from error


def _describe_gateway_error(env, error, template):
    text = template % {"detail": error.detail or error.code or "-", "method": error.method or "-"}
    if error.detail and "%(detail)s" not in template:
        text += "\n" + env._("AliExpress' words: %(detail)s", detail=f"{error.detail} {error.code}".strip())
    if error.request_id:
        text += "\n" + env._("Request %(request_id)s", request_id=error.request_id)
    return text
