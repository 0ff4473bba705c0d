"""The units that Math knows, with exact factors (definitions of SI, the 1959 yard and pound, IEC 80000-13).

A name that several units share is read as one of them, and ``reading`` says which; a name without a fixed size
(a month in days) has a dimension of its own, so that it can't be converted by guess.
"""

from __future__ import annotations

from mathbot.limits import Declined
from mathbot.numbers.rational import integer_power, multiply, ratio, read_digits
from mathbot.values import Unit

TYPE_CHECKING = False  # as in the SDK: importing ``typing`` costs more than the engine
if TYPE_CHECKING:
    from mathbot.numbers.rational import Rational
    from mathbot.numbers.real import Value

# Dimensions: length, mass, time, current, temperature, substance, information, angle, calendar (months), cycles.
_BASES = "LMTIKNBAYC"
PLAIN = (0,) * len(_BASES)

# names (singular, plural, …) | symbols | factor | dimension | reading. A * before names or symbols allows SI prefixes.
_TABLE = """
*metre metres meter meters|*m|1|L
inch inches|in|0.0254|L
foot feet|ft|0.3048|L
yard yards|yd yds|0.9144|L
mile miles|mi|1609.344|L
nautical_mile nautical_miles|nmi NM|1852|L
league leagues||4828.032|L
furlong furlongs||201.168|L
fathom fathoms||1.8288|L
chain chains||20.1168|L
thou thou||0.0000254|L
mil mils||0.0000254|L|a thousandth of an inch
hand hands||0.1016|L
angstrom angstroms ångström ångströms|Å|1e-10|L
micron microns||1e-6|L
astronomical_unit astronomical_units|au AU|149597870700|L
light_year light_years lightyear lightyears|ly|9460730472580800|L
light_second light_seconds||299792458|L
parsec parsecs|pc|parsec|L
|*g|1e-3|M
*gram grams gramme grammes||1e-3|M
kilo kilos|kgs|1|M
|mcg|1e-9|M
tonne tonnes metric_ton metric_tons|t|1000|M
ton tons short_ton short_tons US_ton US_tons||907.18474|M|the US short ton
long_ton long_tons imperial_ton imperial_tons||1016.0469088|M
pound pounds|lb lbs|0.45359237|M
ounce ounces|oz|0.028349523125|M
stone stones|st|6.35029318|M
grain grains||0.00006479891|M
carat carats|ct|0.0002|M
troy_ounce troy_ounces|ozt|0.0311034768|M
hundredweight hundredweights|cwt|45.359237|M|the US hundredweight of 100 pounds
slug slugs||44482216152605/3048000000000|M
*second seconds|*s sec secs|1|T
minute minutes|min mins|60|T
hour hours|h hr hrs|3600|T
day days|d|86400|T
week weeks|wk wks|604800|T
fortnight fortnights||1209600|T
month months|mo|1|Y
quarter_year quarter_years||3|Y
year years|yr yrs|12|Y
decade decades||120|Y
century centuries||1200|Y
millennium millennia||12000|Y
*ampere amperes amp amps|*A|1|I
kelvin kelvins degree_kelvin degrees_kelvin|K °K|1|K
celsius celsius degree_celsius degrees_celsius centigrade centigrade|C °C degC deg_C degree_C degrees_C|1+5463/20|K
degree_centigrade degrees_centigrade||1+5463/20|K
fahrenheit fahrenheit degree_fahrenheit degrees_fahrenheit|F °F degF deg_F degree_F degrees_F|5/9+45967/180|K
rankine rankine degree_rankine degrees_rankine|°R|5/9|K
*mole moles|*mol|1|N
*bit bits|*bit *bits *b|1|B
*byte bytes|*B|8|B
nibble nibbles||4|B
radian radians|rad rads|1|A
degree degrees|° deg degs|pi/180|A
gradian gradians gon gons|grad|pi/200|A
turn turns revolution revolutions|rev|2pi|A
arcminute arcminutes arc_minute arc_minutes|arcmin|pi/10800|A
arcsecond arcseconds arc_second arc_seconds|arcsec|pi/648000|A
*litre litres liter liters|*l *L ℓ|0.001|L3
gallon gallons US_gallon US_gallons|gal gals|0.003785411784|L3|the US gallon
imperial_gallon imperial_gallons UK_gallon UK_gallons||0.00454609|L3
quart quarts US_quart US_quarts|qt|0.000946352946|L3|the US quart
imperial_quart imperial_quarts UK_quart UK_quarts||0.0011365225|L3
pint pints US_pint US_pints||0.000473176473|L3|the US pint
imperial_pint imperial_pints UK_pint UK_pints||0.00056826125|L3
cup cups US_cup US_cups||0.0002365882365|L3|the US cup
metric_cup metric_cups||0.00025|L3
fluid_ounce fluid_ounces US_fluid_ounce US_fluid_ounces|fl_oz floz|0.0000295735295625|L3|the US fluid ounce
imperial_fluid_ounce imperial_fluid_ounces UK_fluid_ounce UK_fluid_ounces||0.0000284130625|L3
tablespoon tablespoons|tbsp|0.00001478676478125|L3|the US tablespoon
teaspoon teaspoons|tsp|0.00000492892159375|L3|the US teaspoon
metric_tablespoon metric_tablespoons||0.000015|L3
metric_teaspoon metric_teaspoons||0.000005|L3
oil_barrel oil_barrels barrel barrels|bbl|0.158987294928|L3|the oil barrel of 42 US gallons
*cc ccs|cc|0.000001|L3
hectare hectares|ha|10000|L2
acre acres|ac|4046.8564224|L2
are ares||100|L2
|mph|0.44704|L T-1
|kph kmh kmph|5/18|L T-1
|fps|0.3048|L T-1
|mps|1|L T-1
knot knots|kn kts|463/900|L T-1
*newton newtons|*N|1|M L T-2
pound_force pounds_force|lbf|4.4482216152605|M L T-2
kilogram_force kilograms_force|kgf|9.80665|M L T-2
*dyne dynes|dyn|0.00001|M L T-2
*joule joules|*J|1|M L2 T-2
*calorie calories||4.184|M L2 T-2|the small calorie of 4.184 J
|*cal|4.184|M L2 T-2
food_calorie food_calories|Cal|4184|M L2 T-2
*electronvolt electronvolts|*eV|1.602176634e-19|M L2 T-2
*watt_hour watt_hours *watthour watthours|*Wh|3600|M L2 T-2
british_thermal_unit british_thermal_units|BTU Btu|1055.05585262|M L2 T-2|the International Table BTU
erg ergs||1e-7|M L2 T-2
*watt watts|*W|1|M L2 T-3
horsepower horsepower|hp HP|745.69987158227022|M L2 T-3|the mechanical horsepower
metric_horsepower metric_horsepower|PS|735.49875|M L2 T-3
*pascal pascals|*Pa|1|M L-1 T-2
*bar bars|*bar|100000|M L-1 T-2
atmosphere atmospheres|atm|101325|M L-1 T-2
|psi PSI|44482216152605/6451600000|M L-1 T-2
torr torr|Torr|20265/152|M L-1 T-2
|mmHg|133.322387415|M L-1 T-2
|bpm|1/60|C T-1
*hertz hertz|*Hz|1|C T-1
|rpm RPM|1/60|C T-1
*volt volts|*V|1|M L2 T-3 I-1
*ohm ohms|*Ω *Ω|1|M L2 T-3 I-2
*coulomb coulombs||1|I T
amp_hour amp_hours ampere_hour ampere_hours|*Ah|3600|I T
*farad farads||1|M-1 L-2 T4 I2
*tesla teslas||1|M T-2 I-1
|*bps|1|B T-1
*gauss gauss||0.0001|M T-2 I-1
therm therms||105505585.262|M L2 T-2|the International Table therm
foot_pound foot_pounds|ft_lb ft_lbs lb_ft lbs_ft ft_lbf lbf_ft|1.3558179483314004|M L2 T-2
|Nm|1|M L2 T-2
|sqft|0.09290304|L2
|sqm|1|L2
|sqkm|1000000|L2
|sqmi|2589988.110336|L2
|mpg MPG|48000000000/112903|L-2|the US gallon
|imperial_mpg UK_mpg|160934400000/454609|L-2
"""

_PREFIXES = {
    "quecto q": -30, "ronto r": -27, "yocto y": -24, "zepto z": -21, "atto a": -18, "femto f": -15, "pico p": -12,
    "nano n": -9, "micro µ": -6, "micro μ": -6, "micro u": -6, "milli m": -3, "centi c": -2, "deci d": -1, "deca da": 1,
    "deka da": 1, "hecto h": 2, "kilo k": 3, "mega M": 6, "giga G": 9, "tera T": 12, "peta P": 15, "exa E": 18,
    "zetta Z": 21, "yotta Y": 24, "ronna R": 27, "quetta Q": 30,
}  # fmt: skip
_BINARY = {"kibi Ki": 10, "mebi Mi": 20, "gibi Gi": 30, "tebi Ti": 40, "pebi Pi": 50, "exbi Ei": 60}
_SMALL_BYTES = {"kb": "kilobyte", "mb": "megabyte", "gb": "gigabyte", "tb": "terabyte"}
_SPELLED = {
    "kbps": "kbps",
    "mbps": "Mbps",
    "gbps": "Gbps",
    "gib": "GiB",
    "mib": "MiB",
    "kib": "KiB",
    "tib": "TiB",
    "KB": "kB",
    "hz": "Hz",
    "khz": "kHz",
    "mhz": "MHz",
    "ghz": "GHz",
    "kw": "kW",
    "kwh": "kWh",
    "kj": "kJ",
    "kpa": "kPa",
    "c": "C",
    "f": "F",
}
_COMPOUND = {
    "mph": (("mi", 1), ("h", -1)), "kph": (("km", 1), ("h", -1)), "kmh": (("km", 1), ("h", -1)),
    "kmph": (("km", 1), ("h", -1)), "fps": (("ft", 1), ("s", -1)), "mps": (("m", 1), ("s", -1)),
}  # fmt: skip
_SHOWN = {
    "C": "°C",
    "c": "°C",
    "f": "°F",
    "F": "°F",
    "celsius": "°C",
    "fahrenheit": "°F",
    "degC": "°C",
    "degF": "°F",
    "centigrade": "°C",
}


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
    for line in _TABLE.strip().splitlines():
        names, symbols, factor, dimension, *rest = line.split("|")
        reading = rest[0] if rest else ""
        prefix = "name" if names.startswith("*") else ""
        words = _words(names)
        for word in words:
            _entries[word] = _new_entry(factor, dimension, "" if " " in word else reading, prefix)
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
    value = multiply(read_digits(whole + decimals), integer_power(10, int(power or 0) - len(decimals)))
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
    if lower in _SMALL_BYTES and name == lower:
        return _unit(name, _SMALL_BYTES[name], _SMALL_BYTES[name] + "s")
    if lower in _SPELLED and name in (lower, "KB"):
        return _unit(name, _SPELLED[name])
    if name in _SPELLED:
        return _unit(name, _SPELLED[name])
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
    said = reading or entry.reading
    if key == "ML":
        said = "megalitres"
    return Unit(_COMPOUND.get(key, ((key, 1),)), factor, entry.dimension, entry.offset, _SHOWN.get(key, written), said)


def _entry(key: str) -> tuple[_Entry, Rational] | None:
    if key in _entries:
        return _entries[key], 1
    for prefixes, base in ((_PREFIXES, 10), (_BINARY, 2)):
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


def combine(units: list[tuple[Unit, int]], text: str) -> Unit:
    """Return the product of powers of units."""
    if len(units) == 1 and units[0][1] == 1:
        return units[0][0].called(_SHOWN.get(text, text))
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
            {one: many for many, one in _plurals.items() if one not in (*_plurals, "bar", "kelvin", "stone")}
        )
    return _singulars.get(text, text)
