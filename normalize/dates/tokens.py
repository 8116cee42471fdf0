"""Cutting of a text into the tokens that the grammar reads."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import takewhile

import attrs

from normalize.dates.hebrew import numeral_value
from normalize.dates.lexicon import Lexicon, Sense, Word, is_unspaced, pieces, read_data

_DIGIT_CLASSES = {1: "n", 2: "n", 3: "c", 4: "y", 8: "b", 12: "f", 14: "f"}
_MAX_DIGITS = 14
DIGITS = "ncybfq"
"""Shape characters of numbers: 1-2, 3, 4, 8, 12 or 14 and any other count of digits."""

_DAYS_AND_TIMES = ("DU", "H", "T", "W", "Z")
"""Tags of words that may follow the number of a day: its unit, a time, a weekday, a zone."""


@attrs.frozen
class Token:
    """A number, word, phrase, space or sign.

    In shapes, `mark` is a class of `DIGITS`, ``g`` (Hebrew numeral), ``x`` (unknown word), the
    sign itself, or the word's own mark.
    """

    text: str
    mark: str
    number: int = 0
    word: Word | None = None

    def senses(self, tag: str) -> tuple[Sense, ...]:
        """The token's meanings under a tag."""
        return self.word.senses.get(tag, ()) if self.word else ()


def tokenize(folded: str, lexicon: Lexicon) -> list[Token]:
    """Cut folded text into tokens, the longest phrases of the lexicon first."""
    parts = list(_cut_unspaced(pieces(folded), lexicon))
    tokens: list[Token] = []
    at = 0
    while at < len(parts):
        token, at = _next_token(parts, at, lexicon, tokens)
        tokens.append(token)
    return _without_counts(_without_glued_numbers(tokens))


def _is_count(tokens: Sequence[Token]) -> bool:
    """Whether the last token but for a space is a number."""
    last = next((token for token in reversed(tokens[-2:]) if token.mark != " "), None)
    return last is not None and (last.mark in DIGITS or bool(last.senses("N")))


def _next_token(
    parts: Sequence[str], at: int, lexicon: Lexicon, before: Sequence[Token]
) -> tuple[Token, int]:
    part = parts[at]
    first = part[0]
    if "0" <= first <= "9":
        return _number(part), at + 1
    if first == " ":
        return Token(" ", " "), at + 1
    for rest, word in lexicon.phrases.get(part, ()):
        end = _match(parts, at + 1, rest) if rest else at + 1
        if end and not (rest and "R" in word.senses and _is_count(before)):  # not "last week"
            number = word.senses["DW"][0].value if "DW" in word.senses else 0
            return Token("".join(parts[at:end]), word.mark, number, word), end
    if len(part) == 1 and not part.isalnum():
        return Token(part, part), at + 1
    return _unlisted(part, lexicon), at + 1


def _number(digits: str) -> Token:
    if len(digits) > _MAX_DIGITS:
        return Token(digits[: _MAX_DIGITS + 1], "q")
    return Token(digits, _DIGIT_CLASSES.get(len(digits), "q"), number=int(digits))


def _match(parts: Sequence[str], at: int, rest: tuple[str, ...]) -> int:
    """Where the phrase ends, or 0; single spaces between its pieces are skipped."""
    for piece in rest:
        if at < len(parts) and parts[at] != piece and parts[at][0] == " ":
            at += 1
        if at >= len(parts) or parts[at] != piece:
            return 0
        at += 1
    return at


def _unlisted(part: str, lexicon: Lexicon) -> Token:
    value = numeral_value(part)
    if value:
        return Token(part, "g", number=value)
    for clitic in lexicon.clitics:
        if part.startswith(clitic):
            for rest, word in lexicon.phrases.get(part[len(clitic) :], ()):
                if not rest and len(part) - len(clitic) > 1:
                    return Token(part, word.mark, word=word)
    return Token(part, "x")


def _cut_unspaced(parts: Sequence[str], lexicon: Lexicon) -> Iterator[str]:
    """Cut runs of unspaced scripts into listed words and the unknown between them."""
    previous = ""
    for part in parts:
        if not is_unspaced(part[0]):
            yield part
            previous = part if part != " " else previous
            continue
        after_number = previous[:1].isdigit()
        for word in _cut_run(part, lexicon, after_number=after_number):
            yield word
            previous = word


def _cut_run(run: str, lexicon: Lexicon, *, after_number: bool) -> Iterator[str]:
    at = unknown = 0
    known = after_number
    while at < len(run):
        match = lexicon.unspaced.match(run, at)
        if match is None or not (known or _stands_alone(match, run, lexicon)):
            at, known = at + 1, False
            continue
        if unknown < at:
            yield run[unknown:at]
        yield _han_number(match["numeral"]) if match["numeral"] else match[0]
        at = unknown = match.end()
        known = True
    if unknown < at:
        yield run[unknown:at]


def _stands_alone(match: re.Match[str], run: str, lexicon: Lexicon) -> bool:
    """A single letter is a word only where it joins on something known."""
    is_long = match.end() - match.start() > 1 or bool(match["numeral"])
    return is_long or lexicon.unspaced.match(run, match.end()) is not None


def _han_number(numeral: str) -> str:
    """Write a Han numeral, positional (二〇二四) or with units (二十四), in digits."""
    values: dict[str, int] = read_data("dates.json")["han_numerals"]["values"]
    numbers = [values[c] for c in numeral]
    if len(numbers) > 1 and all(n < 10 for n in numbers):  # noqa: PLR2004  digits only
        return "".join(map(str, numbers))
    total = digit = 0
    for number in numbers:
        if number < 10:  # noqa: PLR2004  a digit counts the unit that follows it
            digit = number
        else:
            total, digit = total + max(digit, 1) * number, 0
    return str(total + digit)


def _is_letter_before(tokens: Sequence[Token], at: int) -> bool:
    """Whether a number hangs on one letter: ``H30``, but not ``14h30``."""
    letter = tokens[at - 1] if at else None
    if letter is None or not (len(letter.text) == 1 and letter.text.isascii()):
        return False
    after_number = at > 1 and tokens[at - 2].mark in DIGITS
    return letter.text.isalpha() and not after_number and not letter.senses("J")


def _without_glued_numbers(tokens: list[Token]) -> list[Token]:
    """Take the number out of ``COVID19``, ``3D`` and the like: it is part of a name."""
    for at, token in enumerate(tokens):
        if token.mark not in DIGITS:
            continue
        before = tokens[at - 1] if at else None
        after = tokens[at + 1] if at + 1 < len(tokens) else None
        named = any(t and t.mark == "x" and t.text[0] < "\u0250" for t in (before, after))
        if named or _is_letter_before(tokens, at):
            tokens[at] = Token(token.text, "q")
    return tokens


def _without_counts(tokens: list[Token]) -> list[Token]:
    """Take the number out of ``5月12月定例会``, ``5月3歳児``, ``2024. május 12 perc``.

    A number that a unit of its own follows counts something: after a month it is no day.
    """
    for at, token in enumerate(tokens):
        if token.mark == "n" and at > 1 and _counts(tokens, at):
            tokens[at] = Token(token.text, "x")
    return tokens


def _counts(tokens: Sequence[Token], at: int) -> bool:
    following = next((token for token in tokens[at + 1 : at + 3] if token.mark != " "), None)
    if following is None or any(following.senses(tag) for tag in _DAYS_AND_TIMES):
        return False
    is_month = bool(following.senses("MU"))
    if not (is_month or following.senses("U") or following.mark == "x"):
        return False
    number, month, *signs = _month_before(tokens, at)
    if month.senses("MU") and not signs:
        return number.mark == "n"
    if month.mark == "n" and signs:
        return number.mark == "y" and is_month
    is_named = number.mark == "y" and bool(month.senses("M"))
    return is_named and _is_time_span(following)


def _month_before(tokens: Sequence[Token], at: int) -> list[Token]:
    """The two last tokens before a place but for spaces and signs, then the signs between."""
    before = [token for token in tokens[max(at - 6, 0) : at] if token.mark != " "]
    signs = list(takewhile(lambda token: token.mark in "./,-", reversed(before)))
    words = [token for token in before if token.mark not in "./,-"]
    return [*([Token("", "x")] * 2), *words][-2:] + signs


def _is_time_span(token: Token) -> bool:
    """Whether a word is a unit of time, but of one letter or the day."""
    return len(token.text) > 1 and any(sense.value.unit != "day" for sense in token.senses("U"))
