"""Phone numbers as the world writes them."""

import phonenumbers


def to_e164(address):
    """The first valid number of a `values.Address` as E.164 text such as "+34600000000", or "" when none is valid.

    Tried in this order: mobile, area and number, number alone; each with the country prefix AliExpress gave, then by
    the rules of the
    address' country. Masked numbers are never valid.
    """
    region = address.country_code or None
    prefix = "".join(character for character in address.phone_country if character.isdigit())
    for number in (address.mobile, f"{address.phone_area}{address.phone_number}", address.phone_number):
        number = number.strip()
        if not number or "*" in number:
            continue
        candidates = [number] if number.startswith("+") else ([f"+{prefix}{number}"] if prefix else []) + [number]
        for candidate in candidates:
            text = _parse(candidate, region)
            if text:
                return text
    return ""


def as_given(address):
    """The phone fields as they came, in one line, "" when there are none: kept when no number is valid."""
    area = " ".join(part for part in (address.phone_area, address.phone_number) if part)
    numbers = " / ".join(part for part in (address.mobile, area) if part)
    return f"{address.phone_country} {numbers}".strip() if numbers else ""


def _parse(text, region):
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_valid_number(number):
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
