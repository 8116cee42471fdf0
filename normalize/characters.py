"""Characters that stand for others or for nothing: spaces, line ends, controls, joiners, forms."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

ARABIC_LETTER = (
    r"\u0620-\u063f\u0641-\u064a\u066e\u066f\u0671-\u06d3\u06d5\u06ee\u06ef\u06fa-\u06fc\u06ff"
    r"\u0750-\u077f\u0870-\u088e\u08a0-\u08c9"
)
ARABIC_MARK = (
    r"\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed"
    r"\u0898-\u089f\u08ca-\u08e1\u08e3-\u08ff"
)
TATWEEL = "\u0640"
HEH = "\u0647"

# U+1680 is left out: the Ogham space is a stroke that one sees.
SPACES = r"\t\xa0\u2000-\u200a\u202f\u205f\u3000"
BIDI_CONTROLS = r"\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_NONCHARACTERS = r"\ufdd0-\ufdef" + "".join(
    f"\\U{plane:04x}fffe\\U{plane:04x}ffff" for plane in range(17)
)
# Byte order mark, word joiner, invisible operators, deprecated format characters, annotations.
_UNSEEN = BIDI_CONTROLS + r"\xad\ufeff\u2060-\u2065\u206a-\u206f\ufff9-\ufffc"
_TAGS = r"\U000e0000-\U000e00ff"
_FORMS = r"\ufb00-\ufb17\ufb50-\ufdf2\ufe70-\ufefc"

# What no text holds, protected spans included. Code points that are merely unassigned stay: they
# may be younger than the interpreter's tables.
_CONTROL = re.compile(rf"[\x00-\x08\x0e-\x1b\x7f{_NONCHARACTERS}]")
_TERMINAL_ESCAPE = re.compile(r"\x1b\[[0-9;?]{0,20}[A-Za-z]")
_C1 = re.compile(r"[\x80-\x9f]")
_LINE_END = re.compile(r"\r\n?|[\v\f\u2028\u2029]")
_SEPARATOR = re.compile(r"[\x1c-\x1f]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_SPACE = re.compile(rf"[{SPACES}]")
_SPACE_RUN = re.compile(r" {2,}")
_SPACED_LINE_END = re.compile(r" *\n *")
_BLANK_LINES = re.compile(r"\n{3,}")
_INVISIBLE = re.compile(
    rf"(?P<flag>\U0001f3f4[\U000e0020-\U000e007e]{{1,16}}\U000e007f)|[{_UNSEEN}{_TAGS}]"
)
_FORM = re.compile(f"[{_FORMS}]")

_JOINING = (
    rf"{ARABIC_LETTER}{ARABIC_MARK}\u0710-\u074f\u07ca-\u07f5\u0840-\u085b\u0860-\u086a"
    r"\u0900-\u0963\u0971-\u0de5\u0df2\u0df3\u0f40-\u0fbc\u1000-\u103f\u1050-\u108f\u1780-\u17d3"
    r"\u1820-\u18aa\ua840-\ua873\ua8e0-\ua8ff"
)
_INDIC = r"\u0900-\u0963\u0971-\u0de5\u0df2\u0df3"
_VIRAMA = r"\u094d\u09cd\u0a4d\u0acd\u0b4d\u0bcd\u0c4d\u0ccd\u0d4d\u0dca\u1039\u17d2"
_EMOJI = r"\u00a9\u00ae\u2190-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001faff"
# Scripts written without spaces, where U+200B marks the ends of words.
_UNSPACED = r"\u0e01-\u0e4e\u0e81-\u0edf\u1000-\u109f\u1780-\u17dd\u1950-\u19df\u1a20-\u1aad"
_JOINER = re.compile(
    rf"(?P<nonjoiner>(?<=[{_JOINING}])\u200c+(?=[{_JOINING}]))"
    rf"|(?P<halant>(?<=[{_VIRAMA}])[\u200c\u200d])"
    rf"|(?P<indic>(?<=[{_INDIC}])\u200d(?=[{_INDIC}]))"
    rf"|(?P<emoji>(?<=[{_EMOJI}\ufe0f])\u200d(?=[{_EMOJI}]))"
    rf"|(?P<hijri>(?<=\u0647)\u200d(?![{_JOINING}]))"
    rf"|(?P<word>(?<=[{_UNSPACED}])\u200b(?=[{_UNSPACED}]))"
    r"|[\u200b-\u200d]"
)
_ZERO_WIDTH = re.compile(r"[\u200b-\u200d]")
_TATWEEL_RUN = re.compile(f"{TATWEEL}+")
_ARABIC = re.compile(f"[{ARABIC_LETTER}{ARABIC_MARK}]")
_MARK = re.compile(f"[{ARABIC_MARK}]")

_TOUCHED = re.compile(
    rf"[\x00-\x09\x0b-\x1f\x7f-\x9f\u0640\u200b-\u200d\u2028\u2029\ud800-\udfff"
    rf"{SPACES}{_UNSEEN}{_TAGS}{_FORMS}{_NONCHARACTERS}]"
)


def has_odd_character(text: str) -> bool:
    """Whether any function of this module could change a character of `text`."""
    return any(map(_is_odd, set(text)))


@cache
def _is_odd(character: str) -> bool:
    return _TOUCHED.match(character) is not None


def mend_surrogates(text: str) -> str:
    """Join surrogate pairs to the characters they spell; a lone surrogate becomes U+FFFD."""
    if not _SURROGATE.search(text):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def unify_line_ends(text: str) -> str:
    r"""Write every line end as ``\n``.

    Information separators (U+001C to U+001F) part words and become spaces. U+0085 is a line end
    unless other characters of its block, or a letter that leads a UTF-8 sequence read as
    Latin-1, show that it is a byte of something else.
    """
    text = _SEPARATOR.sub(" ", _LINE_END.sub("\n", text))
    if "\x85" in text and not re.search(r"[\x80-\x84\x86-\x9f]|[\xc2-\xf4]\x85", text):
        text = text.replace("\x85", "\n")
    return text


def drop_controls(text: str) -> str:
    """Drop C0 controls, terminal escapes and noncharacters."""
    if "\x1b" in text:
        text = _TERMINAL_ESCAPE.sub("", text)
    return _CONTROL.sub("", text)


def drop_c1_controls(text: str) -> str:
    """Drop the control characters U+0080 to U+009F."""
    return _C1.sub("", text)


def plain_spaces(text: str) -> str:
    """Write spaces of every width, and tabs, as U+0020."""
    return _SPACE.sub(" ", text)


def tidy_spaces(text: str) -> str:
    """One space between words, none at line ends, one blank line at most."""
    text = _SPACED_LINE_END.sub("\n", _SPACE_RUN.sub(" ", text))
    return _BLANK_LINES.sub("\n\n", text)


def drop_invisible(text: str) -> str:
    """Drop direction marks, soft hyphens and zero-width characters that shape nothing.

    U+200C and U+200D stay where they shape writing: between letters of joining scripts, after an
    Indic virama, in emoji sequences, after the heh that marks a Hijri year. U+200B stays between
    letters of scripts without spaces. Tag characters stay in flag emoji.
    """
    text = _INVISIBLE.sub(lambda found: found["flag"] or "", text)
    if not _ZERO_WIDTH.search(text):
        return text
    return _JOINER.sub(lambda found: found.group()[0] if found.lastgroup else "", text)


def base_letters(text: str) -> str:
    """Replace Arabic presentation forms and Latin and Armenian ligatures by their letters.

    Word ligatures from U+FDF3 on (``ﷺ``, ``﷽``, ``﷼``) are signs of their own and stay.
    """
    return _FORM.sub(lambda found: _letters(found.group()), text)


@cache
def _letters(form: str) -> str:
    # Forms of vowel marks decompose to a mark on a space or on a tatweel, neither of them text.
    return unicodedata.normalize("NFKC", form).replace(" ", "").replace(TATWEEL, "") or form


def drop_tatweel(text: str) -> str:
    """Drop the elongation U+0640.

    It stays in the abbreviation ``هـ`` (of the Hijri year) and where it carries a lone vowel
    mark; standing alone between spaces it is a typist's dash.
    """
    return _TATWEEL_RUN.sub(_without_elongation, text)


def _without_elongation(found: re.Match[str]) -> str:
    text, start, end = found.string, found.start(), found.end()
    before, after = text[max(0, start - 2) : start], text[end : end + 1]
    if before and _ARABIC.match(before[-1]):
        alone = before[-1] == HEH and not _ARABIC.match(before[:-1]) and not _ARABIC.match(after)
        return TATWEEL if alone else ""
    if _MARK.match(after):
        return TATWEEL
    return "-" if found.group() == TATWEEL and before[-1:] == after == " " else ""
