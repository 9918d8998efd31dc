"""Numbers and units as people in a studio write them: `+4 dBu`, `6k8`, `3,5 dB`, `15 ips`."""

from __future__ import annotations

import math
import re
import unicodedata
from typing import NamedTuple


class UnitError(ValueError):
    """Text that is no number here, or a unit that cannot be meant; the message says which."""


class AmbiguousError(UnitError):
    """A number that could be two: `1,000`."""


class UnknownUnitError(UnitError):
    """A number followed by a word that is no unit we know."""


class Unit(NamedTuple):
    """A unit: one of its kind is `factor` of the kind's own."""

    name: str
    kind: str
    factor: float


class Quantity(NamedTuple):
    """A number with the name of its unit, empty where none was said."""

    number: float
    unit: str


# name, kind, factor, other spellings. Case counts in all but those after the bar: mV is not MV.
_TABLE = """
dB        level      1      | db decibel decibels
dBu       dBu        1      | dbu
dBV       dBV        1      | dbv
dBm       dBm        1      | dbm
dBFS      dBFS       1      | dbfs
dBTP      dBTP       1      | dbtp
dB_SPL    dB_SPL     1      | dbspl db_spl spl
dB(A)     dB(A)      1      | dba db(a) db_a db_spl_a dba_spl
dB(C)     dB(C)      1      | dbc db(c) db_c
VU        VU         1      | vu
LUFS      LUFS       1      | lufs
LU        LU         1      | lu
V         volt       1      | v volt volts vrms v_rms
mV        volt       1e-3   mv millivolt millivolts |
µV        volt       1e-6   uV microvolt microvolts |
kV        volt       1e3    kv |
A         ampere     1      amp amps ampere amperes |
mA        ampere     1e-3   ma milliamp milliamps |
µA        ampere     1e-6   uA |
W         watt       1      w watt watts |
mW        watt       1e-3   mw milliwatt milliwatts |
kW        watt       1e3    kw kilowatt kilowatts |
Ω         ohm        1      R ω | ohm ohms
kΩ        ohm        1e3    kR kω Kω KΩ | kohm kohms k_ohm k_ohms kilohm kilohms kiloohm
MΩ        ohm        1e6    Mω | megohm megohms megaohm
mΩ        ohm        1e-3   mω mohm |
pF        farad      1e-12  pf |
nF        farad      1e-9   nf |
µF        farad      1e-6   uF uf µf |
s         second     1      | s sec secs second seconds
ms        second     1e-3   msec msecs | millisecond milliseconds
µs        second     1e-6   us usec usecs µsec | microsecond microseconds
min       second     60     | min mins minute minutes
h         second     3600   | h hr hrs hour hours
day       second     86400  | d day days
week      second     604800 | week weeks
Hz        hertz      1      | hz cps
kHz       hertz      1e3    | khz
MHz       hertz      1e6    Mhz megahertz |
µm        metre      1e-6   um µ |
mm        metre      1e-3   | mm millimetre millimetres millimeter millimeters
cm        metre      1e-2   | cm centimetre centimetres centimeter centimeters
m         metre      1      metre metres meter meters |
km        metre      1e3    | km
in        metre      0.0254 " ″ | in inch inches
ft        metre      0.3048 ' ′ | ft foot feet
ips       speed      0.0254 "/s | ips in/s inch/s inches/s in/sec
cm/s      speed      1e-2   | cm/s cm/sec
m/s       speed      1      | m/s
nWb/m     fluxivity  1      | nwb/m nwb nw/m
kg        gram       1e3    | kg kilo kilos
g         gram       1      | g gram grams
%         part       1      | % percent per_cent
°         angle      1      | ° deg degree degrees
°C        celsius    1      | °c
°F        fahrenheit 1      | °f
bit       bit        1      | bit bits
B         byte       1      byte bytes |
kB        byte       1e3    KB |
MB        byte       1e6    |
GB        byte       1e9    | gb
TB        byte       1e12   | tb
bpm       bpm        1      | bpm
cent      cent       1      | cent cents
"""

UNITS: dict[str, Unit] = {}
_EXACT: dict[str, Unit] = {}
_ANY_CASE: dict[str, Unit] = {}

for _line in _TABLE.strip().splitlines():
    _strict, _, _loose = _line.partition("|")
    _name, _kind, _factor, *_others = _strict.split()
    _unit = Unit(_name.replace("_", " "), _kind, float(_factor))
    UNITS[_unit.name] = _unit
    for _spelling in (_name, *_others):
        _EXACT[_spelling.replace("_", " ")] = _unit
    for _spelling in _loose.split():
        _ANY_CASE[_spelling.replace("_", " ")] = _unit

_NUMBER = r"[+-]?\s?(?:\d+(?:[.,]\d+)?|[.,]\d+)(?:[eE][+-]?\d+)?"
_QUANTITY = re.compile(rf"(?P<number>{_NUMBER})(?P<gap>\s*-?)(?P<unit>.*)")
_RESISTOR = re.compile(r"(\d+)([kKRM])(\d+)\s?(?:Ω|ω|[oO]hms?)?")
_RESISTOR_UNITS = {"k": "kΩ", "K": "kΩ", "R": "Ω", "M": "MΩ"}
_GROUPED = re.compile(r"[+-]?\s?[1-9]\d{0,2},\d{3}")
_SPACE = re.compile(r"\s+")
_SIGNS = str.maketrans(
    {"−": "-", "–": "-", "—": "-", "µ": "µ", "μ": "µ", "Ω": "Ω", "’": "'", "”": '"'}
)
_WORDS = (("plus ", "+"), ("minus ", "-"))


def fold(text: str) -> str:
    """The text with one form for each sign that keyboards and formatters tell apart."""
    text = unicodedata.normalize("NFC", text).translate(_SIGNS)
    return _SPACE.sub(" ", text).strip()


def unit(text: str) -> Unit | None:
    """The unit of this name, however people spell it; None if there is none."""
    name = fold(text).rstrip(".")
    return _EXACT.get(name) or _ANY_CASE.get(name.lower())


def number(text: str) -> float:
    """The number that the whole of a text is; raises UnitError. `3,5` is three and a half."""
    folded = fold(text)
    if _GROUPED.fullmatch(folded):
        bare = folded.replace(",", "")
        raise UnitError(
            f'"{text}" could be two numbers; write {bare} or {folded.replace(",", ".")}'
        )
    if not re.fullmatch(_NUMBER, folded):
        raise UnitError(f'"{text}" is not a number here')
    value = float(folded.replace(",", ".").replace(" ", ""))
    if not math.isfinite(value):
        raise UnitError(f'"{text}" is not a number here')
    return value


def quantity(text: str, expected: str = "") -> Quantity:
    """The number and unit that the whole of a text is; raises UnitError.

    `expected` is the unit that is asked for: it says what the k of `6.8k` stands for.
    """
    folded = fold(text)
    for word, sign in _WORDS:
        if folded.lower().startswith(word):
            folded = sign + folded[len(word) :]
    if match := _RESISTOR.fullmatch(folded):
        return Quantity(float(f"{match[1]}.{match[3]}"), _RESISTOR_UNITS[match[2]])
    found = _QUANTITY.fullmatch(folded)
    if not found:
        raise UnitError(f'"{text}" is not a number here')
    said = found["unit"].strip().rstrip(".")
    if (not said and found["gap"].strip()) or re.search(r"^/|\d", said):
        raise UnitError(f'"{text}" is not a number here')
    value = number(found["number"])
    if not said:
        return Quantity(value, "")
    if said in ("k", "K", "M") and (wanted := UNITS.get(expected)):
        said = ("M" if said == "M" else "k") + {"ohm": "Ω", "hertz": "Hz"}.get(wanted.kind, "")
    known = unit(said)
    if known is None:
        raise UnknownUnitError(f'unknown unit "{said}"')
    return Quantity(value, known.name)


def convert(given: Quantity, name: str) -> float:
    """The number in another unit of the same kind; a bare number is taken to be in it already.

    Raises UnitError where the two are of different kinds: 4 dBu are no dBV.
    """
    if not given.unit or given.unit == name:
        return given.number
    have, want = UNITS[given.unit], UNITS.get(name)
    if want is None or have.kind != want.kind:
        raise UnitError(f"{given.unit} is not {name or 'what is asked for: a bare number'}")
    return float(f"{given.number * have.factor / want.factor:.12g}")
