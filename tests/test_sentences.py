"""Sentences of many languages, and the law that nothing is lost between them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normalize.translate.sentences import split_sentences

# Each case writes "|" where one sentence ends and the next begins.
CASES = [
    ("en", "We show this. |It works! |Does it? |Yes."),
    ("en", "We use e.g. BERT (see Fig. 3). |Results by J. K. Smith et al. [12] are better."),
    ("en", "It is 3.5 times faster (cf. Sec. 2.1). |See p. 5 and Eq. 7. |Done."),
    ("en", "Dr. Jones met Ph.D. students. |U.S. forces left. |He said so."),
    ("en", "1. Introduction. |We begin."),
    ("en", '"Is it?" he asked. |"Yes." |Then he left.'),
    ("en", "One line\n|another line\n\n|a third"),
    ("en", "He came … and went. |Wait... what?"),
    ("en", "Version 2.0 of model.py is out. |Use it."),
    ("en", "all in small letters. |still two sentences, e.g. this one."),
    ("ar", "قال د. أحمد في ص. 12 من الكتاب. |هل هذا صحيح؟ |نعم، هو كذلك."),
    ("ar", "ولد سنة 1445 هـ. في مكة؛ ثم رحل. |وعاد بعد عام!"),
    ("ar", "نقترح طريقة أ. د. سالم للكشف. |تعمل جيدا."),
    ("ur", "یہ ایک جملہ ہے۔ |یہ دوسرا ہے؟ |ہاں"),
    ("fa", "این یک جمله است. |آیا درست است؟ |بله."),
    ("zh", "我们提出了一种方法。|它有效吗？|是的！|好"),
    ("zh", "他说：“它有效。”|然后走了。"),
    ("zt", "這是測試。|好的。"),
    ("ja", "これはテストです。|本当ですか？|はい！|「そうです。」と言った。"),
    ("ko", "이것은 시험이다. |좋다! |정말요? |네."),
    ("km", "នេះជាការសាកល្បង។ |យើងស្នើវិធីថ្មី។"),
    ("hi", "यह परीक्षण है। |हम नई विधि देते हैं।"),
    ("am", "ይህ ሙከራ ነው። |ጥሩ ነው።"),
    ("hy", "Սա փորձ է։ |Լավ է։"),
    ("de", "Das ist z.B. gut. |Am 3. Mai kam Dr. Müller. |Er ging."),
    ("fr", "Bonjour ! |Ça va ? |M. Dupont est là, cf. p. 12."),
    ("es", "¡Hola! |¿Qué tal? |El Sr. Pérez llegó."),
    ("ru", "Он жил в г. Москве, т.е. в столице. |Потом приехал А. С. Пушкин. |Да?"),
    ("el", "Τι κάνεις; |Καλά."),
    ("en", "(It is done.) |She left (see Fig. 3.) before noon."),
    (
        "en",
        "He lives in Washington D.C. |She moved to the U.K. |It rains. |J. R. R. Tolkien wrote.",
    ),
    ("en", "The U.S. Army came."),
    ("fr", "« C’est fini. » |Il part."),
    ("de", "Die Fa. Müller liefert. |Prima."),
    ("he", "פרופ. לוי הגיע. |הוא דיבר."),
    ("hi", "डॉ. शर्मा आए। |वे बोले।"),
    ("vi", "Đây là TP. Hồ Chí Minh. |Nó đẹp."),
    ("sw", "Bw. Juma na Mhe. Asha walifika. |Walizungumza."),
    ("cs", "Je to tzv. model, např. Velký. |Funguje."),
    ("xx", "No such language. |It works."),
]


@pytest.mark.parametrize(("language", "marked"), CASES)
def test_sentences_end_where_they_end(language: str, marked: str) -> None:
    assert split_sentences(marked.replace("|", ""), language) == marked.split("|")


def test_thai_without_full_stops_is_cut_at_spaces() -> None:
    text = "ผลการทดลองแสดงว่าวิธีการใหม่ทำงานได้ดีกว่าวิธีเดิมในทุกกรณี " * 4
    pieces = split_sentences(text, "th")
    assert "".join(pieces) == text
    assert len(pieces) == 4


def test_no_end_is_found_inside_what_is_protected() -> None:
    text = "See <a. B. C> and $x. Y$. Then go."
    spans = [(4, 13), (18, 24)]
    assert split_sentences(text, "en", spans) == ["See <a. B. C> and $x. Y$. ", "Then go."]


@given(
    st.text(
        alphabet=st.sampled_from('aA1 .!?。？؟۔।\n\r\u2028()[]"”»د.ص🙂\ud800X,;ก'), max_size=60
    ),
    st.sampled_from(["en", "ar", "zh", "th", "ja", "de", "hi", "xx", ""]),
)
def test_pieces_joined_give_back_the_text(text: str, language: str) -> None:
    pieces = split_sentences(text, language)
    assert "".join(pieces) == text
    assert all(pieces)
    assert not text.strip() or all(piece.strip() for piece in pieces)


@given(st.text(max_size=80), st.sampled_from(["en", "ar", "zh", "km", "my"]))
def test_any_text_is_divided_without_loss(text: str, language: str) -> None:
    assert "".join(split_sentences(text, language)) == text
