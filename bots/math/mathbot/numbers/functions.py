"""The functions that Math knows: their names, how many numbers they take, and what they do."""

from __future__ import annotations

from mathbot.limits import MAX_BITS, Declined, TooLarge, Undefined, check
from mathbot.values import Quantity

TYPE_CHECKING = False  # as in the SDK: importing ``typing`` costs more than the engine
if TYPE_CHECKING:
    from collections.abc import Sequence

    from mathbot.values import Amount, Value


class Function:
    """How a function is written."""

    __slots__ = ("least", "most", "name", "style")
    __match_args__ = ("name", "least", "most", "style")

    def __init__(self, name: str, least: int, most: int, style: str) -> None:
        self.name = name
        self.least = least
        self.most = most
        self.style = style
        """``one`` may stand without brackets before one number, ``list`` before several, ``call`` wants brackets."""


_ONE = (
    "sqrt cbrt fourthroot ln log10,lg log2,lb exp sin cos tan,tg cot sec csc,cosec asin,arcsin acos,arccos atan,arctan "
    "sinh cosh tanh asinh,arcsinh,arsinh acosh,arccosh,arcosh atanh,arctanh,artanh abs floor ceil,ceiling factorial "
    "square cube reciprocal trunc,truncate,int sign,sgn,signum frac doublefactorial fibonacci,fib totient,eulerphi"
)
_LIST = (
    "max,maximum min,minimum sum product mean,average,avg median range variance,var samplevariance stdev,stddev,std,sd "
    "samplestdev populationvariance populationstdev geometricmean harmonicmean rms sumofsquares"
)
_MANY = 10_000


def _table() -> dict[str, Function]:
    table: dict[str, Function] = {}

    def enter(names: str, least: int, most: int, style: str) -> None:
        aliases = names.split(",")
        for alias in aliases:
            table[alias] = Function(aliases[0], least, most, style)

    for names in _ONE.split():
        enter(names, 1, 1, "one")
    for names in _LIST.split():
        enter(names, 1, _MANY, "list")
    for names in ("gcd,hcf,gcf", "lcm"):
        enter(names, 2, _MANY, "list")
    for names in ("difference", "quotient", "hypot,hypotenuse"):
        enter(names, 2, 2, "list")
    for names in (
        "root",
        "mod,modulo",
        "choose,c,ncr,binomial,binom,comb",
        "npr,p,perm",
        "pow,power",
        "logbase",
        "div",
    ):
        enter(names, 2, 2, "call")
    enter("log", 1, 2, "one")
    enter("round", 1, 2, "one")
    for name in ("log_2", "log_10"):
        table[name] = table[name.replace("_", "")]
    return table


FUNCTIONS = _table()
INVERSES = {"sin": "asin", "cos": "acos", "tan": "atan", "sinh": "asinh", "cosh": "acosh", "tanh": "atanh"}
TRIGONOMETRY = ("sin", "cos", "tan", "cot", "sec", "csc")
_OF_INTEGERS = ("gcd", "lcm", "choose", "npr")
_OF_QUANTITIES = ("sum", "mean", "product", "max", "min", "median", "abs", "difference", "quotient", "mod")
_OF_LISTS = (
    "range", "variance", "samplevariance", "populationvariance", "stdev", "samplestdev", "populationstdev",
    "geometricmean", "harmonicmean", "rms", "hypot", "sumofsquares",
)  # fmt: skip


def apply(name: str, amounts: Sequence[Amount], notes: list[str]) -> Amount:
    """Return the function's value. ``notes`` takes remarks on how it was read."""
    if name in _OF_QUANTITIES:
        return _of_amounts(name, amounts, notes)
    if name in _OF_LISTS:
        from mathbot.tasks import lists

        return lists.apply(name, amounts, notes)
    values = [_number(name, amount) for amount in amounts]
    if name in _OF_INTEGERS:
        return _of_integers(name, values)
    if name == "factorial":
        return factorial(values[0])
    if name == "totient":
        from mathbot.numbers.primes import totient

        return totient(whole(values[0], "The totient"))
    if name in ("doublefactorial", "fibonacci"):
        from mathbot.tasks import sequences

        return sequences.apply(name, whole(values[0], name))
    return _of_reals(name, values)


def _number(name: str, amount: Amount) -> Value:
    """Return a plain number; an angle, where one is wanted, in radians."""
    if not isinstance(amount, Quantity):
        return amount
    from mathbot.numbers.real import multiply
    from mathbot.quantities.units import is_angle

    if name in TRIGONOMETRY and is_angle(amount.unit):
        return multiply(amount.value, amount.unit.factor)
    raise Declined(f"I can't take {name} of something in {amount.unit.text}.")


# Lists


def _of_amounts(name: str, amounts: Sequence[Amount], notes: list[str]) -> Amount:
    from mathbot.numbers.arithmetic import divide, modulo, negate

    match name:
        case "sum":
            return _total(amounts)
        case "mean":
            return divide(_total(amounts), len(amounts))
        case "product":
            return _product(amounts)
        case "quotient":
            return divide(amounts[0], amounts[1])
        case "mod":
            return modulo(amounts[0], amounts[1], notes)
        case "abs":
            return negate(amounts[0]) if _sign(amounts[0]) < 0 else amounts[0]
        case "difference":
            return _difference(amounts[0], amounts[1], notes)
    return _ranked(name, amounts)


def _sign(amount: Amount) -> int:
    from mathbot.numbers.real import sign

    return sign(amount.value if isinstance(amount, Quantity) else amount)


def _total(amounts: Sequence[Amount]) -> Amount:
    from mathbot.numbers.arithmetic import add

    total = amounts[0]
    for amount in amounts[1:]:
        check()
        total = add(total, amount)
    return total


def _product(amounts: Sequence[Amount]) -> Amount:
    from mathbot.numbers.arithmetic import multiply

    total = amounts[0]
    for amount in amounts[1:]:
        check()
        total = multiply(total, amount)
    return total


def _difference(a: Amount, b: Amount, notes: list[str]) -> Amount:
    from mathbot.numbers.arithmetic import negate, subtract

    result = subtract(a, b)
    if _sign(result) >= 0:
        return result
    notes.append("the distance between them")
    return negate(result)


def _ranked(name: str, amounts: Sequence[Amount]) -> Amount:
    from functools import cmp_to_key

    from mathbot.numbers.arithmetic import add, compare, divide

    ranked = sorted(amounts, key=cmp_to_key(compare))
    if name != "median":
        return ranked[0] if name == "min" else ranked[-1]
    middle = len(ranked) // 2
    return ranked[middle] if len(ranked) % 2 else divide(add(ranked[middle - 1], ranked[middle]), 2)


# Whole numbers


def _of_integers(name: str, values: Sequence[Value]) -> int:
    import math

    numbers = [whole(value, name) for value in values]
    match name:
        case "gcd":
            return math.gcd(*numbers)
        case "lcm":
            return _lcm(numbers)
        case "choose":
            return _choose(*numbers)
    return _arrangements(*numbers)


def whole(value: Value, what: str) -> int:
    """Return ``value`` if it is an integer; decline for ``what`` otherwise."""
    if not isinstance(value, int):
        raise Declined(f"{what} is for whole numbers.")
    return value


def _lcm(numbers: Sequence[int]) -> int:
    import math

    total = 1
    for number in numbers:
        total = math.lcm(total, number)
        if total.bit_length() > MAX_BITS:
            raise TooLarge
    return total


def _choose(n: int, k: int) -> int:
    import math

    if n < 0 or k < 0:
        raise Undefined("Choosing is for numbers from 0 up.")
    k = min(k, n - k) if k <= n else k
    if k > 0 and k <= n and k * (n.bit_length() - k.bit_length() + 3) > MAX_BITS:
        raise TooLarge
    return math.comb(n, k)


def _arrangements(n: int, k: int) -> int:
    import math

    if n < 0 or k < 0:
        raise Declined("Arranging is for numbers from 0 up.")
    if k <= n and k * n.bit_length() > MAX_BITS:
        raise TooLarge
    return math.perm(n, k)


def factorial(value: Amount) -> int:
    """Return ``value!``."""
    import math

    if isinstance(value, Quantity) or not isinstance(value, int) or value < 0:
        raise Declined("A factorial is for whole numbers from 0 up.")
    if value > 1 and value * (value.bit_length() - 2) > MAX_BITS:
        raise TooLarge
    return math.factorial(value)


# Real numbers


def _of_reals(name: str, values: Sequence[Value]) -> Value:
    from mathbot.numbers import elementary, real

    first = values[0]
    match name:
        case "cbrt":
            return elementary.root(first, 3)
        case "fourthroot":
            return elementary.root(first, 4)
        case "root":
            return elementary.root(first, whole(values[1], "The degree of a root"))
        case "log10":
            return elementary.log(first, 10)
        case "log2":
            return elementary.log(first, 2)
        case "logbase":
            return elementary.log(first, values[1])
        case "pow":
            return elementary.power(first, values[1])
        case "square":
            return real.multiply(first, first)
        case "cube":
            return elementary.power(first, 3)
        case "reciprocal":
            return real.divide(1, first)
        case "floor" | "ceil" | "trunc" | "round":
            return _rounded(name, values)
        case "div":
            return _whole_quotient(first, values[1])
        case "sign":
            return real.sign(first)
        case "frac":
            return real.subtract(first, _rounded("trunc", values))
    function = getattr(elementary, name)
    result: Value = function(first)
    return result


def _whole_quotient(a: Value, b: Value) -> Value:
    from mathbot.limits import DivisionByZero
    from mathbot.numbers import real

    if real.sign(b) == 0:
        raise DivisionByZero
    if real.sign(a) < 0 or real.sign(b) < 0:
        raise Declined("Whole division of negative numbers is defined in several ways.")
    return real.floor(real.divide(a, b))


def _rounded(name: str, values: Sequence[Value]) -> Value:
    from mathbot.numbers import real

    first = values[0]
    match name:
        case "floor":
            return real.floor(first)
        case "ceil":
            return -real.floor(real.negate(first))
        case "trunc":
            return truncated(first)
    return rounded(first, whole(values[1], "The number of places") if len(values) > 1 else 0)


def truncated(value: Value) -> Value:
    """Return ``value`` without what is behind the point."""
    from mathbot.numbers import real

    return real.sign(value) * real.floor(real.multiply(value, real.sign(value)))


def rounded(value: Value, places: int) -> Value:
    """Return ``value`` rounded to so many decimals (negative: tens, hundreds …), halves away from zero."""
    from mathbot.numbers import real
    from mathbot.numbers.rational import integer_power, ratio

    at = real.sign(value)
    scaled = real.multiply(real.multiply(value, at), integer_power(10, places))
    figures = at * real.floor(real.add(scaled, ratio(1, 2)))
    return real.multiply(figures, integer_power(10, -places))
