import json
import logging
import re
import sys
from datetime import UTC, date, datetime, timedelta, timezone
from html import unescape
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from newslens.article.dates import parse_moment
from newslens.article.html import Extracted, from_html, join_names, prepend_title
from newslens.errors import InputError, MissingExtra

SEED = Path(__file__).parents[2] / "seeds" / "harbour-bridge-closure.html"
STORY = (
    "The council will close the bridge for nine weeks, it said on Tuesday, after engineers found cracks in the deck.",
    "Traders on the quay said they had been told too late, and asked for money to make up for the loss of trade.",
    "The repair is expected to cost four million pounds, and the work will begin in the middle of March.",
)


def page(*paragraphs: str, head: str = "", before: str = "", lang: str = "en") -> str:
    body = "".join(f"<p>{paragraph}</p>\n" for paragraph in paragraphs or STORY)
    return (
        f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8">{head}</head>'
        f"<body><article>{before}{body}</article></body></html>"
    )


def linked(content: str) -> str:
    return f'<script type="application/ld+json">{content}</script>'


def test_the_seed_page_gives_the_whole_story_and_its_metadata() -> None:
    found = from_html(SEED.read_bytes())
    assert found == Extracted(
        text=found.text,
        title="Harbour Bridge to close for nine weeks as inspectors find cracks",
        byline="Mara Ellison and Tom Adeyemi",
        outlet="Wexcombe Courier",
        published=datetime(2026, 3, 3, 17, 42, tzinfo=UTC),
        url="https://www.wexcombecourier.example/news/2026/03/harbour-bridge-closure/",
        language="en-GB",
    )


def test_the_text_of_the_seed_page_is_every_paragraph_of_the_story_and_nothing_else() -> None:
    """The expected text comes from the page's own markup, read by other means."""
    source = SEED.read_text(encoding="utf-8")
    body = source.split('<div class="article-body"', 1)[1].split("</article>", 1)[0]
    body = body.split("<aside", 1)[0]
    body = re.sub(r"<figure.*?</figure>|<div class=\"newsletter.*?</div>", "", body, flags=re.DOTALL)
    expected = [re.sub(r"<[^>]+>", "", block) for block in re.findall(r"<(?:p|h2|li)>(.*?)</(?:p|h2|li)>", body)]
    title, *blocks = re.split(r"\n+", from_html(source).text)
    assert title == "Harbour Bridge to close for nine weeks as inspectors find cracks"
    assert [block.removeprefix("- ") for block in blocks] == [" ".join(unescape(block).split()) for block in expected]
    assert len(expected) == 15


def test_the_headline_that_the_story_shows_wins_over_the_one_for_search_engines() -> None:
    head = '<meta property="og:title" content="Bridge: all you need to know">' + linked(
        '{"@type": "NewsArticle", "headline": "Bridge closure explained"}'
    )
    found = from_html(page(head=head, before="<h1>Bridge to close for nine weeks</h1>"))
    assert found.title == "Bridge to close for nine weeks"
    assert found.text == "\n\n".join(("Bridge to close for nine weeks", *STORY))


def test_without_a_stated_title_no_heading_of_the_story_becomes_one() -> None:
    found = from_html(page(STORY[0], STORY[1], "</p><h2>Cost</h2><p>" + STORY[2]))
    assert (found.title, found.text) == (None, "\n\n".join((*STORY[:2], "Cost", STORY[2])))


def test_paragraphs_and_headings_stand_apart_and_lists_stay_together() -> None:
    found = from_html(page(STORY[0], STORY[1] + "<h2>Cost</h2>" + f"<ul><li>one</li><li>two</li></ul><p>{STORY[2]}"))
    assert found.text == "\n\n".join((STORY[0], STORY[1], "Cost", "- one\n- two", STORY[2]))


@pytest.mark.parametrize(
    ("head", "before", "title"),
    [
        ("<title>Bridge to close</title>", "<h1>Bridge to close</h1>", "Bridge to close"),
        ("<title>Bridge to close | The Courier</title>", "<h1>Bridge to close</h1>", "Bridge to close"),
        (
            '<meta property="og:title" content="Bridge to close - The Courier">',
            "<h1>Bridge to close</h1>",
            "Bridge to close",
        ),
        (
            '<meta property="og:title" content="\'Too late\' for bridge">',
            "<h1>‘Too late’ for bridge</h1>",
            "‘Too late’ for bridge",
        ),
        (linked('{"@type": "NewsArticle", "headline": "Tarn &amp; Vale"}'), "<h1>Tarn &amp; Vale</h1>", "Tarn & Vale"),
        ('<meta property="og:title" content="Bridge to close">', "", "Bridge to close"),
    ],
)
def test_the_title_is_the_first_paragraph_once_and_without_the_site(head: str, before: str, title: str) -> None:
    html = page(head=head, before=before)
    for one in (html, html.replace("article>", "div>")):
        found = from_html(one)
        assert (found.title, found.text) == (title, "\n\n".join((title, *STORY)))


CEST = timezone(timedelta(hours=2))


@pytest.mark.parametrize(
    ("head", "published"),
    [
        (
            '<meta property="article:published_time" content="2026-05-03T17:42:00+02:00">',
            datetime(2026, 5, 3, 17, 42, tzinfo=CEST),
        ),
        (
            linked('{"@graph": [{"@type": ["Thing", "NewsArticle"], "datePublished": "2026-05-03T17:42:00Z"}]}'),
            datetime(2026, 5, 3, 17, 42, tzinfo=UTC),
        ),
        (
            linked('{"@type": "Organization", "datePublished": "2001-01-01"}')
            + '<meta name="date" content="2026-05-03">',
            date(2026, 5, 3),
        ),
        (
            linked('{"@type": "NewsArticle", "datePublished": "2026-05-03"}')
            + '<meta property="article:published_time" content="2026-05-03T01:02:03">',
            datetime(2026, 5, 3, 1, 2, 3),  # noqa: DTZ001 - the page states no zone
        ),
        ('<meta property="article:published_time" content="0001-01-01T00:00:00Z">', None),
        ('<meta property="article:published_time" content="yesterday">', None),
        ("", None),
    ],
)
def test_the_time_is_kept_where_the_page_states_it(head: str, published: datetime | date | None) -> None:
    assert from_html(page(head=head)).published == published


STATED_DATES: list[tuple[object, datetime | date | None]] = [
    ("2026-05-03", date(2026, 5, 3)),
    ("2026-05-03 10:00:00", datetime(2026, 5, 3, 10)),  # noqa: DTZ001 - none is stated
    ("Sun, 03 May 2026 10:00:00 +0000", datetime(2026, 5, 3, 10, tzinfo=UTC)),
    (" 2026-05-03\n", date(2026, 5, 3)),
    ("3 May", None),
    ("1970-01-01T00:00:00Z", None),
    ("", None),
    (None, None),
    (20260503, None),
]


def test_a_date_is_read_or_left_out() -> None:
    for stated, read in STATED_DATES:
        assert parse_moment(stated) == read
        assert type(parse_moment(stated)) is type(read)


@given(st.text())
@example("Mon, 99 Zzz 99999999999999999999 99:99:99 +9999")
def test_no_text_breaks_the_reading_of_dates(text: str) -> None:
    assert parse_moment(text) is None or isinstance(parse_moment(text), date)


@pytest.mark.parametrize(
    ("names", "byline"),
    [([], None), (["A B"], "A B"), (["A B", "C D"], "A B and C D"), (["A", "B", " C ", "A", ""], "A, B and C")],
)
def test_authors_are_joined_for_reading(names: list[str], byline: str | None) -> None:
    assert join_names(names) == byline


@given(st.text(alphabet="ab \n-’'", max_size=60), st.text(alphabet="ab", min_size=1, max_size=3))
def test_the_title_opens_the_text_whatever_the_body(body: str, title: str) -> None:
    assert prepend_title(title, body).partition("\n\n")[0] == title
    assert prepend_title(title, prepend_title(title, body)) == prepend_title(title, body)


PLACE = "café – “naïve” Übergröße"


@pytest.mark.parametrize(
    ("content", "charset"),
    [
        (page(*STORY, PLACE).encode(), None),
        (page(*STORY, PLACE).encode(), "iso-8859-1"),  # the server is wrong
        (page(*STORY, PLACE).encode("utf-8-sig"), "cp1251"),
        (page(*STORY, PLACE).encode("utf-16"), None),
        (page(*STORY, PLACE).replace("utf-8", "utf-16").encode(), None),
        (page(*STORY, PLACE).encode("cp1252"), "ISO-8859-1"),  # browsers read cp1252 for it
        (page(*STORY, PLACE).replace("utf-8", "windows-1252").encode("cp1252"), None),
        (page(*STORY, PLACE).replace("utf-8", "windows-1252").encode("cp1252"), "punycode"),  # no charset at all
        (page(*STORY, PLACE).encode("utf-16-le"), "utf-16-le"),
    ],
)
def test_bytes_are_decoded_without_garbling(content: bytes, charset: str | None) -> None:
    assert from_html(content, charset=charset).text == "\n\n".join((*STORY, PLACE))


@pytest.mark.parametrize(
    ("encoding", "paragraph"),
    [
        (
            "cp1252",
            "Le conseil a décidé de fermer le pont à la circulation, après l’été, et les commerçants sont inquiets.",
        ),
        ("cp1251", "Совет решил закрыть мост на девять недель, и торговцы недовольны этим решением."),
        ("gb18030", "市议会周二决定关闭大桥九周。商人们很生气。他们说通知来得太晚了。"),
    ],
)
def test_an_encoding_that_nobody_declares_is_detected(encoding: str, paragraph: str) -> None:
    content = page(paragraph, paragraph[:-1]).replace("utf-8", "no-such-charset").encode(encoding)
    assert from_html(content).text == f"{paragraph}\n\n{paragraph[:-1]}"


def test_one_damaged_byte_stays_visible_and_does_not_garble_the_rest() -> None:
    content = page(*STORY, PLACE).encode().replace("–".encode(), b"\xff")
    assert from_html(content).text.endswith("café � “naïve” Übergröße")


def test_an_encoding_that_cannot_be_told_is_an_error_and_not_a_guess() -> None:
    content = page("Şoförler başka yoldan gidecek, işçiler kızgın.").replace("utf-8", "").encode("cp1254")
    with pytest.raises(
        InputError, match=r"declares no encoding that fits it \(candidates: .*\)\. State it with charset="
    ):
        from_html(content)


@pytest.mark.parametrize(
    ("html", "message"),
    [
        ("", "only plain text"),
        ("a story without tags, 3 < 4", "only plain text"),
        ("<html><body></body></html>", "no article in the page, only 0 words outside of scripts"),
        (
            "<html><body><div id=root></div><script>x()</script><script src=a></script></body></html>",
            "only 0 words",
        ),
        (
            "<html><body><noscript>Please enable JavaScript to go on.</noscript><script>x()</script></body></html>",
            "needs JavaScript",
        ),
        ("<html><body><p>We use cookies.</p><button>Accept all</button></body></html>", "cookie wall"),
        ("<html><body><h1>Just a moment</h1><p>Verify you are human.</p></body></html>", "check for robots"),
        (page("The first sentence of a long read.", "Subscribe to continue reading."), "paywall"),
    ],
)
def test_a_page_without_an_article_says_what_it_is(html: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        from_html(html)


@pytest.mark.parametrize(
    "story",
    [
        ("The union said on Tuesday that it would not accept all of the terms, and gave no consent to the plan.",),
        (*STORY, "The regulator found that the council must not use cookies without consent.", *map(str.upper, STORY)),
    ],
)
def test_a_story_that_speaks_of_such_things_is_a_story(story: tuple[str, ...]) -> None:
    assert from_html(page(*story)).text == "\n\n".join(story)


def test_scripts_styles_comments_and_templates_never_reach_the_text() -> None:
    junk = "<script>alert('LEAK')</script><style>.LEAK{}</style><!-- LEAK --><template><p>LEAK LEAK</p></template>"
    assert from_html(page(STORY[0] + junk, *STORY[1:], before=junk)).text == "\n\n".join(STORY)


def test_markup_that_is_text_stays_text() -> None:
    typed = "He typed &lt;script&gt;alert(1)&lt;/script&gt; and {braces} and &lt;|endoftext|&gt; into the form."
    assert from_html(page(*STORY, typed)).text.endswith(unescape(typed))


@pytest.mark.parametrize(
    "html",
    [
        "<p>" + "</p><p>".join(STORY),
        "<article><h2>x</h2><p>" + "<p>".join(STORY) + "</div></span></article></html></html>",
        "<HTML><BODY><P>" + "<P>".join(STORY),
        page(*(f"{paragraph}\x00\ud800\x0b" for paragraph in STORY)),
        page(*(f"\u202e{paragraph}" for paragraph in STORY)),
    ],
)
def test_broken_markup_and_odd_characters_still_give_the_story(html: str) -> None:
    text = from_html(html).text
    assert all(paragraph in text for paragraph in STORY)
    assert not re.search(r"[\x00\x0b\ud800-\udfff]", text)


def test_the_address_that_was_asked_for_wins_over_what_the_page_claims() -> None:
    canonical = '<link rel="canonical" href="https://elsewhere.example/b">'
    assert from_html(page(head=canonical), url="https://a.example/a").url == "https://a.example/a"
    assert from_html(page(head=canonical)).url == "https://elsewhere.example/b"


def outcome(html: str) -> str:
    """The text, or the message that says why there is none."""
    try:
        return from_html(html).text
    except InputError as refused:
        return str(refused)


MANY = 30_000
BOMBS = {
    "nested tags": page("<div>" * 100_000 + STORY[0]),
    "nested inline tags": page(*STORY, "<b>" * 100_000),
    "many tags": page("<i>a</i>" * 60_000),
    "many attributes": page(before="<div " + " ".join(f"a{i}='x'" for i in range(MANY)) + ">"),
    "attributes behind a false quotation mark": page(before='<div ="' + " ".join(f"a{i}" for i in range(MANY)) + '">'),
    "many tags with many attributes": page(before=("<i " + " ".join(f"a{i}" for i in range(490)) + ">") * 300),
    "a long attribute": page(before="<div class='" + "x " * 1_000_000 + "'>"),
    "open quotation marks": page(before='<a b="' * MANY),
    "open tags": page(before="<a " * MANY),
    "open comments": page(before="<!-- " * MANY),
    "markup in a description": page(head="<meta name='description' content='" + "<" * MANY + "'>"),
    "authors": page(head="".join(f"<meta name='author' content='{'a;b;' * 70}'>" for _ in range(2_000))),
    "markup in linked data": page(head=linked('{"@type": "NewsArticle", "a": "' + "<" * MANY + '"}')),
    "escapes in linked data": page(head=linked('{"' + '\\"' * MANY)),
    "nested linked data": page(head=linked("[" * MANY)),
    "unclosed linked data": page(head=linked('"@type":[' * MANY)),
    "authors in linked data": page(head=linked('{"@type": "NewsArticle", "author": [' + '"a b",' * MANY + '"c"]}')),
    "one long word": page("w" * 500_000),
    "line ends": page("\n" * 200_000 + STORY[0]),
    "open scripts": page(before="<script> " * MANY),
    "a tag split by a comment": page(before="<div <!-- --> " + " ".join(f"a{i}" for i in range(MANY)) + ">"),
    "a tag inside a comment that has ended": page(
        before="<!--><div " + " ".join(f"a{i}" for i in range(MANY)) + ">-->"
    ),
    "first-level headings": page(before="<h1>a b c</h1>" * 1_000),
    "too long": page("w " * 5_100_000),
}


@pytest.mark.parametrize("html", BOMBS.values(), ids=BOMBS)
def test_a_hostile_page_ends_soon_in_a_text_or_an_input_error(html: str) -> None:
    """Without the limits most of these take minutes to hours; with them each takes under 2 s of CPU."""
    assert outcome(html)


@settings(max_examples=40)
@given(st.text(alphabet="<>/=\"'! abp-&;\n", max_size=300))
def test_any_markup_gives_a_text_or_an_input_error(markup: str) -> None:
    assert outcome(f"<p>{markup}").strip()


MINIFIED = "for(i=0;i<n;i++){" + "".join(f"a{i}=b{i};" for i in range(2_000)) + "}"


@pytest.mark.parametrize(
    "junk", [f"<script>{MINIFIED}</script>", f"<STYLE>{MINIFIED}</STYLE>", f"<!-- {MINIFIED} -->", "<!-->"]
)
def test_markup_inside_scripts_styles_and_comments_is_not_counted(junk: str) -> None:
    assert from_html(page(*STORY, head=junk, before=junk)).text == "\n\n".join(STORY)


def test_a_story_that_stands_in_the_linked_data_only_is_read_from_there() -> None:
    head = linked(json.dumps({"@type": "NewsArticle", "headline": "Bridge", "articleBody": "\n".join(STORY)}))
    found = from_html(f"<html><head>{head}</head><body><div id=root></div><script>draw()</script></body></html>")
    assert found.text == "\n\n".join(("Bridge", *STORY))


def test_a_page_with_nothing_but_its_title_has_no_body() -> None:
    html = "<title>Bridge to close</title><body><h1>Bridge to close</h1><p>Bridge to close</p></body>"
    assert from_html(html).text == "Bridge to close"


UNKNOWN_LABELS: list[str] = [
    "hex",
    "zlib",
    "rot13",
    "base64",
    "uu",
    "bz2",
    "quopri",
    "punycode",
    "undefined",
    "replacement",
    "a\x00b",
    "�",
]


def test_a_label_that_browsers_do_not_know_is_ignored() -> None:
    for label in UNKNOWN_LABELS:
        content = page(*STORY, PLACE).replace("utf-8", "windows-1252").encode("cp1252")
        assert from_html(content, charset=label).text == "\n\n".join((*STORY, PLACE))
        declared = page(*STORY, PLACE).replace("utf-8", label).encode("utf-8", "replace")
        assert from_html(declared).text == "\n\n".join((*STORY, PLACE))


def test_a_page_that_the_parser_would_cut_short_is_refused() -> None:
    assert from_html(page(*STORY[:2], "<b>" * 200 + STORY[2])).text == "\n\n".join(STORY)
    with pytest.raises(InputError, match="more than 253 deep"):
        from_html(page(*STORY[:2], "<b>" * 300 + STORY[2]))


def test_nothing_is_printed_or_logged_to_the_root(
    capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(InputError):
        from_html("<html><body></body></html>")
    from_html(page(head=linked("{broken")))
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []
    assert capfd.readouterr() == ("", "")


def test_without_trafilatura_the_error_has_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "trafilatura", None)
    with pytest.raises(MissingExtra, match=re.escape("pip install 'newslens-kit[web]'")):
        from_html(page())
