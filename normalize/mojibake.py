"""Text that was decoded with the wrong character set."""

from __future__ import annotations

import re
from functools import cache

from ftfy import TextFixerConfig, fix_encoding_and_explain
from ftfy.badness import is_bad

from normalize.vocabulary import vocabulary

_CONFIG = TextFixerConfig(
    unescape_html=False,
    remove_terminal_escapes=False,
    fix_latin_ligatures=False,
    fix_character_width=False,
    uncurl_quotes=False,
    fix_line_breaks=False,
    fix_surrogates=False,
    remove_control_chars=False,
    normalization=None,
    explain=True,
)

# Every sequence that ftfy calls bad holds one of these: it costs less to look for them first.
_CANDIDATE = re.compile(
    r"[\x80-\x9f\xa1-\xaa\xac\xae-\xb6\xb8-\xba\xbc-\u052f\u1e00-\u1fff"
    r"\u2020\u2021\u2030-\u2038\u203b-\u25ff\uf8ff\ufb01\ufb02\ufffd]"
)
_HIGH_WORD = re.compile(r"[\xc0-\xff]+")
_LATIN = re.compile(r"[A-Za-z\xc0-\xff]")
# No language writes four accented letters in a row.
_HIGH_RUN = re.compile(r"[\xc0-\xff]{4}")

# Of the letters of running text, the commonest dozen or so of the right alphabet are most,
# and its words are not of mixed case, as those of a wrong alphabet are.
_LEAST_SCORE = 0.58
_LEAST_LEAD = 0.1
# Code pages that UTF-8 is seldom misread as: one such sequence with hardly a letter beside it, as
# in ”ß, is chance.
_RARE = frozenset(("macroman", "cp437", "iso-8859-2", "sloppy-windows-1250", "sloppy-windows-1257"))
_LEAST_SEQUENCES = 2
_FEW_LETTERS = 4
_LEAST_HIGH_LETTERS = 5
_LEAST_HIGH_SHARE = 0.8
_MANY_LETTERS = 8
_WESTERN = frozenset("àâäåæçèéêëîïñôöøùûüßÿ")


def has_mojibake(text: str) -> bool:
    """Whether `text` holds character sequences that hardly occur but in mojibake."""
    if text.isascii() or not any(map(_may_be_mojibake, set(text))):
        return False
    return is_bad(text) or _HIGH_RUN.search(text) is not None


def fix_mojibake(text: str) -> str:
    """Undo a wrong decoding, line by line, where the right one is found.

    ftfy undoes UTF-8 read as something else. Windows code pages of Arabic, Cyrillic, Greek and
    Hebrew that were read as Latin-1 or Windows-1252 are told apart by letter frequencies.
    """
    return "\n".join(map(_fixed_line, text.split("\n"))) if has_mojibake(text) else text


def _fixed_line(line: str) -> str:
    if not has_mojibake(line):
        return line
    fixed, steps = fix_encoding_and_explain(line, _CONFIG)
    rare = any(step.action == "encode" and step.parameter in _RARE for step in steps or ())
    alone = len(line) - len(fixed) < _LEAST_SEQUENCES and len(_LATIN.findall(line)) < _FEW_LETTERS
    if fixed != line and not (rare and alone):
        return fixed
    return _from_code_page(line)


@cache
def _may_be_mojibake(character: str) -> bool:
    return _CANDIDATE.match(character) is not None


@cache
def _common_letters() -> dict[str, frozenset[str]]:
    letters_of = vocabulary("text_charsets")
    return {charset: frozenset(letters) for charset, letters in letters_of.items()}


def _from_code_page(line: str) -> str:
    words = _HIGH_WORD.findall(line)
    letters = sum(map(len, words))
    share = letters / max(1, len(_LATIN.findall(line)))
    if not _HIGH_RUN.search(line) or letters < _LEAST_HIGH_LETTERS or share < _LEAST_HIGH_SHARE:
        return line
    scores = sorted(((_score(words, name), name) for name in _common_letters()), reverse=True)
    (best, charset), (second, _) = scores[:2]
    if best < _LEAST_SCORE or best - second < _LEAST_LEAD or _enumerates("".join(words)):
        return line
    try:
        return line.encode("sloppy-windows-1252").decode(charset)
    except UnicodeError:
        return line


def _enumerates(letters: str) -> bool:
    """Whether this may be a list of accented letters: Western ones only, or many, none twice."""
    many = len(letters) >= _MANY_LETTERS
    return _WESTERN.issuperset(letters.lower()) or (many and len(set(letters)) == len(letters))


def _score(words: list[str], charset: str) -> float:
    """Share of letters that are common in the character set's language, in words of one case."""
    decoded = [word.encode("latin-1").decode(charset, "replace") for word in words]
    common = _common_letters()[charset]
    hits = sum(
        sum(letter in common for letter in word.lower())
        for word in decoded
        if word == word.lower() or word in {word.upper(), word.title()}
    )
    return hits / sum(map(len, decoded))
