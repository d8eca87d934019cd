"""A key that servers repeat in every fault is found in nothing that newslens says, writes or hands out."""

import json
import os
from collections.abc import Callable

import pytest
from doubles.server import Act, completed, cut, drip, failing, hang, reset, say, surplus

from newslens.options import Retry

pytestmark = [pytest.mark.anyio, pytest.mark.block_network(allowed_hosts=[r"127\.0\.0\.1"])]

KEY = "sk-canary-1b7e55a0c93f4d26"
SHOWN = KEY[:14]  # a part of a key is a leak too
ECHO = f"Incorrect request with key {KEY}: Authorization: Bearer {KEY}"
GOOD = json.dumps({"summary": {"text": "A vote.", "key_points": [{"text": "A vote.", "evidence": [1]}]}})
PAGE = f"<html><body>{ECHO}</body></html>".encode()
QUICK = Retry(attempts=2, deadline_s=5.0, attempt_timeout_s=0.2, first_wait_s=0.01)

FAULTS: dict[str, Callable[[], Act]] = {
    "none": lambda: say(200, completed(GOOD, name=os.urandom(8).hex())),
    "bad request": lambda: failing(400, message=ECHO),
    "key": lambda: failing(401, message=ECHO, code="invalid_api_key"),
    "no credit": lambda: failing(402, message=ECHO),
    "permission": lambda: failing(403, message=ECHO),
    "model": lambda: failing(404, message=ECHO, code="model_not_found"),
    "wrong path": lambda: say(404, PAGE),
    "timeout of theirs": lambda: failing(408, message=ECHO),
    "conflict": lambda: failing(409, message=ECHO),
    "too large": lambda: failing(413, message=ECHO),
    "unprocessable": lambda: say(422, {"detail": [{"loc": ["body", "model"], "msg": ECHO, "input": ECHO}]}),
    "quota": lambda: failing(429, message=ECHO, code="insufficient_quota"),
    "rate limit": lambda: failing(429, message=ECHO, retry_after_="600"),
    "server error": lambda: failing(500, message=ECHO, retry_after_ms_="10"),
    "bad gateway": lambda: say(502, PAGE),
    "overloaded": lambda: failing(529, message=ECHO),
    "context": lambda: failing(400, message=ECHO, code="context_length_exceeded"),
    "schema": lambda: failing(400, message=ECHO, param="response_format"),
    "parameter": lambda: failing(400, message=ECHO, param="temperature", code="unsupported_value"),
    "filter by status": lambda: failing(400, message=ECHO, code="content_filter"),
    "message in plain text": lambda: say(400, ECHO.encode(), content_type="text/plain"),
    "a page cut inside the key": lambda: say(502, b"." * 445 + PAGE),
    "a message cut inside the key": lambda: failing(400, message="." * 255 + ECHO),
    "key as code": lambda: failing(400, message="no", code=KEY),
    "key as model": lambda: say(200, completed(GOOD, name=os.urandom(8).hex(), model=KEY)),
    "key in a good answer": lambda: say(200, completed(GOOD.replace("A vote.", ECHO), name=os.urandom(8).hex())),
    "HTML": lambda: say(200, PAGE),
    "blank body": lambda: say(200),
    "bad UTF-8": lambda: say(200, b"\xff" + PAGE),
    "error object": lambda: say(200, {"error": {"message": ECHO}}),
    "no choices": lambda: say(200, completed("x", choices=[], system_fingerprint=ECHO)),
    "blank content": lambda: say(200, completed(" ", system_fingerprint=ECHO)),
    "not JSON": lambda: say(200, completed(ECHO, name="not-json")),
    "not the schema": lambda: say(200, completed(json.dumps({"summary": {KEY: ECHO}}), name="no-schema")),
    "cut short": lambda: say(200, completed(ECHO, finish="length", name=os.urandom(8).hex())),
    "filtered": lambda: say(200, completed(ECHO, finish="content_filter", name="filtered")),
    "refusal": lambda: say(200, {"choices": [{"message": {"content": None, "refusal": ECHO}}]}),
    "reset": reset,
    "cut off": cut,
    "hang": hang,
    "drip": drip,
    "surplus": lambda: surplus("one", "two"),
}
