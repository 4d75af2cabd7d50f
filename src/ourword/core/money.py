"""Money is an exact number of minor units with a currency; it is rounded once, when it is paid.

Inside conditions a fact's money is a plain `int` of minor units (its currency is its static type), so that comparing
costs what comparing integers costs. Division gives a `Fraction`; only an amount that leaves the gate is rounded.
"""

from __future__ import annotations

import re
from fractions import Fraction

# ISO 4217 (list one, 2025): the currencies whose minor unit is not a hundredth.
_EXPONENTS = {
    **dict.fromkeys(("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
    **dict.fromkeys(("CLF", "UYW"), 4),
}
_HUNDREDTHS = (
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC CUP CVE CZK "
    "DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK "
    "LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON "
    "RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VES WST XCD "
    "YER ZAR ZMW ZWG"
)
CURRENCIES: dict[str, int] = {**dict.fromkeys(_HUNDREDTHS.split(), 2), **_EXPONENTS}
"""ISO 4217 code -> number of digits after the point."""

MINOR_MAX = 2**63 - 1
"""Minor units stay within a signed 64-bit integer, as every store we write to has."""

_AMOUNT = re.compile(r"(-?)(\d{1,19})(?:\.(\d{1,9}))?", re.ASCII)
_MONEY = re.compile(r"(-?\d{1,19}(?:\.\d{1,9})?) ([A-Z]{3})", re.ASCII)


def minor_from_decimal(text: str, currency: str) -> int | None:
    """Turn a decimal amount into minor units, exactly or not at all.

    >>> minor_from_decimal("12.5", "EUR")
    1250
    >>> minor_from_decimal("12.505", "EUR") is None
    True
    """
    match = _AMOUNT.fullmatch(text)
    if match is None:
        return None
    sign, whole, part = match.groups()
    digits = CURRENCIES[currency]
    part = (part or "").rstrip("0")
    if len(part) > digits:
        return None
    minor = int(whole) * 10**digits + int(part.ljust(digits, "0") or "0")
    return None if minor > MINOR_MAX else (-minor if sign else minor)


def minor_from_text(text: str, currency: str) -> int | None:
    """Read `"500.00 EUR"` as minor units of *currency*; another currency or an inexact amount is `None`.

    >>> minor_from_text("500.00 EUR", "EUR")
    50000
    >>> minor_from_text("500.00 USD", "EUR") is None
    True
    """
    match = _MONEY.fullmatch(text)
    if match is None or match[2] != currency:
        return None
    return minor_from_decimal(match[1], currency)


def money_from_text(text: str) -> tuple[int, str] | None:
    """Read an amount in any currency, exactly or not at all: minor units and the currency.

    >>> money_from_text("12.50 EUR"), money_from_text("12.50 XXX")
    ((1250, 'EUR'), None)
    """
    match = _MONEY.fullmatch(text)
    minor = minor_from_decimal(match[1], match[2]) if match is not None and match[2] in CURRENCIES else None
    return None if match is None or minor is None else (minor, match[2])


def money_text(minor: int, currency: str) -> str:
    """Print minor units as the text that `minor_from_text` reads.

    >>> money_text(50000, "EUR"), money_text(-5, "EUR"), money_text(7, "JPY")
    ('500.00 EUR', '-0.05 EUR', '7 JPY')
    """
    digits = CURRENCIES[currency]
    sign, minor = ("-", -minor) if minor < 0 else ("", minor)
    if not digits:
        return f"{sign}{minor} {currency}"
    whole, part = divmod(minor, 10**digits)
    return f"{sign}{whole}.{part:0{digits}d} {currency}"


def rounded_towards_customer(amount: int | Fraction, *, paid_by_customer: bool) -> int:
    """Round an exact amount to minor units: up when the customer receives it, down when the customer pays it.

    >>> rounded_towards_customer(Fraction(1001, 2), paid_by_customer=False)
    501
    >>> rounded_towards_customer(Fraction(1001, 2), paid_by_customer=True)
    500
    """
    if isinstance(amount, int):
        return amount
    return amount.numerator // amount.denominator if paid_by_customer else -(-amount.numerator // amount.denominator)
