"""Money as AliExpress writes it: decimal texts, cents, and the talkative long form."""

from decimal import ROUND_HALF_UP, Decimal

NUMERIC_CODES = {
    "AED": 784, "AUD": 36, "BHD": 48, "BRL": 986, "CAD": 124, "CLP": 152, "CNY": 156,
    "EUR": 978, "GBP": 826, "IDR": 360, "ILS": 376, "JPY": 392, "KRW": 410,
    "KWD": 414, "MXN": 484, "PLN": 985, "RUB": 643, "SAR": 682, "SEK": 752,
    "TND": 788, "TRY": 949, "UAH": 980, "USD": 840, "VND": 704,
}  # fmt: skip
DIGITS = {"CLP": 0, "JPY": 0, "KRW": 0, "VND": 0, "BHD": 3, "KWD": 3, "TND": 3}
CHINESE_NAMES = {"EUR": "欧元", "USD": "美元", "GBP": "英镑", "CNY": "人民币"}


def digits(currency):
    return DIGITS.get(currency, 2)


def rounded(amount, currency):
    return Decimal(amount).quantize(Decimal(1).scaleb(-digits(currency)), ROUND_HALF_UP)


def text(amount, currency):
    return str(rounded(amount, currency))


def short(amount, currency):
    """The form of the order lists."""
    if amount is None:
        return None
    return {"amount": text(amount, currency), "currency_code": currency}


def long(amount, currency):
    """The form of the order details ("MoneyStr")."""
    if amount is None:
        return None
    factor = 10 ** digits(currency)
    return {
        "amount": text(amount, currency),
        "cent": int(rounded(amount, currency) * factor),
        "cent_factor": factor,
        "currency_code": currency,
        "currency": {
            "currency_code": currency,
            "numeric_code": NUMERIC_CODES.get(currency, 0),
            "default_fraction_digits": digits(currency),
            "symbol": currency,
            "display_name": CHINESE_NAMES.get(currency, currency),
        },
    }
