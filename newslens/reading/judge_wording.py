"""Questions as a judge reads them: the article in its fence, as the reader had it, and the question on lines of ours.

Questions hold text of a model's, which may hold text of the article's; so they pass through `harmless` as well.
"""

from dataclasses import dataclass, field, replace

from newslens.analyses import templates as prompts
from newslens.analyses.questions import Question
from newslens.article.article import Article
from newslens.llm.exchange import Message
from newslens.reading.asking import Settings
from newslens.reading.transcript import harmless, transcript

_NOTHING = "<ARTICLE>\n</ARTICLE>"  # no article has this fence: theirs have a hash


@dataclass(frozen=True, slots=True)
class Material:
    """What is judged.

    Attributes:
        messages: the rules and the article, the same as for the reader, so that servers have them cached.
        cache_key: the same for all requests about the article.
        settings: templates, temperature, seed.
        deadline: as `Request.deadline`.
    """

    messages: tuple[Message, ...]
    cache_key: str
    settings: Settings = field(repr=False)
    deadline: float | None = None

    def empty(self) -> "Material":
        """The same with no text in the fence."""
        return replace(self, messages=(self.messages[0], Message("user", _NOTHING)), cache_key="newslens-nothing")


def material(article: Article, settings: Settings, deadline: float | None) -> Material:
    """The article as judges see it."""
    rules = Message("system", template("system", settings).fill({}))
    text = Message("user", transcript(article, blind=settings.blind))
    return Material((rules, text), f"newslens-{article.sha256[:32]}", settings, deadline)


def safe(question: Question) -> Question:
    """The question with its words on one line, without control characters and brackets of ours."""
    options = {option: harmless(meaning) for option, meaning in question.options.items()}
    return replace(question, text=harmless(question.text), options=options)


def template(name: str, settings: Settings) -> prompts.Prompt:
    """The template in force."""
    return settings.templates.get(name) or prompts.load(name, settings.options.directory)
