"""The units that Math knows, with exact factors (definitions of SI, the 1959 yard and pound, IEC 80000-13).

A name that several units share is read as one of them, and ``reading`` says which; a name without a fixed size
(a month in days) has a dimension of its own, so that it can't be converted by guess.
"""

from __future__ import annotations

from mathbot.limits import Declined
from mathbot.numbers.rational import integer_power, multiply, ratio
from mathbot.quantities.table import BINARY, COMPOUND, EASILY_MEANT, PREFIXES, SHOWN, SMALL_BYTES, SPELLED, TABLE
from mathbot.values import Unit

TYPE_CHECKING = False  # as in the SDK: importing ``typing`` costs more than the engine
if TYPE_CHECKING:
    from mathbot.numbers.rational import Rational
    from mathbot.numbers.real import Value

# Dimensions: length, mass, time, current, temperature, substance, information, angle, calendar (months), cycles.
_BASES = "LMTIKNBAYC"
PLAIN = (0,) * len(_BASES)

_TURNS = ("rpm", "turn", "turns", "revolution", "revolutions", "rev")
_FAMILIES = [
    {
        "gallon",
        "gallons",
        "gal",
        "gals",
        "quart",
        "quarts",
        "qt",
        "pint",
        "pints",
        "pt",
        "pts",
        "cup",
        "cups",
        "gill",
        "gills",
    },
    {"tablespoon", "tablespoons", "tbsp", "tbsps", "teaspoon", "teaspoons", "tsp", "tsps"},
]


class _Entry:
    """One unit of the table, before prefixes."""

    __slots__ = ("dimension", "factor", "offset", "prefix", "reading")

    def __init__(self, factor: Value, offset: Rational, dimension: tuple[int, ...], reading: str, prefix: str) -> None:
        self.factor = factor
        self.offset = offset
        self.dimension = dimension
        self.reading = reading
        self.prefix = prefix
        """Has ``name`` or ``symbol`` in it where SI prefixes of that kind may stand before it."""


_entries: dict[str, _Entry] = {}
_plurals: dict[str, str] = {}
_singulars: dict[str, str] = {}
_found: dict[str, Unit | None] = {}


def _load() -> None:
    for line in TABLE.strip().splitlines():
        names, symbols, factor, dimension, *rest = line.split("|")
        reading = rest[0] if rest else ""
        prefix = "name" if names.startswith("*") else ""
        words = _words(names)
        for word in words:
            doubted = " " not in word or word.startswith("fluid")
            _entries[word] = _new_entry(factor, dimension, reading if doubted else "", prefix)
            _entries.setdefault(word.lower(), _entries[word])
        _plurals.update(zip(words[1::2], words[::2], strict=True))
        for symbol in symbols.split():
            key = _words(symbol)[0]
            prefix = "symbol" if symbol.startswith("*") else ""
            if key in _entries:
                prefix += _entries[key].prefix
            _entries[key] = _new_entry(factor, dimension, reading, prefix)
            if " " in key:
                _entries[key.lower()] = _entries[key]


def _words(names: str) -> list[str]:
    return [word.removeprefix("*").replace("_", " ") for word in names.split()]


def _new_entry(factor: str, dimension: str, reading: str, prefix: str) -> _Entry:
    size, _, offset = factor.partition("+")
    return _Entry(_factor(size), _rational(offset) if offset else 0, _dimension(dimension), reading, prefix)


def _factor(text: str) -> Value:
    return _irrational_factor(text) if "p" in text else _rational(text)


def _rational(text: str) -> Rational:
    over, _, under = text.partition("/")
    mantissa, _, power = over.partition("e")
    whole, _, decimals = mantissa.partition(".")
    value = multiply(int(whole + decimals), integer_power(10, int(power or 0) - len(decimals)))
    return multiply(value, ratio(1, int(under or 1)))


def _irrational_factor(text: str) -> Value:
    from mathbot.numbers import real
    from mathbot.numbers.elementary import PI

    if text == "2pi":
        return real.multiply(2, PI)
    if text == "parsec":
        return real.divide(149597870700 * 648000, PI)
    return real.divide(PI, int(text.removeprefix("pi/")))


def _dimension(text: str) -> tuple[int, ...]:
    powers = {part[0]: int(part[1:] or 1) for part in text.split()}
    return tuple(powers.get(base, 0) for base in _BASES)


def names() -> list[tuple[str, bool]]:
    """Return the names of all units that are words, and whether prefixes may stand before them."""
    if not _entries:
        _load()
    return [(name, "name" in entry.prefix) for name, entry in _entries.items() if len(name) > 3 and name.islower()]


def find(name: str) -> Unit | None:
    """Return the unit of this name or symbol, as written (``MB`` and ``mb`` differ); ``None`` where there is none."""
    if not _entries:
        _load()
    if name not in _found:
        _found[name] = _find(name)
    return _found[name]


def _find(name: str) -> Unit | None:
    lower = name.lower()
    if lower in SMALL_BYTES and name == lower:
        return _unit(name, SMALL_BYTES[name], SMALL_BYTES[name] + "s")
    if lower in SPELLED and name in (lower, "KB"):
        return _unit(name, SPELLED[name])
    if name in SPELLED:
        return _unit(name, SPELLED[name])
    return _unit(name, name) or (_unit(name, lower) if len(name) > 1 else None)


def _unit(written: str, key: str, reading: str = "") -> Unit | None:
    found = _entry(key)
    if found is None:
        return None
    entry, power = found
    factor = entry.factor
    if power != 1:
        from mathbot.numbers import real

        factor = real.multiply(factor, power)
    said = reading or EASILY_MEANT.get(key) or entry.reading
    return Unit(COMPOUND.get(key, ((key, 1),)), factor, entry.dimension, entry.offset, SHOWN.get(key, written), said)


def _entry(key: str) -> tuple[_Entry, Rational] | None:
    if key in _entries:
        return _entries[key], 1
    for prefixes, base in ((PREFIXES, 10), (BINARY, 2)):
        for prefix, power in prefixes.items():
            for part, kind in zip(prefix.split(), ("name", "symbol"), strict=True):
                entry = _entries.get(key[len(part) :]) if key.startswith(part) else None
                if entry and kind in entry.prefix and _sensible(entry, base, power):
                    return entry, integer_power(base, power)
    return None


def _sensible(entry: _Entry, base: int, power: int) -> bool:
    """There are no millibits, and binary prefixes are for data alone."""
    is_data = entry.dimension[_BASES.index("B")] != 0
    return is_data and power > 0 if base == 2 or is_data else True


def _named(symbols: dict[str, str]) -> dict[tuple[int, ...], str]:
    return {_dimension(dimension): symbol for dimension, symbol in symbols.items()}


_COHERENT = _named(
    {
        "M L T-2": "N",
        "M L2 T-2": "J",
        "M L2 T-3": "W",
        "M L-1 T-2": "Pa",
        "M L2 T-3 I-1": "V",
        "M L2 T-3 I-2": "Ω",
        "I": "A",
        "T": "s",
    }
)


def known_as(parts: list[tuple[str, int]], unit: Unit) -> Unit:
    """Return the unit with a name of its own for a product: W for ``V A``, kWh for ``kW h``, h for ``Wh/W``; else the
    unit itself. ``N m`` stays, for it may be a torque.
    """
    if len(parts) < 2 or {*parts} == {("N", 1), ("m", 1)}:
        return unit
    symbol = _COHERENT.get(unit.dimension)
    if parts[1] == ("h", 1) and parts[0][1] == 1 and len(parts) == 2:
        symbol = parts[0][0] + "h"
    elif symbol == "s" and any(part.endswith("h") for part, _ in parts):
        symbol = "h"
    elif unit.factor != 1 and symbol != "s" and not any(_is_electric(part) for part, _ in parts):
        return unit
    named = find(symbol) if symbol else None
    return named if named and named.dimension == unit.dimension else unit


def _is_electric(symbol: str) -> bool:
    unit = find(symbol)
    return unit is not None and unit.dimension[_BASES.index("I")] != 0


def combine(units: list[tuple[Unit, int]], text: str) -> Unit:
    """Return the product of powers of units."""
    if len(units) == 1 and units[0][1] == 1:
        return units[0][0].called(SHOWN.get(text) or SHOWN.get(text.lower(), text))
    factor: Value = 1
    parts: list[tuple[str, int]] = []
    dimension = list(PLAIN)
    for unit, power in units:
        if unit.offset:
            raise Declined("I can't combine a temperature scale with other units.")
        factor = _times(factor, unit.factor, power)
        parts += [(symbol, exponent * power) for symbol, exponent in unit.parts]
        dimension = [a + b * power for a, b in zip(dimension, unit.dimension, strict=True)]
    readings = ", ".join(dict.fromkeys(unit.reading for unit, _ in units if unit.reading))
    return Unit(tuple(parts), factor, tuple(dimension), 0, text, readings)


def _times(factor: Value, by: Value, power: int) -> Value:
    from mathbot.numbers import real
    from mathbot.numbers.elementary import power as raise_to

    return real.multiply(factor, raise_to(by, power))


def is_angle(unit: Unit) -> bool:
    """Does the unit measure angles?"""
    return unit.dimension == _dimension("A")


def is_fuel(unit: Unit, other: Unit) -> bool:
    """Is one of them a volume for a distance (``l/100km``), and the other a distance for a volume (``mpg``)?"""
    consumption, economy = (unit, other) if sum(unit.dimension) > 0 else (other, unit)
    areas = consumption.dimension == _dimension("L2") and economy.dimension == _dimension("L-2")
    return areas and len(consumption.parts) == 2 and economy.parts[0] != ("m", -2)


def same_kind(unit: Unit, other: Unit) -> bool:
    """Can one be converted to the other?"""
    return unit.dimension == other.dimension or is_fuel(unit, other) or are_reciprocal(unit, other)


def is_per_hundred(unit: Unit, below: Unit) -> bool:
    """Is it a measure of consumption or concentration, where it stands over 100 of the other?"""
    if below.dimension == _dimension("L"):
        return unit.dimension in (_dimension("L3"), _dimension("M L2 T-2"))
    return below.dimension == _dimension("L3") and unit.dimension == _dimension("M")


def are_reciprocal(unit: Unit, other: Unit) -> bool:
    """Is one of them a speed and the other a pace (``min/km``)?"""
    return {unit.dimension, other.dimension} == {_dimension("L T-1"), _dimension("T L-1")}


def per_turn(unit: Unit, other: Unit) -> Value | None:
    """Return what the value of ``unit`` is multiplied by to count turns as angles or angles as turns: ``rpm`` and
    ``rad/s``; ``None`` where neither is about turns.
    """
    frequency, angular = _dimension("C T-1"), _dimension("A T-1")
    if {unit.dimension, other.dimension} != {frequency, angular} or not _counts_turns(unit, other):
        return None
    turn = _entries["turn"].factor
    return turn if unit.dimension == frequency else _inverse(turn)


def _counts_turns(*units: Unit) -> bool:
    return any(symbol.lower() in _TURNS for unit in units for symbol, _ in unit.parts)


def _inverse(value: Value) -> Value:
    from mathbot.numbers import real

    return real.divide(1, value)


def agree(unit: Unit, other: Unit) -> bool:
    """Do they have the same ratio in every country, though neither is the same size everywhere (pints, gallons)?"""
    return any(unit.text in family and other.text in family for family in _FAMILIES)


def is_calendar(unit: Unit) -> bool:
    """Is it months, or a multiple of them?"""
    return unit.dimension == _dimension("Y")


def is_time(unit: Unit) -> bool:
    """Does the unit measure time in seconds?"""
    return unit.dimension == _dimension("T")


def singular(text: str) -> str:
    """Return the singular of a unit's plural, or the text itself."""
    if text in _plurals:
        return _plurals[text]
    stem = text.removesuffix("s")
    return stem if text.endswith(("metres", "meters", "bytes")) else text


def plural(text: str) -> str:
    """Return the plural of a unit's singular, or the text itself."""
    if not _singulars:
        _singulars.update(
            {one: many for many, one in _plurals.items() if one not in (*_plurals, "bar", "kelvin", "stone", "cc")}
        )
    return _singulars.get(text, text)
