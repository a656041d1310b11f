"""Signature of the IOP gateway (`/sync` and `/rest`)."""

import hashlib
import hmac


def sign(app_secret, params, path=""):
    """Return the `sign` of a call as upper-case hexadecimal text.

    :param dict params: every parameter of the call as raw (not URL-encoded) text, common ones included, files not
    :param str path: the API path of a `/rest` call, such as `/auth/token/create`; empty for `/sync`
    """
    text = path + "".join(f"{key}{params[key]}" for key in sorted(params, key=str.encode))
    return hmac.new(app_secret.encode(), text.encode(), hashlib.sha256).hexdigest().upper()


def fingerprint(secret):
    """Return what tells two secrets apart without telling anything about them (16 hexadecimal digits); "" of none."""
    return hashlib.sha256(secret.encode()).hexdigest()[:16] if secret else ""
