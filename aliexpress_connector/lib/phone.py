"""Phone numbers as the world writes them."""

import phonenumbers


def to_e164(address):
    """The first valid number of a `values.Address` as E.164 text such as "+34600000000", or "" when none is valid.

    Tried in this order: mobile, area and number, number alone; each with the country prefix AliExpress gave, then by
    the rules of the address' country. Masked numbers are never valid.
    """
    numbers = (address.mobile, f"{address.phone_area}{address.phone_number}", address.phone_number)
    return next(filter(None, (_read(number, address) for number in numbers)), "")


def get_others(address):
    """The phone fields that `to_e164` leaves out, as they came, in one line; "" when it tells all there is."""
    chosen = to_e164(address)
    if not chosen:
        return as_given(address)
    landline = f"{address.phone_area}{address.phone_number}"
    others = [
        text
        for text, numbers in (
            (address.mobile, (address.mobile,)),
            (f"{address.phone_area} {address.phone_number}".strip(), (landline, address.phone_number)),
        )
        if text and chosen not in (_read(number, address) for number in numbers)
    ]
    return f"{address.phone_country} {' / '.join(others)}".strip() if others else ""


def as_given(address):
    """The phone fields as they came, in one line, "" when there are none: kept when no number is valid."""
    area = " ".join(part for part in (address.phone_area, address.phone_number) if part)
    numbers = " / ".join(part for part in (address.mobile, area) if part)
    return f"{address.phone_country} {numbers}".strip() if numbers else ""


def _read(number, address):
    """`number` as E.164 text by the country prefix of the `values.Address`, then by the rules of its country, or ""."""
    number = number.strip()
    if not number or "*" in number:
        return ""
    prefix = "".join(character for character in address.phone_country if character.isdigit())
    candidates = [number] if number.startswith("+") else ([f"+{prefix}{number}"] if prefix else []) + [number]
    return next(filter(None, (_parse(candidate, address.country_code or None) for candidate in candidates)), "")


def _parse(text, region):
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_valid_number(number):
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
