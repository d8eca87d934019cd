"""What a server's refusals say about its window: how much of an article goes into one request from now on."""

from dataclasses import dataclass, replace

from newslens.errors import ContextTooLong
from newslens.options import Limits

_ANSWERS_SHARE = 4  # a small window keeps a quarter free for the answer


@dataclass(slots=True)
class Window:
    """The window of one server, shared by all articles that it reads.

    Attributes:
        limit: tokens that it takes, as it says itself; None: it has refused nothing, or names no limit.
    """

    limit: int | None = None


class Room:
    """The caller's limits, narrowed to what a server has refused; for one article.

    The server's limit holds for every article. How its count of tokens differs from ours is the article's own: it
    depends on the language.

    Args:
        limits: what the caller allows.
        window: what the server has said.
        answer: tokens that every request asks for, which count against the window; None: none are asked for.
    """

    def __init__(self, limits: Limits, window: Window, answer: int | None) -> None:
        self._given = limits
        self._window = window
        self._answer = answer
        self._most = limits.room

    @property
    def limits(self) -> Limits:
        """What holds now; equal to the caller's as long as nothing was refused."""
        known = self._window.limit
        most = self._most if known is None else min(self._most, self._left(known))
        return replace(self._given, window=self._given.answer + max(1, most))

    @property
    def is_narrowed(self) -> bool:
        """Whether a part that was cut by the caller's limits may be too long."""
        return self.limits != self._given

    def refuse(self, refusal: ContextTooLong, tokens: int, bare: int) -> None:
        """Take note of a refusal; afterwards there is no room for a prompt as long as this one.

        Where the limit is not named, or does not explain the refusal, half of the text has to be tried.

        Args:
            refusal: what the server said.
            tokens: of the prompt, counted by us.
            bare: of the prompt without any text.
        """
        fitting = self._fitting(refusal, tokens)
        self._most = min(self._most, fitting if fitting < tokens else bare + (tokens - bare) // 2)

    def _fitting(self, refusal: ContextTooLong, tokens: int) -> int:
        """Our tokens that the named limit has room for; the refused prompt's own if there is no limit."""
        if refusal.limit is None or refusal.limit < 1:
            return tokens
        self._window.limit = min(refusal.limit, self._window.limit or refusal.limit)
        theirs = max(tokens, (refusal.needed or 0) - (self._answer or 0))
        return self._left(refusal.limit) * tokens // theirs

    def _left(self, limit: int) -> int:
        return limit - (self._answer or min(self._given.answer, limit // _ANSWERS_SHARE))
