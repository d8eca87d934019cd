"""Bad inputs: a clear typed error or a sound report for each, offline and through a model; none hangs.

Texts that give orders to a model are in `tests/reading/test_injections.py`.
"""

import json
from collections.abc import Callable
from typing import Any

import pytest

from newslens.analyses import FRAMING, STANCE, SUMMARY
from newslens.article.article import Article
from newslens.errors import InputError, NewslensError
from newslens.lens import Lens
from newslens.llm.exchange import Request, Response
from newslens.options import Limits
from newslens.report.data import find_spans
from newslens.report.report import Report

OFFLINE = Lens(offline=True)
CORE = (SUMMARY, STANCE, FRAMING)
BODY = (
    "The council voted on Monday to close the old bridge. Mayor Ana Ruiz called the vote a mistake. "
    "Traders on the north bank fear for their income."
)
BRACES = (
    "{braces} {0} {{}} {article.text} {__class__}",
    "$holes ${targets} $$ $codebook $errors $",
    "%s %d %(name)s %",
    "\\1 \\g<0> \\x00 \\u0041 (?P<a>.*)+$ [a-z]{1,9}",
    "<script>alert(1)</script> <img src=x onerror=alert(1)> &amp; &#x3c;",
    "'; DROP TABLE articles; -- \" or 1=1",
    "../../etc/passwd file:///etc/passwd http://169.254.169.254/",
    "\x1b[31mred\x1b[0m \x1b]0;title\x07 \x9b2J",
)
ODD_CHARACTERS = {
    "nul": "\x00",
    "lone high surrogate": "\ud800",
    "lone low surrogate": "\udfff",
    "rtl override": "\u202e",
    "isolate": "\u2066",
    "bom": "\ufeff",
    "soft hyphen": "\u00ad",
    "zero width joiner": "\u200d",
    "noncharacter": "\uffff",
    "private use": "\ue000",
    "line separator": "\u2028",
    "form feed": "\f",
    "vertical tab": "\v",
    "next line": "\x85",
    "carriage return": "\r",
    "bell": "\a",
    "replacement": "\ufffd",
    "astral": "\U0001f9d1\u200d\U0001f692",
    "flag": "\U0001f1f2\U0001f1fd",
    "combining": "e" + "\u0301" * 50,
    "tag": "\U000e0001",
    "end of text": "<|endoftext|>",
}


def sound_texts() -> dict[str, str]:
    """Odd, and still articles."""
    texts = {f"braces {n}": f"{BODY} {text}" for n, text in enumerate(BRACES)}
    texts |= {
        f"only braces {n}": f"The report says this: {text} and nothing more was said."
        for n, text in enumerate(BRACES[:-1])  # the last is mostly control characters
    }
    texts |= {f"{name} inside": BODY.replace("bridge", f"bri{odd}dge") for name, odd in ODD_CHARACTERS.items()}
    texts |= {f"{name} between": BODY.replace(". ", f".{odd} ") for name, odd in ODD_CHARACTERS.items()}
    return texts | {
        "crlf": BODY.replace(". ", ".\r\n\r\n"),
        "old mac lines": BODY.replace(". ", ".\r\r"),
        "no space at all": BODY.replace(" ", ""),
        "all capitals": BODY.upper(),
        "all lower case": BODY.lower(),
        "no full stop": BODY.replace(".", ""),
        "one sentence a hundred times": BODY * 100,
        "tabs": BODY.replace(" ", "\t"),
        "nbsp everywhere": BODY.replace(" ", "\u00a0"),
        "curly": BODY.replace("called", "called “it”"),
        "unclosed quote": BODY.replace("called", "called “it"),
        "a thousand quotes": BODY + " “" * 1_000,
        "arabic": "قال المتحدث باسم الحكومة يوم الاثنين إن الجسر سيغلق. وانتقد العمدة القرار.",
        "chinese": "市议会周一投票决定关闭这座旧桥。市长称这次投票是一个错误。",
        "spanish": "El alcalde dijo el lunes que el puente cerrará. «No hay dinero», afirmó.",
        "hindi": "परिषद ने सोमवार को पुराना पुल बंद करने के लिए मतदान किया। महापौर ने इसे गलती कहा।",
        "thai": "สภาลงมติเมื่อวันจันทร์ให้ปิดสะพานเก่า นายกเทศมนตรีเรียกว่าเป็นความผิดพลาด",
        "bare url": f"{BODY} https://example.org/{'a' * 5000}",
        "a very long line": " ".join([BODY] * 50),
        "one word a line": BODY.replace(" ", "\n"),
        "table": BODY + "\n\n" + "\n".join("a | b | c" for _ in range(100)),
    }  # fmt: skip


REFUSED: dict[str, Any] = {
    "empty": "",
    "white space": " \n\t\u00a0\r\n ",
    "only boilerplate": "Leave a Reply\n\nYour email address will not be published. Required fields are marked *\n",
    "bytes": b"The council voted.",
    "none": None,
    "a number": 7,
    "a list": ["The council voted."],
    "binary": "PK\x03\x04" + "\x00\x01\x02\x03" * 200,
    "nothing but nuls": "\x00" * 1000,
    "nothing but marks": "\u200b\u202e\ufeff" * 10,
}

LARGE: dict[str, Callable[[int], str]] = {
    "paragraphs": lambda size: (BODY + "\n\n") * (size // len(BODY)),
    "no space": lambda size: "a" * size,
    "brackets": lambda size: "The end. " + "(" * size,
    "line ends": lambda size: BODY + "\n" * size + BODY,
    "combining marks": lambda size: BODY + "e" + "\u0301" * size,
    "quotes": lambda size: BODY + '"' * size,
}


def cites_everything(requests: list[Request]) -> Any:
    async def ask(request: Request) -> Response:
        requests.append(request)
        lines = request.messages[1].content.splitlines()
        number = next((int(line[1 : line.index("]")]) for line in lines if line.startswith("[")), 1)
        summary = {"text": "It says so.", "key_points": [{"text": "It says so.", "evidence": [number]}]}
        said = {"summary": summary, "stances": [], "framing": []}
        return Response(json.dumps({key: said[key] for key in request.schema["properties"]}))

    return ask


def holds(report: Report) -> None:
    assert isinstance(report.article, Article)
    assert all(report.article.text[span.start : span.end] == span.text for span in find_spans(report))
    Report.model_validate_json(report.model_dump_json())
    assert "\x1b" not in str(report)
    assert "<script" not in report._repr_html_()


@pytest.mark.parametrize("text", [pytest.param(text, id=name) for name, text in sound_texts().items()])
def test_an_odd_text_is_kept_stays_in_its_fence_and_gives_a_sound_report(text: str) -> None:
    report = OFFLINE.analyze(text)
    assert isinstance(report.article, Article)
    assert report.article.text == text
    holds(report)

    requests: list[Request] = []
    holds(Lens(analyses=CORE, ask=cites_everything(requests)).analyze(text))
    for request in requests:
        system, material, task = (message.content for message in request.messages)
        first, *inner, last = material.splitlines()
        assert last == first.replace("<", "</")
        assert "ARTICLE" in first
        assert all(line.startswith(("[", "# ")) and line.count("[") <= 1 for line in inner)
        assert not any(set(line) & set("<>\x00\x1b\ud800\udfff\u202e") for line in inner)
        assert "mayor" not in (system + task).lower()
        material.encode()


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_article_is_refused_with_a_reason(name: str) -> None:
    with pytest.raises(InputError) as caught:
        OFFLINE.analyze(REFUSED[name])
    assert len(str(caught.value)) > 20


@pytest.mark.parametrize("size", [20_000, pytest.param(1_000_000, marks=pytest.mark.slow)])
@pytest.mark.parametrize("name", LARGE)
def test_a_large_text_ends(name: str, size: int) -> None:
    text = LARGE[name](size)
    try:
        report = OFFLINE.analyze(text)
    except NewslensError as error:
        said = str(error)
    else:
        assert isinstance(report.article, Article)
        assert report.article.text == text
        return
    assert len(said) < 500  # says what is wrong, and not the text


def test_a_large_text_is_divided_for_a_model() -> None:
    requests: list[Request] = []
    text = (BODY + "\n\n") * 300 + "b" * 20_000 + " end."
    report = Lens(analyses=CORE, ask=cites_everything(requests), limits=Limits(window=6_000, answer=1_000)).analyze(
        text
    )
    assert report.complete
    assert len(requests) > 3
