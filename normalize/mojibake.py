"""Text that was decoded with the wrong character set."""

from __future__ import annotations

from ftfy import TextFixerConfig, fix_encoding
from ftfy.badness import is_bad

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
    explain=False,
)


def has_mojibake(text: str) -> bool:
    """Whether `text` holds character sequences that hardly occur but in mojibake."""
    return not text.isascii() and is_bad(text)


def fix_mojibake(text: str) -> str:
    """Undo a wrong decoding, line by line, where ftfy finds the right one."""
    if not has_mojibake(text):
        return text
    return "\n".join(
        fix_encoding(line, _CONFIG) if has_mojibake(line) else line for line in text.split("\n")
    )
