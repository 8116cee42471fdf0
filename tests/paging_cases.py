"""Ways in which listing pages lead to the next one: the page's address, its markup, the answer.

Markup is written for this table; None stands for a page that is the last, or leads elsewhere.
"""

from __future__ import annotations

LIST = "https://example.org/list"
SECOND = "https://example.org/list?page=2"
THIRD = "https://example.org/list?page=3"

WORDS = (
    "Next", "Next page", "Next →", "Older posts", "« Older entries", "Next 20", "Next (12)",
    "التالي", "التالية", "الصفحة التالية", "التالي »", "المقالات الأقدم", "次へ", "次のページ",
    "次へ >", "下一页", "下一頁", "下页", "다음", "다음 페이지", "הבא", "לעמוד הבא", "Další",
    "Další strana", "अगला", "अगला पृष्ठ", "Weiter", "Nächste Seite", "Ältere Beiträge",
    "Suivant", "Page suivante", "Articles plus anciens", "Далее", "Следующая",
    "Следующая страница", "Siguiente", "Página siguiente", "Entradas antiguas", "Próxima",
    "Próxima página", "Sonraki", "Sonraki sayfa", "بعدی", "صفحه بعدی", "اگلا", "اگلا صفحہ",
    "Następna", "Następna strona", "Starsze wpisy", "Volgende", "Oudere berichten",
    "Successivo", "Pagina successiva", "Επόμενη", "Επόμενη σελίδα", "ถัดไป", "หน้าถัดไป",
    "Tiếp", "Trang sau", "Selanjutnya", "Berikutnya", "Наступна", "Ifuatayo", "পরবর্তী",
    "அடுத்த பக்கம்", "Nästa", "Neste", "Næste", "Seuraava", "Következő", "Următoarea",
    "Следваща", "Sljedeća", "次の10件", "次の6件＞", "次の10件へ", "次の１０件を表示", "後の10件",
    "下10条", "다음 10개", "أخبار سابقة", "過去のお知らせ", "Die nächsten 20", "10 suivants",
)  # fmt: skip
"""Texts of links that lead on, in the languages that the project knows."""

LOAD_MORE = (
    "Load more", "Show more", "المزيد", "عرض المزيد", "もっと見る", "加载更多", "더 보기",
    "טען עוד", "Načíst další", "और लोड करें", "Mehr laden", "Voir plus", "Показать ещё",
    "Cargar más", "Carregar mais", "Daha fazla yükle", "بارگذاری بیشتر", "مزید لوڈ کریں",
    "Załaduj więcej", "Meer laden", "Carica altri", "Φόρτωση περισσότερων", "โหลดเพิ่มเติม",
    "Xem thêm", "Muat lebih banyak", "Показати ще", "Pakia zaidi",
)  # fmt: skip
"""Texts of controls that load the next entries."""

ELSEWHERE = (
    "Next article", "Next post: Ships", "المقال التالي", "次の記事", "下一篇", "다음 글",
    "הפוסט הבא", "Další článek", "अगला लेख", "Nächster Artikel", "Article suivant",
    "Следующая запись", "Siguiente entrada", "Próximo post", "Sonraki yazı", "مطلب بعدی",
    "اگلی خبر", "Następny wpis", "Volgend bericht", "Articolo successivo", "Επόμενο άρθρο",
    "บทความถัดไป", "Bài tiếp theo", "Artikel selanjutnya", "Next month", "الشهر التالي",
    "Newer posts", "Previous", "Last",
)  # fmt: skip
"""Texts of links that do not lead to the next page."""

NUMBERED: tuple[tuple[str, str, str | None], ...] = (
    (LIST, "<p><b>1</b> <a href='?page=2'>2</a> <a href='?page=3'>3</a></p>", SECOND),
    (SECOND, "<p><a href='?page=1'>1</a> <b>2</b> <a href='?page=3'>3</a></p>", THIRD),
    (SECOND, "<p><a href='?page=1'>1</a> 2 <a href='?page=3'>3</a></p>", THIRD),
    (LIST, "<div>1 <a href='?page=2'>2</a> <a href='?page=9'>9</a></div>", SECOND),
    (LIST, "<div>Page 1 | <a href='?page=2'>2</a> | <a href='?page=3'>3</a></div>", SECOND),
    (LIST, "<div>[1] <a href='?page=2'>[2]</a> <a href='?page=3'>[3]</a></div>", SECOND),
    (
        SECOND,
        (
            "<ul><li><a href='?page=1'>1</a><li class=active><a href='?page=2'>2</a>"
            "<li><a href='?page=3'>3</a></ul>"
        ),
        THIRD,
    ),
    (
        SECOND,
        (
            "<ul><li><a href='?page=1'>1</a><li><a aria-current=page href='?page=2'>2</a>"
            "<li><a href='?page=3'>3</a></ul>"
        ),
        THIRD,
    ),
    (
        SECOND,
        (
            "<ul><li><a href='?page=1'>1</a><li><a class='page-link current' href='#'>2</a>"
            "<li><a href='?page=3'>3</a></ul>"
        ),
        THIRD,
    ),
    (SECOND, "<p><a href='?page=1'>1</a><a href='?page=2'>2</a><a href='?page=3'>3</a></p>", THIRD),
    (LIST, "<nav class=pagination><a href='?page=1'>1</a><a href='?page=2'>2</a></nav>", SECOND),
    (LIST, "<div class=paging><a href='?page=2'>2</a><a href='?page=3'>3</a></div>", SECOND),
    (
        LIST,
        "<table><tr><td>1<td><a href='?page=2'>2</a><td><a href='?page=3'>3</a></table>",
        SECOND,
    ),
    (LIST, "<p><span>١</span> <a href='?page=2'>٢</a> <a href='?page=3'>٣</a></p>", SECOND),
    (
        LIST,
        "<html dir=rtl><p><span>۱</span> <a href='?page=2'>۲</a> <a href='?page=3'>۳</a></p>",
        SECOND,
    ),
    (LIST, "<p><strong>१</strong> <a href='?page=2'>२</a></p>", SECOND),
    (
        LIST,
        "<p><em>1</em> <a href='?start=10'>2</a> <a href='?start=20'>3</a></p>",
        "https://example.org/list?start=10",
    ),
    (
        "https://example.org/list?start=10",
        "<p><a href='?start=0'>1</a> <em>2</em> <a href='?start=20'>3</a></p>",
        "https://example.org/list?start=20",
    ),
    (
        LIST,
        "<p><span>1</span><a href='/list/page/2/'>2</a></p>",
        "https://example.org/list/page/2/",
    ),
    (LIST, "<p><span>1</span><a href='/list/2'>2</a></p>", "https://example.org/list/2"),
    (
        "https://example.org/list_1.html",
        "<p><span>1</span><a href='list_2.html'>2</a><a href='list_3.html'>3</a></p>",
        "https://example.org/list_2.html",
    ),
    # A site that counts its pages downwards.
    (
        "https://example.org/list_9.html",
        "<p><span>1</span><a href='list_8.html'>2</a><a href='list_7.html'>3</a></p>",
        "https://example.org/list_8.html",
    ),
    # The word leads ten pages on, the numbers one.
    (
        LIST,
        (
            "<div class=paging><b>1</b><a href='?page=2'>2</a><a href='?page=10'>10</a>"
            "<a href='?page=11'>다음</a></div>"
        ),
        SECOND,
    ),
    (
        "https://example.org/list?page=10",
        "<div class=paging><a href='?page=9'>9</a><b>10</b><a href='?page=11'>다음</a></div>",
        "https://example.org/list?page=11",
    ),
    (LIST, "<select><option value='?page=1' selected>1<option value='?page=2'>2</select>", SECOND),
    (LIST, "<p><b>Page 1</b> <a href='?page=2'>Page 2</a></p>", SECOND),
    # The last page; numbers of entries a page; years; a rating; other counts.
    (THIRD, "<p><a href='?page=1'>1</a> <a href='?page=2'>2</a> <b>3</b></p>", None),
    (LIST, "<p>Show <b>10</b> <a href='?n=20'>20</a> <a href='?n=50'>50</a></p>", None),
    (LIST, "<p><a href='/2022/'>2022</a> <b>2023</b> <a href='/2024/'>2024</a></p>", None),
    (LIST, "<p><a href='/a'>Ships</a> <a href='/a#comments'>3</a></p>", None),
)
"""Rows of page numbers."""

CONTROLS: tuple[tuple[str, str, str | None], ...] = (
    (LIST, "<button data-url='/list?page=2'>Load more</button>", SECOND),
    (LIST, "<button data-href='?page=2'>المزيد</button>", SECOND),
    (LIST, "<button class=load-more data-url='?page=2'><svg></svg></button>", SECOND),
    (LIST, "<div data-next-url='?page=2'></div>", SECOND),
    (LIST, "<ul data-next-page-url='/list?page=2'><li>x</ul>", SECOND),
    (LIST, "<button hx-get='/list?page=2' hx-target='#list'>もっと見る</button>", SECOND),
    (LIST, "<div hx-get='/list?page=2' hx-trigger='revealed'></div>", SECOND),
    (LIST, "<a href='#' data-url='?page=2'>加载更多</a>", SECOND),
    (LIST, "<span class='show-more' data-ajax-url='/list?page=2'>+</span>", SECOND),
    (LIST, "<button data-url='https://elsewhere.example.com/list?page=2'>Load more</button>", None),
    (LIST, "<button class=share data-url='https://example.org/a'>Share</button>", None),
    (LIST, "<button data-next=2>Load more</button>", None),
    (LIST, "<a href='/a'>More</a>", None),
    (LIST, "<a href='/sports/'>المزيد</a>", None),
)
"""Controls that load more."""

ARROWS: tuple[tuple[str, str, str | None], ...] = (
    (SECOND, "<a href='?page=1'>‹</a><a href='?page=3'>›</a>", THIRD),
    (SECOND, "<a href='?page=1'>←</a><a href='?page=3'>→</a>", THIRD),
    (SECOND, "<html dir=rtl><a href='?page=1'>→</a><a href='?page=3'>←</a>", THIRD),
    (SECOND, "<html dir=rtl><a href='?page=1'>‹</a><a href='?page=3'>›</a>", THIRD),
    (SECOND, "<html dir=rtl><a href='?page=1'>›</a><a href='?page=3'>‹</a>", THIRD),
    (SECOND, "<body dir=RTL><a href='?page=1'>←</a>", None),
    (SECOND, "<a href='?page=3'><i class=material-icons>chevron_right</i></a>", THIRD),
    (LIST, "<div class=pager><a href='?page=2'>›</a><a href='?page=40'>»</a></div>", SECOND),
    (LIST, "<div class=pager><a href='?after=x9'>›</a></div>", "https://example.org/list?after=x9"),
    (LIST, "<a href='/about'>›</a>", None),
    (LIST, "<a href='/a'>→</a>", None),
)
"""Arrows, in both directions of writing."""

MIXED: tuple[tuple[str, str, str | None], ...] = (
    # A slider's, a calendar's and an article's "next" beside the list's pages, and alone.
    (
        LIST,
        (
            "<div class=carousel><a class=next href='/a'>Next</a></div><p><b>1</b>"
            "<a href='?page=2'>2</a></p>"
        ),
        SECOND,
    ),
    (
        LIST,
        (
            "<table id=wp-calendar><tr><td><a href='/2024/06/'>June »</a></table>"
            "<div class=nav-links><a class='next page-numbers' href='/list/page/2/'>»</a></div>"
        ),
        "https://example.org/list/page/2/",
    ),
    (LIST, "<div class=calendar><a href='/2024/06/' rel=next>Next</a></div>", None),
    (LIST, "<nav class=post-navigation><a rel=next href='/b'>Ships that pass</a></nav>", None),
    (LIST, "<a rel=next href='/b'>Next post: Ships</a><a href='?page=2'>Older posts</a>", SECOND),
    (LIST, "<div id=comments><a href='/list/comment-page-2/'>Next</a></div>", None),
    (LIST, "<nav><a href='/next'>Next</a></nav>", None),
    # "Next" leads back to newer entries, "previous" on to older ones.
    (
        THIRD,
        (
            "<div class=navigation><a href='?page=4'>« Previous Entries</a>"
            "<a href='?page=2'>Next Entries »</a></div>"
        ),
        "https://example.org/list?page=4",
    ),
    (LIST, "<a href='?page=2' class=newer>Newer posts</a>", None),
    # The relation of the head, though the page shows nothing.
    (LIST, "<head><link rel=next href='/list/older-than-5'></head><p>x", LIST + "/older-than-5"),
    (
        LIST,
        "<link rel=next href='/b'><p><b>1</b> <a href='?page=2'>2</a> <a href='?page=3'>3</a>",
        SECOND,
    ),
    # A cursor, and a sorting that is none.
    (LIST, "<a href='?cursor=abc'>Next</a>", "https://example.org/list?cursor=abc"),
    (LIST, "<a href='?sort=date'>Date</a>", None),
    (
        LIST,
        "<div class=pagination><a href='/list-b/'>Weiter</a></div>",
        "https://example.org/list-b/",
    ),
    (LIST, "<li class=pager-next><a href='?page=2'>x</a></li>", SECOND),
    (LIST, "<a class=nextpostslink href='?page=2'>x</a>", SECOND),
    (LIST, "<a href='?page=2'><img src=/n.gif alt='Next page'></a>", SECOND),
    (LIST, "<a href='?page=2'>التالي<svg></svg></a>", SECOND),
    (LIST, "<a href='https://elsewhere.example.com/list?page=2'>التالي</a>", None),
    (
        LIST,
        "<a href='https://www.example.org/list?page=2'>Next</a>",
        "https://www.example.org/list?page=2",
    ),
)
"""Pages with more than one thing that could lead on."""
