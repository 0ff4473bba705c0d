"""Reads units in a question: ``km/h``, ``square metres``, ``°C``; tells the inch from the word "in"."""

from __future__ import annotations

from mathbot.limits import Declined, Unreadable
from mathbot.numbers.functions import TRIGONOMETRY
from mathbot.numbers.rational import ratio
from mathbot.quantities import units
from mathbot.syntax import CONSTANTS, Call, Measure, Name, Number, Product, Sum
from mathbot.values import Unit

TYPE_CHECKING = False  # as in the SDK: importing ``typing`` costs more than the engine
if TYPE_CHECKING:
    from mathbot.reading.lexer import Token
    from mathbot.reading.parser import Parser
    from mathbot.syntax import Node

_POWERS_BEFORE = {"square": 2, "sq": 2, "cubic": 3, "cu": 3}
_NO_UNIT_ALONE = {"a", "y", "are", "k", "as", "am", "pm"}
_AFTER_INCH = {
    "in", "to", "into", "as", "and", "is", "by", "x", "+", "-", "*", "/", "^", ")", ",", "=", "<", ">", "->", "?",
}  # fmt: skip
MONEY = {
    "$", "€", "£", "¥", "₹", "dollar", "dollars", "euro", "euros", "usd", "eur", "gbp", "jpy", "chf", "cad", "aud",
    "inr", "cny", "yen", "yuan", "rupee", "rupees", "cent", "cents", "pence", "bitcoin", "btc", "peso", "pesos",
    "franc", "francs", "buck", "bucks", "quid", "sterling", "currency", "currencies", "ruble", "rubles", "krona",
    "eth", "ethereum", "zloty", "lira", "baht", "rand", "ringgit", "shekel", "shekels", "dirham", "yuans", "renminbi",
}  # fmt: skip
_NEXT_SMALLER = {
    "ft": ("in", 12), "foot": ("in", 12), "feet": ("in", 12), "h": ("min", 60), "hr": ("min", 60), "hrs": ("min", 60),
    "hour": ("min", 60), "hours": ("min", 60), "st": ("lb", 14), "stone": ("lb", 14), "stones": ("lb", 14),
}  # fmt: skip
"""For each unit the one that may be left out behind it, and how many of that make one."""
_EXACT = {
    "speed of light": (299792458, "m/s"),
    "standard gravity": (ratio(980665, 100000), "m/s^2"),
    "avogadro's number": (602214076000000000000000, ""),
}
_PER = ("hour", "second", "minute", "day", "week", "gallon", "litre", "liter")
_LINKS = ("in", "to", "into", "as")
_OF_TROY_WEIGHT = ("gold", "silver", "platinum", "palladium", "rhodium")
"""What is weighed in other ounces than the rest."""
_LONGEST_NAME = 3
_MOST_PARTS = 8


def decline_money(token: Token) -> None:
    """Decline where a currency is named: what it is worth changes by the minute."""
    if token.kind == "word" and token.text in MONEY:
        raise Declined("I can't work with currencies: I have no live exchange rates.")


def read_behind(parser: Parser, node: Node) -> Node | None:
    """Read a unit behind a number or a bracket, and smaller ones behind that: ``5 ft 11 in``."""
    unit = read_unit(parser) if _may_follow(parser, node) else None
    if unit is None:
        return None
    if isinstance(node, Call) and node.name in TRIGONOMETRY:
        raise Unreadable("I can't tell whether that is the unit of the angle", parser.token.start, parser.token.end)
    return _with_smaller(parser, _of_something(parser, Measure(node, unit)))


def _may_follow(parser: Parser, node: Node) -> bool:
    if parser.is_word("of", "and", "is", "to", *CONSTANTS):
        return False
    if isinstance(node, Name):
        return (node.name in CONSTANTS or node.name in parser.names) and not parser.is_word("in")
    return parser.tokens[parser.at - 1].kind != "word"


def _with_smaller(parser: Parser, measure: Measure) -> Node:
    parts: list[tuple[int, Node]] = [(1, measure)]
    while True:
        start = parser.at
        smaller = _smaller(parser, measure.unit)
        if smaller is None:
            parser.at = start
            break
        parts.append((1, smaller))
    return Sum(tuple(parts)) if len(parts) > 1 else measure


def _smaller(parser: Parser, unit: Unit) -> Measure | None:
    linked = not parser.listing and parser.take_word("and")
    token = parser.token
    if token.kind != "number":
        return None
    parser.at += 1
    smaller = _minutes(parser, unit) or read_unit(parser)
    if smaller is None and linked and token.value < 1 and token.raw[:1].isalpha() and not parser.is_word("of"):
        return Measure(Number(token.value, token.raw), unit)
    if smaller is None or smaller.dimension != unit.dimension:
        parser.at = parser.tokens.index(token) + 1
        smaller = _left_out(parser, unit, token)
    if smaller is None or smaller.dimension != unit.dimension or smaller.parts == unit.parts or unit.offset:
        return None
    return Measure(Number(token.value, token.raw), smaller)


def _minutes(parser: Parser, unit: Unit) -> Unit | None:
    """``1h 30m`` and ``10° 30'`` are minutes."""
    if units.is_time(unit) and parser.token.raw == "m":
        parser.at += 1
        return units.find("min")
    if units.is_angle(unit) and parser.is_op("'", '"') and not parser.token.spaced:
        parser.at += 1
        return units.find("arcmin" if parser.tokens[parser.at - 1].text == "'" else "arcsec")
    return None


def _left_out(parser: Parser, unit: Unit, number: Token) -> Unit | None:
    """``5 ft 11`` is in inches, ``1h30`` in minutes: the next smaller unit, where the number is small enough for it."""
    name, most = _NEXT_SMALLER.get(unit.parts[0][0], ("", 0))
    ends = parser.token.kind == "end" or parser.is_word("in", "to", "as", "into") or parser.is_op("->", "?")
    if not ends or not isinstance(number.value, int) or number.value >= most or len(unit.parts) > 1:
        return None
    return units.find(name)


def constant(parser: Parser) -> Node:
    """Read a constant of physics that has an exact value; the parser stands at it."""
    number, unit = _EXACT[parser.token.text]
    parser.at += 1
    found = units.find(unit) if "/" not in unit else _quotient(unit)
    return Measure(Number(number, parser.tokens[parser.at - 1].raw), found) if found else Number(number, str(number))


def _quotient(text: str) -> Unit | None:
    above, _, below = text.partition("/")
    name, _, power = below.partition("^")
    over, under = units.find(above), units.find(name)
    return units.combine([(over, 1), (under, -int(power or 1))], text) if over and under else None


def read_one(parser: Parser) -> Node:
    """Read ``a mile``, which is one mile; the parser stands at the article."""
    token = parser.token
    parser.at += 1
    unit = read_unit(parser)
    if unit is None:
        raise parser.unreadable(token)
    return _with_smaller(parser, _of_something(parser, Measure(Number(1, "1"), unit)))


def _of_something(parser: Parser, measure: Measure) -> Measure:
    """``2 cups of milk in ml``: of what it is does not matter, where the measure is no other for it."""
    if not parser.is_word("of"):
        return measure
    thing, behind = parser.tokens[parser.at + 1 : parser.at + 3]
    links = behind.text in _LINKS or (behind.kind == "end" and parser.tokens[0].text == "how")
    named = thing.kind == "word" and len(thing.text) > 2 and thing.text not in ("the", *parser.names)
    if named and links and not units.find(thing.raw):
        _decline_own_measure(measure.unit, thing.text)
        parser.at += 2
    return measure


def _decline_own_measure(unit: Unit, thing: str) -> None:
    name = units.singular(unit.text)
    if thing in _OF_TROY_WEIGHT and name in ("oz", "ozs", "ounce", "lb", "lbs", "pound"):
        raise Declined(f'I can\'t tell whether that is a troy {name}: write "troy ounce" if it is.')
    if name in ("barrel", "bbl") and thing not in ("oil", "crude", "petroleum"):
        raise Declined(f"The barrel of {thing} has another size than the one that I know, of oil.")


def product(parser: Parser, factors: list[tuple[str, Node]]) -> Node:
    """Return a product that ends in a measure. ``pi/2 radians`` is half of pi, for nobody divides by an angle; in
    ``10 / 2 m`` the metre may belong to the result, so the answer says how it was read.
    """
    sign, last = factors[-1]
    measured_before = any(isinstance(node, Measure) for _, node in factors[:-1])
    if sign == "/" and isinstance(last, Measure) and not measured_before:
        if units.is_angle(last.unit):
            return Measure(Product((*factors[:-1], ("/", last.number))), last.unit)
        parser.doubt = True
    return Product(tuple(factors))


def read_unit(parser: Parser, *, whole: bool = False) -> Unit | None:
    """Read a unit, with powers and ``/``, at the parser's place; ``None`` (and no move) where there is none.

    It ends before a unit that is only the one to convert to, unless ``whole``.
    """
    start = parser.at
    first = _read_power(parser)
    if first is None:
        return None
    found = [first]
    while True:
        before = parser.at
        sign = _connector(parser)
        hundred = sign < 0 and _per_hundred(parser, found)
        parser.at += hundred
        more = _read_power(parser) if sign and (whole or not _is_asked(parser, found, before)) else None
        if more and hundred:
            more = (_hundredfold(more[0]), more[1])
        if more is None or not sign or (parser.tokens[before].kind == "word" and _same(more[0], found[0][0], sign)):
            parser.at = before
            break
        found.append((more[0], more[1] * sign))
        if len(found) > _MOST_PARTS:
            raise Declined("That unit is too long.")
    return units.combine(found, parser.written(start))


def _per_hundred(parser: Parser, found: list[tuple[Unit, int]]) -> bool:
    """``l/100km`` and ``g/100 ml`` are units; anything else over 100 of something is a division."""
    if parser.token.raw != "100" or len(found) > 1:
        return False
    start = parser.at
    parser.at += 1
    below = _read_power(parser)
    ends = not parser.is_op("/", "*") and not parser.is_word("per")
    parser.at = start
    return below is not None and ends and below[1] == 1 and units.is_per_hundred(found[0][0], below[0])


def _is_asked(parser: Parser, found: list[tuple[Unit, int]], before: int) -> bool:
    """``60 mph km/h``: a unit right behind another of its kind is the one to convert to."""
    if parser.at > before or parser.token.kind != "word":
        return False
    behind = _ahead(parser, before)
    return behind is not None and units.same_kind(units.combine(found, ""), behind)


def _ahead(parser: Parser, at: int) -> Unit | None:
    """Return the unit that begins at a place, without moving there."""
    start, parser.at = parser.at, at
    unit = read_unit(parser, whole=True)
    parser.at = start
    return unit


def _hundredfold(unit: Unit) -> Unit:
    """The 100 km of ``l/100km``."""
    from mathbot.numbers.real import multiply

    return Unit(unit.parts, multiply(unit.factor, 100), unit.dimension, unit.offset, unit.text, unit.reading)


def _same(unit: Unit, first: Unit, sign: int) -> bool:
    """Two lengths in a row are no area; ``km per mile`` is said by somebody."""
    return sign > 0 and unit.dimension == first.dimension


def _connector(parser: Parser) -> int:
    """Take ``/`` or ``per`` (-1), or ``*`` or nothing (1) between two units; 0 where the unit ends."""
    token = parser.token
    if token.text in ("/", "per"):
        parser.at += 1
        return -1
    if token.text in ("a", "an") and parser.tokens[parser.at + 1].text in _PER:
        parser.at += 1
        return -1
    if token.text == "*" and parser.tokens[parser.at + 1].kind == "word":
        parser.at += 1
        return 1
    return 1 if token.kind == "word" and token.text != "in" else 0


def _read_power(parser: Parser) -> tuple[Unit, int] | None:
    start = parser.at
    power = _POWERS_BEFORE.get(parser.token.text, 1) if parser.token.kind == "word" else 1
    if power > 1:
        parser.at += 1
    unit = _read_name(parser)
    if unit is None:
        parser.at = start
        return None
    return unit, power * _power_after(parser)


def _power_after(parser: Parser) -> int:
    token = parser.token
    if token.kind == "raised":
        parser.at += 1
        return int(token.value)
    following = parser.tokens[parser.at + 1]
    if token.text == "^" and following.kind == "number" and following.value in (2, 3, 4):
        parser.at += 2
        return int(following.value)
    if token.text == "^" and following.text == "-" and parser.tokens[parser.at + 2].value in (1, 2, 3):
        parser.at += 3
        return -int(parser.tokens[parser.at - 1].value)
    behind_word = parser.tokens[parser.at - 1].kind == "word"
    if token.kind == "number" and behind_word and not token.spaced and token.text in ("2", "3"):
        parser.at += 1
        return int(token.value)
    return 1


def _read_name(parser: Parser) -> Unit | None:
    token = parser.token
    if token.kind == "op":
        return _sign_unit(parser)
    if token.kind != "word" or not _may_be_unit(parser):
        return None
    hyphen, second = parser.tokens[parser.at + 1 : parser.at + 3]
    if hyphen.text == "-" and second.kind == "word" and not hyphen.spaced and not second.spaced:
        unit = units.find(f"{token.raw} {second.raw}")
        if unit:
            parser.at += 3
            return unit
    for count in range(_LONGEST_NAME, 0, -1):
        words = parser.tokens[parser.at : parser.at + count]
        if any(word.kind != "word" for word in words) or len(words) < count:
            continue
        raw = " ".join(word.raw for word in words)
        unit = units.find(raw)
        if unit and not (count == 1 and token.text in _NO_UNIT_ALONE and raw not in ("K", "A")):
            parser.at += count
            return unit
    return None


def _sign_unit(parser: Parser) -> Unit | None:
    """``°``, ``°C``, feet and inches as ``'`` and ``"``."""
    sign = parser.token.text
    if sign == "°":
        scale = parser.tokens[parser.at + 1]
        named = scale.raw in ("C", "F") if scale.spaced else scale.raw.upper() in ("C", "F", "K")
        if scale.kind == "word" and named:
            parser.at += 2
            return units.find("°" + scale.raw.upper())
        parser.at += 1
        return units.find("°")
    after_number = parser.at > 0 and parser.tokens[parser.at - 1].kind == "number"
    if sign in ("'", '"') and after_number and not parser.token.spaced:
        parser.at += 1
        unit = units.find("ft" if sign == "'" else "in")
        return unit.called(unit.parts[0][0]) if unit else None
    return None


def _may_be_unit(parser: Parser) -> bool:
    token = parser.token
    if token.text in parser.names or (parser.letters and len(token.text) == 1):
        return False
    following = parser.tokens[parser.at + 1]
    if token.text == "in":
        after_number = parser.at > 0 and parser.tokens[parser.at - 1].kind in ("number", "op")
        return not after_number or following.kind in ("end", "raised") or following.text in _AFTER_INCH
    return following.text != "(" or following.spaced or len(token.text) > 3
