"""The cassettes hold no secret and nobody's home, no test is missing for one, and their format is exact."""

import copy
import json
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import vcr_format
import yaml
from conftest import _bare_request, _bare_response
from hypothesis import given
from hypothesis import strategies as st

pytest_plugins = ["pytester"]

TESTS = Path(__file__).parent
CASSETTES = sorted((TESTS.parent / "cassettes").glob("**/*"))
FILES = [path for path in CASSETTES if path.is_file()]

HEADERS = {"content-type", "x-request-id"}
HOSTS = {"127.0.0.1", "localhost", "api.openai.com"}
SECRETS = {
    "authorization": re.compile(r"\bauthorization\b|\bbearer\s", re.IGNORECASE),
    "API key": re.compile(r"\b(?:sk|pk|key)-[A-Za-z0-9_-]{8,}|\bapi[-_]?key\b", re.IGNORECASE),
    "cookie": re.compile(r"\bcookie\b|\b__cf_bm\b", re.IGNORECASE),
    "home": re.compile(r"/home/|/Users/|/root/|[A-Z]:\\Users"),
    "path of a model": re.compile(r"[\w./\\-]*[/\\][\w.-]+\.gguf"),
}
URL = re.compile(r"\bhttps?://(?:[^\s/@]*@)?([^\s/:\"'?#]+)")


def names(paths: list[Path]) -> list[str]:
    return [f"{path.parent.name}/{path.stem}" for path in paths]


@pytest.mark.parametrize("path", FILES, ids=names(FILES))
def test_a_cassette_holds_no_secret(path: Path) -> None:
    assert path.suffix == ".yaml"
    assert leaks(path.read_text(encoding="utf-8")) == []


def leaks(text: str) -> list[str]:
    """What is in a cassette and must not be, headers that nobody allowed included."""
    found = [name for name, pattern in SECRETS.items() if pattern.search(text)]
    found += [f"host {host}" for host in URL.findall(text) if host not in HOSTS]
    for interaction in yaml.safe_load(text)["interactions"]:
        for side in ("request", "response"):
            headers = {name.lower() for name in interaction[side]["headers"]}
            found += [
                f"header {name}"
                for name in sorted(headers - HEADERS)
                if not name.startswith(("retry-after", "x-ratelimit-"))
            ]
    return found


def cassette(*, body: str = "{}", uri: str = "http://127.0.0.1:9/v1", headers: Any = None, said: str = "") -> Any:
    request = {"method": "POST", "uri": uri, "body": body, "headers": headers or {}}
    response = {"status": {"code": 200, "message": "OK"}, "headers": {}, "body": {"string": said}}
    return {"version": 1, "interactions": [{"request": request, "response": response}]}


PLANTED: list[tuple[dict[str, Any], list[str]]] = [
    ({}, []),
    ({"headers": {"Authorization": ["Bearer x"]}}, ["authorization", "header authorization"]),
    ({"said": "the key sk-proj-abcdefgh12 is wrong"}, ["API key"]),
    ({"headers": {"set-cookie": ["a"]}}, ["cookie", "header set-cookie"]),
    ({"said": '{"path":"/home/ann/x"}'}, ["home"]),
    ({"said": '{"model":"models/tiny.gguf"}'}, ["path of a model"]),
    ({"uri": "https://intra.example.org/v1"}, ["host intra.example.org"]),
    ({"uri": "https://u:p@intra.example.org:8443/v1"}, ["host intra.example.org"]),
    ({"headers": {"x-ratelimit-reset": ["1s"], "Retry-After": ["1"]}}, []),
]


@pytest.mark.parametrize(("planted", "found"), PLANTED)
def test_the_sweep_finds_what_is_planted(planted: dict[str, Any], found: list[str]) -> None:
    assert leaks(vcr_format.serialize(cassette(**planted))) == found


@pytest.mark.parametrize("path", FILES, ids=names(FILES))
def test_a_cassette_belongs_to_a_recorded_test(path: Path) -> None:
    """Which parameters the test has is seen at the end of a run, see `Recordings`."""
    function = re.escape(path.stem.partition("[")[0].rpartition(".")[2])
    (module,) = TESTS.rglob(f"{path.parent.name}.py")
    source = module.read_text(encoding="utf-8")
    assert re.search(rf"^ *(?:async )?def {function}\(", source, re.MULTILINE)
    assert "pytest.mark.vcr" in source


@pytest.mark.parametrize("path", FILES, ids=names(FILES))
def test_a_cassette_is_written_as_the_serializer_writes_it(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert vcr_format.serialize(vcr_format.deserialize(text)) == text


def test_bodies_are_readable() -> None:
    body = json.dumps({"prompt": "First line.\nSecond line.\n\nÜbrigens: “so”."}, ensure_ascii=False)
    text = vcr_format.serialize(cassette(body=body))
    assert "        prompt: |-\n          First line.\n          Second line.\n\n          Übrigens: “so”.\n" in text


scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
values = st.recursive(scalars, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8)
spaced = st.sampled_from([(",", ":"), (", ", ": "), (" ,", ":")])
bodies = st.builds(
    lambda value, ascii_only, separators: json.dumps(value, ensure_ascii=ascii_only, separators=separators),
    values,
    st.booleans(),
    spaced,
)


@given(bodies | st.text() | st.binary() | st.none(), bodies | st.text() | st.binary())
def test_what_is_written_is_read_back_to_the_byte(body: Any, said: Any) -> None:
    whole = cassette(body=body, said=said)
    before = copy.deepcopy(whole)
    assert vcr_format.deserialize(vcr_format.serialize(whole)) == before
    assert whole == before


ODD = [
    '{"a":1,"a":2}',
    '{"a":1e5}',
    '"json"',
    "17",
    '{"<<":{"=":"~"}}',
    '{"a":"\\ud800"}',
    "a\r\nb\x85c\u2028d",
    " \n x \n",
    "[" * 5000,
]


@pytest.mark.parametrize("body", ODD)
def test_odd_bodies_are_read_back_to_the_byte(body: str) -> None:
    whole = cassette(body=body, said=body)
    assert vcr_format.deserialize(vcr_format.serialize(whole)) == whole


def test_only_allowed_headers_are_recorded() -> None:
    request = SimpleNamespace(
        headers={"Authorization": "Bearer x", "Content-Type": "application/json", "Idempotency-Key": "1"},
        uri="http://127.0.0.1:41234/v1/chat/completions",
        path="/v1/chat/completions",
    )
    bare = _bare_request(request)
    assert (bare.headers, bare.uri) == (
        {"Content-Type": "application/json"},
        "http://127.0.0.1:9/v1/chat/completions",
    )
    headers = {"Set-Cookie": ["a"], "Server": ["x"], "X-RateLimit-Reset-Tokens": ["6m0s"], "Retry-After-Ms": ["5"]}
    kept = _bare_response({"headers": headers, "body": {}})
    assert kept == {"headers": {"X-RateLimit-Reset-Tokens": ["6m0s"], "Retry-After-Ms": ["5"]}, "body": {}}


RECORDED = """
import json, pytest, urllib.request

def post(n):
    data = json.dumps({"n": n}).encode()
    request = urllib.request.Request("http://127.0.0.1:9/v1/x", data, {"Content-Type": "application/json"})
    return urllib.request.urlopen(request).read()

@pytest.mark.vcr
def test_one():
    assert post(1) == b'{"said":1}'

def test_other():
    pass
"""


def interaction(number: int) -> Any:
    one = cassette(body=f'{{"n":{number}}}', uri="http://127.0.0.1:9/v1/x", said=f'{{"said":{number}}}')
    one["interactions"][0]["request"]["headers"] = {"Content-Type": ["application/json"]}
    return one["interactions"][0]


ENDINGS: list[tuple[str, list[int], list[str], list[str], str]] = [
    ("all played", [1], ["test_one"], [], ""),
    ("never played", [1, 2], ["test_one"], [], "test_one.yaml: 1 of 2 recordings were never played"),
    ("orphan", [1], ["test_one", "test_gone"], [], "test_gone.yaml: no test in test_mini.py names this cassette"),
    ("orphan, part of the tests", [1], ["test_one", "test_gone"], ["test_mini.py::test_one"], ""),
    ("never played, not selected", [1, 2], ["test_one"], ["-k", "other"], ""),
]


@pytest.mark.parametrize(
    ("recorded", "files", "arguments", "said"), [row[1:] for row in ENDINGS], ids=[row[0] for row in ENDINGS]
)
def test_a_run_fails_for_recordings_that_nobody_plays(
    pytester: pytest.Pytester, recorded: list[int], files: list[str], arguments: list[str], said: str
) -> None:
    conftest = (TESTS / "conftest.py").read_text(encoding="utf-8")
    pytester.makeconftest(conftest.replace("Path(__file__).parent.parent", "Path(__file__).parent"))
    pytester.makepyfile(test_mini=RECORDED)
    home = pytester.mkdir("cassettes") / "test_mini"
    home.mkdir()
    for name in files:
        whole = {"version": 1, "interactions": [interaction(number) for number in recorded]}
        (home / f"{name}.yaml").write_text(vcr_format.serialize(whole), encoding="utf-8")
    result = pytester.runpytest_inprocess("--block-network", *arguments)
    assert said in result.stdout.str()
    assert result.ret == (pytest.ExitCode.TESTS_FAILED if said else pytest.ExitCode.OK)
    assert ("CASSETTE" in result.stdout.str()) == bool(said)
