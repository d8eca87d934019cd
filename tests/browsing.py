"""What a browser tells of a page."""

from typing import Any


def violations(tab: Any) -> list[str]:
    from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped] # it ships no types

    found = Axe().run(tab, options={"rules": {"target-size": {"enabled": False}}}).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in found]
