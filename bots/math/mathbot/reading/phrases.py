"""Words that mean a sign or a function: ``multiplied by`` is ``*``, ``square root of`` is ``sqrt``. The longest
phrase wins; a word that stands in no phrase stays a word, for the grammar to read or to decline.
"""

from __future__ import annotations

from mathbot.reading.lexer import Token

# kind, meaning: phrases. "raised" are powers behind a number; "list" functions take several numbers in a row.
_TABLE = """
op +: plus, added to, increased by
op -: minus, negative, take away, less, decreased by, diminished by
op *: times, multiplied by, times by
op /: divided by, over
op ^: to the power of, to the power, raised to the power of, raised to the power, raised to the, raised to, to the
op mod: mod, modulo
op %: percent, per cent, pct
op choose: choose
op !=: is not equal to, not equal to, does not equal
op =: is equal to, equal to, equals, is the same as, the same as
op >=: is greater than or equal to, greater than or equal to, is at least, at least
op <=: is less than or equal to, less than or equal to, is at most, at most
op >: is greater than, greater than, is bigger than, bigger than, is larger than, larger than, is more than, exceeds
op >: longer than, heavier than, hotter than, warmer than, faster than
op <: is less than, is smaller than, smaller than, is fewer than
op <: shorter than, lighter than, colder than, slower than
raised 2: squared
raised 3: cubed
double 2: twice, double, double of
double 3: triple, thrice, triple of
double 4: quadruple
func sqrt: square root of, square root, sqrt of, squareroot of
func cbrt: cuberoot of, cuberoot, cube root of, cube root, cubic root of, cbrt of
func ln: natural log of, natural logarithm of, natural log, natural logarithm, ln of
func log: log of, logarithm of, logarithm
func log10: common log of, common logarithm of
func sin: sine of, sin of, sine
func cos: cosine of, cos of, cosine
func tan: tangent of, tan of, tangent
func asin: sine inverse of, sine inverse, sin inverse of, sin inverse
func asin: arc sine of, arcsine of, arcsin of, inverse sine of, inverse sin of, asin of, arcsine
func acos: cos inverse of, cos inverse
func acos: arc cosine of, arccosine of, arccos of, inverse cosine of, inverse cos of, acos of, arccosine
func atan: tan inverse of, tan inverse
func atan: arc tangent of, arctangent of, arctan of, inverse tangent of, inverse tan of, atan of, arctangent
func abs: absolute value of, absolute value, abs of, modulus of, magnitude of
func factorial: factorial of
func floor: floor of
func ceil: ceiling of, ceil of, ceiling
func square: square of
func cube: cube of
func reciprocal: reciprocal of, multiplicative inverse of
func exp: exponential of, exp of
list sum: sum of, total of
list product: product of
list quotient: quotient of
list difference: difference between, difference of
list mean: mean of, average of, arithmetic mean of
list median: median of
list max: max of, maximum of, largest of, greatest of, biggest of, highest of
list min: min of, minimum of, smallest of, least of, lowest of
list gcd: gcd of, greatest common divisor of, greatest common factor of, hcf of, highest common factor of, gcf of
func doublefactorial: double factorial of, double factorial
func fibonacci: fibonacci of, fib of
func totient: totient function of, euler's totient of, euler's totient function of, euler totient of, euler's phi of
func totient: totient of, totient function, euler phi function of, euler phi of
func sign: sign of, signum of
list range: range of
list variance: variance of
list populationvariance: population variance of, population variance
list samplevariance: sample variance of, sample variance
list stdev: standard deviation of, standard deviation, stdev of, std dev of, std of
list samplestdev: sample standard deviation of, sample standard deviation
list populationstdev: population standard deviation of, population standard deviation
list geometricmean: geometric mean of, geometric mean
list harmonicmean: harmonic mean of, harmonic mean
list rms: root mean square of, root mean square
list lcm: lcm of, least common multiple of, lowest common multiple of
word more than: more than
word or not: or not
word less than: less than, fewer than
word %: percentage
word phi: golden ratio
word e: euler's number
word in: expressed in, measured in, converted into, in terms of
word to: converted to
constant speed of light: speed of light, light speed
constant standard gravity: standard gravity, standard acceleration of gravity, acceleration of gravity
constant avogadro's number: avogadro's number, avogadro number, avogadro constant, avogadro's constant
word base: to the base
word nearest: to the nearest, to nearest
word as: expressed as, written as, as a, as an, in the form of a
"""


def _read_table() -> dict[str, list[tuple[tuple[str, ...], str, str]]]:
    """Return the phrases by first word, longest first."""
    phrases: dict[str, list[tuple[tuple[str, ...], str, str]]] = {}
    for line in _TABLE.strip().splitlines():
        head, _, rest = line.partition(": ")
        kind, _, meaning = head.partition(" ")
        for phrase in rest.split(", "):
            words = tuple(phrase.split())
            phrases.setdefault(words[0], []).append((words, kind, meaning))
    for same_start in phrases.values():
        same_start.sort(key=lambda entry: -len(entry[0]))
    return phrases


def words() -> set[str]:
    """Return every word of every phrase."""
    _load()
    return {word for entries in _PHRASES.values() for entry, _, _ in entries for word in entry}


def _load() -> None:
    if not _PHRASES:
        _PHRASES.update(_read_table())


_PHRASES: dict[str, list[tuple[tuple[str, ...], str, str]]] = {}


def replace(tokens: list[Token]) -> list[Token]:
    """Return ``tokens`` with phrases made one token each."""
    if not any(token.kind == "word" for token in tokens):
        return tokens
    _load()
    replaced: list[Token] = []
    at = 0
    while at < len(tokens):
        token, at = _phrase_at(tokens, at)
        replaced.append(token)
    return _told(replaced)


def _told(tokens: list[Token]) -> list[Token]:
    """``sqrt 50 simplified``: what is to be done stands behind; of a root, for a fraction has a form of its own."""
    last = tokens[-2] if len(tokens) > 2 else tokens[-1]
    if last.text != "simplified" or not any(token.text in ("sqrt", "cbrt", "√", "∛") for token in tokens):
        return tokens
    return [Token("word", "simplify", 0, last.start, last.end, True, last.raw), *tokens[:-2], tokens[-1]]


def _phrase_at(tokens: list[Token], at: int) -> tuple[Token, int]:
    first = tokens[at]
    for words, kind, meaning in _PHRASES.get(first.text, ()) if first.kind == "word" else ():
        found = tokens[at : at + len(words)]
        if tuple(token.text for token in found) == words and all(token.kind == "word" for token in found):
            raw = " ".join(token.raw for token in found)
            value = int(meaning) if meaning.isdigit() else 0
            return Token(kind, meaning, value, first.start, found[-1].end, first.spaced, raw), at + len(words)
    return first, at + 1
