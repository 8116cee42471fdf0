"""Bytes to text: real code pages, false declarations, cut and damaged pages."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.split.decode import decode, wide_encoding

ARABIC = "هذه صفحة عربية تعرض ملخصات الأبحاث العلمية في الذكاء الاصطناعي وتعلم الآلة"
TEXTS = {
    "ar": ARABIC,
    "cs": "Představujeme novou metodu strojového učení, která zlepšuje přesnost výsledků",
    "de": "Wir stellen ein Verfahren vor, das größere Genauigkeit über alle Datensätze erzielt",
    "el": "Παρουσιάζουμε μια νέα μέθοδο μηχανικής μάθησης που βελτιώνει την ακρίβεια",
    "es": "Presentamos un método de aprendizaje que también es más rápido para los niños",
    "fa": "اين صفحه خلاصه پژوهش را درباره هوش نشان مي دهد",
    "fr": "Le café où l’œuvre fut très agréable, déjà vu à l’été",
    "he": "אנו מציגים שיטה חדשה ללמידת מכונה המשפרת את הדיוק",
    "hu": "Új gépi tanulási módszert mutatunk be, amely növeli a pontosságot",
    "ja": "この論文では、機械学習のための新しい手法を提案する。",
    "ko": "이 논문은 기계 학습을 위한 새로운 방법을 제안한다.",
    "pl": "Przedstawiamy nową metodę uczenia, która działa także dla różnych języków świata",
    "ru": "Это страница с краткими изложениями научных статей по машинному обучению",
    "th": "งานวิจัยนี้นำเสนอวิธีการเรียนรู้ของเครื่องแบบใหม่",
    "tr": "Bu çalışmada makine öğrenmesi için yeni bir yöntem öneriyoruz ve ışığı gösteriyoruz",
    "zh": "本文提出了一种新的机器学习方法，并在多个数据集上进行了实验。",
    "zh-TW": "本文提出了一種新的機器學習方法，並在多個資料集上進行了實驗。",
}
# ISO-8859-1 has no curly quotes and no œ: what a page in French declares by it is Windows-1252.
IN_USE = [
    ("ar", "windows-1256"),
    ("ar", "iso-8859-6"),
    ("cs", "windows-1250"),
    ("cs", "iso-8859-2"),
    ("de", "iso-8859-1"),
    ("el", "windows-1253"),
    ("es", "iso-8859-1"),
    ("fa", "windows-1256"),
    ("fr", "windows-1252"),
    ("he", "windows-1255"),
    ("hu", "iso-8859-2"),
    ("ja", "shift_jis"),
    ("ja", "euc-jp"),
    ("ja", "iso-2022-jp"),
    ("ko", "euc-kr"),
    ("pl", "iso-8859-2"),
    ("pl", "windows-1250"),
    ("ru", "windows-1251"),
    ("ru", "koi8-r"),
    ("th", "windows-874"),
    ("tr", "iso-8859-9"),
    ("tr", "windows-1254"),
    ("zh", "gb18030"),
    ("zh", "gb2312"),
    ("zh-TW", "big5"),
]


_PYTHON = {"iso-8859-9": "windows-1254", "shift_jis": "cp932", "windows-874": "cp874"}


def page(language: str, *, lang: str = "", head: str = "") -> str:
    stated = f' lang="{lang}"' if lang else ""
    return f"<html{stated}><head>{head}</head><body><p>{TEXTS[language]}</p></body></html>"


def encoded(text: str, encoding: str) -> bytes:
    return text.encode(_PYTHON.get(encoding, encoding))


@pytest.mark.parametrize(("language", "encoding"), IN_USE)
def test_declared_code_page_is_read(language: str, encoding: str) -> None:
    meta = page(language, head=f'<meta charset="{encoding}">')
    old = f'<meta http-equiv=Content-Type content="text/html; charset={encoding}">'
    for text, header in (
        (page(language), f"text/html; charset={encoding}"),
        (page(language), f'text/html; Charset="{encoding.upper()}"'),
        (meta, "text/html"),
        (meta, None),
        (page(language, head=old), None),
    ):
        read = decode(encoded(text, encoding), content_type=header)
        assert read.text == text
        assert read.issues == ()


@pytest.mark.parametrize(("language", "encoding"), IN_USE)
def test_undeclared_or_falsely_declared_code_page_is_found_by_the_page_s_language(
    language: str, encoding: str
) -> None:
    text = page(language, lang=language)
    for header in (None, "text/html; charset=utf-8", "text/html; charset=ISO-8859-1"):
        assert decode(encoded(text, encoding), content_type=header).text == text


@pytest.mark.parametrize(("language", "encoding"), IN_USE)
def test_code_page_is_found_by_the_source_s_languages(language: str, encoding: str) -> None:
    text = page(language)
    read = decode(encoded(text, encoding), languages=(language.partition("-")[0], "en"))
    assert read.text == text
    assert any(code.startswith("encoding_guessed:") for code in read.issues)


@pytest.mark.parametrize("word", ["سلام", "ملخص", "نتائج", "لا", "كتاب", "خلاصة الأبحاث"])
@pytest.mark.parametrize("header", [None, "text/html", "text/html; charset=utf-8"])
def test_page_of_one_arabic_word(word: str, header: str | None) -> None:
    read = decode(word.encode("windows-1256"), content_type=header, languages=("ar", "en"))
    assert read.text == word
    assert read.issues == ("encoding_guessed:cp1256",)


@pytest.mark.parametrize("text", [ARABIC, TEXTS["fr"], TEXTS["ja"], "é"])
@pytest.mark.parametrize("declared", ["windows-1252", "iso-8859-1", "windows-1256", "gb2312"])
def test_utf8_declared_as_something_else(text: str, declared: str) -> None:
    read = decode(text.encode(), content_type=f"text/html; charset={declared}")
    assert read.text == text
    assert read.issues == ("encoding_guessed:utf-8",)


def test_latin_1_of_the_server_gives_way_to_the_page_s_own_declaration() -> None:
    text = page("ru", head='<meta charset="windows-1251">')
    read = decode(text.encode("windows-1251"), content_type="text/html; charset=ISO-8859-1")
    assert read.text == text
    assert read.issues == ()


def test_any_other_header_counts_more_than_the_page() -> None:
    text = page("ru", head='<meta charset="windows-1251">')
    read = decode(text.encode("koi8-r"), content_type="text/html; charset=koi8-r")
    assert read.text == text


def test_true_latin_1_survives_a_page_language_and_an_arabic_source() -> None:
    body = page("fr", lang="ar").encode("windows-1252")
    read = decode(body, content_type="text/html; charset=ISO-8859-1", languages=("ar", "en"))
    assert TEXTS["fr"] in read.text
    german = page("de").encode("latin-1")
    read = decode(german, content_type="text/html; charset=ISO-8859-1", languages=("ar", "en"))
    assert TEXTS["de"] in read.text
    assert read.issues == ()


@pytest.mark.parametrize("mark", ["utf-8-sig", "utf-16", "utf-32"])
def test_byte_order_mark_counts_more_than_any_declaration(mark: str) -> None:
    text = page("ar", head='<meta charset="windows-1251">')
    read = decode(text.encode(mark), content_type="text/html; charset=windows-1252")
    assert read.text == text
    assert read.issues == ()


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("language", ["ar", "de", "ja"])
@pytest.mark.parametrize("header", [None, "text/html; charset=utf-16"])
def test_utf16_without_byte_order_mark(encoding: str, language: str, header: str | None) -> None:
    text = page(language, head='<meta charset="utf-16">')
    read = decode(text.encode(encoding), content_type=header)
    assert read.text == text
    assert read.encoding == encoding


@pytest.mark.parametrize(
    "body", [b"", b"a\0b\0\0c", bytes(64), bytes(range(256)) * 4, b"\x07\0" * 40, b"\0\0\0a" * 40]
)
def test_zeros_of_binary_data_are_not_utf16(body: bytes) -> None:
    assert wide_encoding(body, "application/octet-stream") is None


@pytest.mark.parametrize("last", ["ص", "語", "é", "😀"])
@pytest.mark.parametrize("header", [None, "text/html; charset=utf-8"])
def test_utf8_cut_inside_its_last_character(last: str, header: str | None) -> None:
    whole = "résumé " + last
    for cut in range(1, len(last.encode())):
        assert decode(whole.encode()[:-cut], content_type=header).text == "résumé "


@pytest.mark.parametrize(("language", "encoding"), [("zh", "gb18030"), ("ja", "shift_jis")])
def test_declared_code_page_cut_inside_its_last_character(language: str, encoding: str) -> None:
    text = TEXTS[language][:-1] + "語"
    read = decode(encoded(text, encoding)[:-1], content_type=f"text/html; charset={encoding}")
    assert read.text.startswith(text[:-1])
    assert read.issues == ("encoding_lossy",)


@pytest.mark.parametrize("bad", [b"\xe9", b"\xff", b"\x93", b"\xa0"])
def test_one_stray_byte_leaves_a_page_utf8(bad: bytes) -> None:
    text = page("de") + "“quoted” " * 5
    read = decode(text.encode() + bad + b" end", content_type="text/html")
    assert read.text == text + "\ufffd end"
    assert read.issues == ("encoding_lossy",)


def test_one_stray_byte_leaves_a_page_in_its_declared_code_page() -> None:
    body = TEXTS["ru"].encode("windows-1251") + b" \x98"
    read = decode(body, content_type="text/html; charset=windows-1251")
    assert read.text == TEXTS["ru"] + " \ufffd"
    assert read.issues == ("encoding_lossy",)


def test_replacement_characters_of_the_page_itself_are_no_loss() -> None:
    read = decode("قديم \ufffd تالف".encode())
    assert read.text == "قديم \ufffd تالف"
    assert read.issues == ()


def test_override_counts_more_than_everything_else() -> None:
    body = ARABIC.encode("windows-1256")
    read = decode(body, content_type="text/html; charset=koi8-r", override="windows-1256")
    assert read.text == ARABIC


@pytest.mark.parametrize(
    "name",
    ["", "x-unknown", "base64", "rot13", "undefined", "idna", "punycode", "unicode_escape", "zip",
     "cp037", "none", "\u202e", "a" * 500],
)  # fmt: skip
def test_declarations_that_no_page_can_be_in_are_passed_over(name: str) -> None:
    text = r"ملخص \u0041 +AGE-"
    read = decode(text.encode(), content_type=f"text/html; charset={name}")
    assert read.text == text


@settings(deadline=None)
@given(
    body=st.binary(max_size=300),
    content_type=st.none() | st.text(max_size=40) | st.text().map("text/html; charset=".__add__),
    languages=st.lists(st.sampled_from(["ar", "en", "ja", "xx", "zh", ""]), max_size=3),
)
def test_no_bytes_raise(body: bytes, content_type: str | None, languages: list[str]) -> None:
    read = decode(body, content_type=content_type, languages=languages)
    assert isinstance(read.text, str)


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=["Cc", "Cf", "Cs"]), max_size=200))
def test_utf8_is_read_as_it_is(text: str) -> None:
    assert decode(text.encode(), content_type="text/html").text == text


@settings(deadline=None)
@given(st.text(st.sampled_from("ابتثجحخدذرزسشصضطظعغفقكلمنهويءآأؤإئةى ،؟0aZ<"), min_size=1))
def test_windows_1256_declared_is_read_as_it_is(text: str) -> None:
    read = decode(text.encode("windows-1256"), content_type="text/html; charset=windows-1256")
    utf8_by_chance = read.encoding == "utf-8" and not text.isascii()
    assert utf8_by_chance or read.text == text


SHORT = [
    ("windows-1256", "خبر عاجل من دمشق"),
    ("windows-1255", "חדשות היום מירושלים"),
    ("windows-874", "ข่าววันนี้"),
    ("euc-kr", "오늘의 뉴스"),
    ("gb18030", "今日新闻"),
    ("big5", "今日新聞"),
    ("shift_jis", "今日のニュース"),
    ("euc-jp", "今日のニュース"),
    ("windows-1251", "Новости дня"),
    ("koi8-r", "Новости дня"),
    ("windows-1253", "Ειδήσεις"),
    ("windows-1254", "Bugünün haberleri: yağışlı"),
    ("windows-1250", "Zprávy dne: příliš žluťoučký"),
    ("windows-1252", "Un café, por favor"),
]


@pytest.mark.parametrize(("encoding", "text"), SHORT)
def test_few_words_that_declare_nothing_are_read_by_their_letters(encoding: str, text: str) -> None:
    body = f"<html><head><title>{text}</title></head><body><a href=/1>{text}</a></body></html>"
    read = decode(encoded(body, encoding), content_type="text/html")
    assert read.text == body
    assert read.issues[0] == f"encoding_guessed:{read.encoding}"


@pytest.mark.parametrize(("language", "encoding"), IN_USE)
def test_a_page_that_declares_nothing_is_read_by_its_letters(language: str, encoding: str) -> None:
    text = page(language)
    assert decode(encoded(text, encoding)).text == text


@pytest.mark.parametrize(
    ("text", "encoding"),
    [("Łąka", "windows-1250"), ("señor", "windows-1252"), ("price: 5 £", "windows-1252"),
     ("ÄÖÜ", "windows-1252")],
)  # fmt: skip
def test_too_few_letters_leave_a_doubt(text: str, encoding: str) -> None:
    read = decode(text.encode(encoding), content_type="text/html")
    assert f"encoding_uncertain:{read.encoding}" in read.issues
    assert f"encoding_guessed:{read.encoding}" in read.issues
