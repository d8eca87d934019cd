"""Read the lines that say who wrote an article, where and when; what is ambiguous stays None."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

import regex

from newslens.article import dates, days

LONGEST = 200  # code points of a byline

_LABEL = regex.compile(
    r"\b(?:first|last|originally|[uú]ltima)?\s*(?:published|posted|updated?|modified|edited|sent|date"
    r"|fecha|datum|stand|data|gesendet|enviado"
    r"|publicad[oa]|actualizad[oa]|actualizaci[oó]n|publié|mis à jour|modifié|veröffentlicht|aktualisiert"
    r"|pubblicato|aggiornato|atualizado)(?:\s+(?:on|at|el|le|am|il|em))?\b\s*[:：]?"
    r"|(?:发布时间|发布于|发布日期|日期|日時|發佈時間|更新时间|نُشر في|نشر في|تاريخ النشر|التاريخ)\s*[:：]?"
    r"|配信|公開|掲載|更新"
    r"|\b\d+\s*min(?:ute)?s?\s+(?:read|de lectura)\b"
    r"|\b(?:\d+|an?)\s*(?:min(?:ute)?|hour|day|week|hr|h|m|d)s?\s+ago\b"
    r"|\bhace\s+(?:\d+|una?)\s+(?:minuto|hora|d[ií]a)s?\b|\bvor\s+\d+\s+(?:Minuten|Stunden|Tagen)\b"
    r"|\bil y a \d+\s+(?:minute|heure|jour)s?\b",
    regex.IGNORECASE,
)
# What may stand beside a name without being one: a count of comments, a handle, an address.
_BESIDE = regex.compile(
    r"\b\d+\s+(?:comments?|comentarios?|kommentare?|commentaires?|commenti|shares?|views?|تعليق(?:ات)?)\b"
    r"|\d+\s*(?:条评论|評論)|\(?(?<!\w)@\w+\)?|<?[\w.+-]{1,64}@[\w.-]{1,100}>?",
    regex.IGNORECASE,
)
_SOURCE = regex.compile(
    r"(?:来源|來源|責任編集|责任编辑|编辑|출처|المصدر|source|fuente|quelle|fonte)\s*[:：]\s*\S.{0,60}", regex.IGNORECASE
)
_SEPARATOR = regex.compile(r"\s*[|•·\t]\s*|\s+[-–—/]\s+|(?<=\S)\s*[;]\s*")
_BY = regex.compile(
    r"(?:(?:written|reported|story|text|analysis|words)\s+)?by\b|(?:escrito\s+|texto\s+|redactado\s+)?por\b"
    r"|(?:par|von|di|door)\b|(?:authors?|autor(?:es|a)?|auteurs?|autore|byline|written by)\s*[:：]"
    r"|(?:بقلم|كتبت?|الكاتب|تقرير)\s*[:：]?(?!\w)|(?:\p{Han}{2,6}社)?(?:记者|記者|作者|撰文|文)(?:\s*[:：/／]|(?=\s+\p{Han}))\s*"
    r"|기자\s*[:：]",
    regex.IGNORECASE,
)
_PICTURES = regex.compile(
    r"(?:photo(?:graph)?s?|illustrations?|graphics?|video|fotos?|fotograf[ií]as?|ilustraci[oó]n(?:es)?)\s+(?:by|de|por)\b",
    regex.IGNORECASE,
)
_ROLE = regex.compile(
    r"\b(?:writers?|reporters?|correspondents?|editors?|columnists?|journalists?|staff|press|news|desk|bureau|chief"
    r"|producer|contributors?|reuters|bloomberg|agenc(?:y|ies|ia)|times|post|redactora?|corresponsal|periodista|columnista"
    r"|enviad[oa]|redacci[oó]n|efe)\b",
    regex.IGNORECASE,
)
_SMALL = frozenset(regex.findall(r"\w+", "and y e de del la las los van von der den bin al el da dos di du with con"))
_ELSEWHERE = regex.compile(r"\s+(?:in|en|for|para|at|from|desde)\s+.*", regex.IGNORECASE)
_DAY_OF_YEAR = regex.compile(
    rf",?\s*(?:(?:{days.MONTH})\.?\s+\d{{1,2}}|\d{{1,2}}\s+(?:de\s+)?(?:{days.MONTH})\.?)", regex.IGNORECASE
)
_DASH_OR_AGENCY = regex.compile(r"\s*(?:\([^()]{1,40}\)\s*[-–—]*|[-–—]+)\s*$")
_PLACE = regex.compile(r"\p{Lu}[\p{L}.'’-]*(?:[ ,]+(?:(?:de|del|la|el|of|and) ){0,2}\p{Lu}[\p{L}.'’-]*){0,5}")
_WORDS = regex.compile(r"[\p{L}'’&-]+(?: [\p{L}'’&-]+){0,5}")
_JOB = regex.compile(
    r"\b(?:writer|reporter|correspondent|editor|columnist|journalist|producer|critic|photographer|redactora?|corresponsal"
    r"|periodista|columnista|redakteur(?:in)?|korrespondent(?:in)?|journaliste|correspondante?|rédact(?:eur|rice))$",
    regex.IGNORECASE,
)
# "Mexico City | May 4", "New York • May 4": a place, though it is written as a name is.
_TOWN = regex.compile(
    r"(?:new|north|south|east|west|san|santa|santo|são|sao|los|las|la|el|saint|st|port|fort|mount|lake|buenos|rio"
    r"|cape|hong|tel|united|great|salt|baton|des|little)\b.*"
    r"|.*\b(?:city|town|county|island|islands|beach|springs|valley|aires|kong|aviv|state|province|republic|kingdom"
    r"|states|korea|africa|arabia|lanka|rica|angeles|jersey|york)",
    regex.IGNORECASE,
)
_BAR = regex.compile(r"[|•·]")
_AUTHOR_NOTE = regex.compile(
    r"\s(?:is (?:a|an|the|our)|writes|covers|reports|can be reached|has covered"
    r"|es (?:periodista|corresponsal|columnista|redactora?))\b"
)
_NAMES = regex.compile(r",\s*|\s+(?:and|y|&)\s+")
_LONGEST_NOTE = 400  # code points
_LONGEST_NAMES = 14  # words
_LONGEST_ROLE = 7
_FEWEST_WORDS, _MOST_WORDS = 2, 4  # of a person's name
_BODY_FOLLOWS = regex.compile(r"\s*(?:\([^()]{1,40}\)\s*)?[-–—]")


@dataclass(frozen=True, slots=True)
class Credit:
    """What a line says about the article.

    Attributes:
        kind: `byline` for names, roles and dates; `dateline` for a place.
        author: the names without "By" and without roles, or None.
        published: with time only where the line gives time and zone; None when absent or ambiguous.
        updated: whether `published` is the time of an update.
    """

    kind: Literal["byline", "dateline"]
    author: str | None = None
    published: datetime | date | None = None
    updated: bool = False


def read(line: str) -> Credit | None:
    """The credit that a whole line is, or None."""
    if not line or len(line) > LONGEST:
        return None
    if pictures := _PICTURES.match(line):
        return Credit("byline") if _are_names(line[pictures.end() :]) else None
    moments = tuple(dates.moments(line))
    segments = _segments(line)
    if any(_BY.match(segment) for segment in segments):
        return _byline(segments, moments)
    return _without_by(line, segments, moments) or _dateline(line, segments, moments)


def with_job(line: str) -> Credit | None:
    """The credit that a line below a headline is: "Jo Lee, political editor"; elsewhere it may be any fragment."""
    if len(line) > LONGEST:
        return None
    name, _, job = (part.strip() for part in line.partition(","))
    if not _WORDS.fullmatch(job) or not (_JOB.search(job) or is_role(job)):
        return None
    return Credit("byline", name) if is_name(name) else None


def stands_alone(line: str) -> bool:
    """Whether the line is no part of a sentence that is wrapped over it: a credit, or a date between bars."""
    if not line or len(line) > LONGEST:
        return False
    if days.DATE.search(line) and _BAR.search(line):
        return True
    credit = read(line)
    return credit is not None and (credit.published is not None or not line[0].islower())


def is_author_note(line: str, credit_lines: Iterable[Credit]) -> bool:
    """Whether the line tells who one of the authors is: "Jane Doe is a staff writer."."""
    names = [name for credit in credit_lines for name in _NAMES.split(credit.author or "")]
    return len(line) <= _LONGEST_NOTE and any(
        name and line.startswith(name) and _AUTHOR_NOTE.match(line, len(name)) for name in names
    )


def is_name(line: str) -> bool:
    """Whether the line may be a person's name and nothing else."""
    words = line.split()
    if not words:
        return False
    return _FEWEST_WORDS <= len(words) <= _MOST_WORDS and line[-1].isalpha() and not is_role(line) and _are_names(line)


def is_role(line: str) -> bool:
    """Whether the line is a job or an outlet, as it stands below a name: "Staff Writer"."""
    return _ROLE.search(line) is not None and len(line.split()) <= _LONGEST_ROLE and _are_names(line)


def dateline_date(paragraph: str) -> date | None:
    """The day in the dateline that opens a paragraph: "LIMA, Peru, May 4, 2025 (Reuters) - …"."""
    found = days.DATE.search(paragraph[:LONGEST])
    if found is None:
        return None
    before, behind = paragraph[: found.start()].rstrip(" ,"), paragraph[found.end() : LONGEST]
    return days.day(found) if _PLACE.fullmatch(before) and _BODY_FOLLOWS.match(behind) else None


def _segments(line: str) -> tuple[str, ...]:
    """What is left of a line without its dates, times and labels, cut at its separators."""
    rest = _BESIDE.sub("|", line)
    for pattern in (days.DATE, dates.TIME, _LABEL):
        rest = pattern.sub("|", rest)
    segments = (segment.strip(" ,;:：，.()（）/-–—") for segment in _SEPARATOR.split(rest))
    return tuple(segment for segment in segments if segment)


def _without_by(line: str, segments: tuple[str, ...], moments: tuple[dates.Moment, ...]) -> Credit | None:
    """A date with the roles, the outlet or, between bars, the name beside it."""
    if all(map(_is_no_person, segments)) and (moments or (not segments and _LABEL.match(line))):
        return _credit("byline", None, moments)
    if moments and _BAR.search(line) and (name := _name_among(segments)):
        return _credit("byline", name, moments)
    return None


def _is_no_person(segment: str) -> bool:
    return _SOURCE.fullmatch(segment) is not None or is_role(segment)


def _name_among(segments: tuple[str, ...]) -> str | None:
    """The person's name, where all the segments are one and its roles: "Jo Lee | Staff Writer"."""
    if not segments or not is_name(segments[0]) or _TOWN.fullmatch(segments[0]) or segments[0].isupper():
        return None
    return segments[0] if all(map(_is_no_person, segments[1:])) else None


def _byline(segments: tuple[str, ...], moments: tuple[dates.Moment, ...]) -> Credit | None:
    author = None
    for segment in segments:
        by = _BY.match(segment)
        names = segment[by.end() :].strip(" :：/／") if by else segment
        if names and not (_are_names(names) or _SOURCE.fullmatch(names)):
            return None
        if by and names and author is None:
            author = _people(names)
    return _credit("byline", author, moments)


def _credit(kind: Literal["byline", "dateline"], author: str | None, moments: tuple[dates.Moment, ...]) -> Credit:
    """The credit with the first moment that is no update, else the first that is."""
    known = sorted((moment for moment in moments if moment.when), key=lambda moment: moment.updated)
    return Credit(kind, author, known[0].when, known[0].updated) if known else Credit(kind, author)


def _are_names(text: str) -> bool:
    """Whether all words are written as names are: capitals, or scripts without them."""
    words = _ELSEWHERE.sub("", text).split()
    if not words or len(words) > _LONGEST_NAMES or any(map(str.isdigit, text)):
        return False
    big = [word for word in words if word.lower().strip(".,") not in _SMALL and word != "&"]
    return bool(big) and all(_is_big(word) for word in big)


def _is_big(word: str) -> bool:
    first = word.strip(".,'’\"“”()")[:1]
    return first.isalpha() and not first.islower()


def _people(names: str) -> str:
    """The names without the roles and outlets behind them."""
    parts = [part.strip() for part in _ELSEWHERE.sub("", names).split(",")]
    people = [part for part in parts if len(part.split()) > 1 and not _ROLE.search(part)]
    return ", ".join(people) or parts[0]


def _dateline(line: str, segments: tuple[str, ...], moments: tuple[dates.Moment, ...]) -> Credit | None:
    if moments and len(segments) == 1 and _PLACE.fullmatch(segments[0]):
        return _credit("dateline", None, moments)
    place = days.DATE.sub("", line).strip(" ,|·•")
    tail = _DASH_OR_AGENCY.search(place)
    if tail:
        place = _DAY_OF_YEAR.sub("", place[: tail.start()]).strip(" ,")
    if not (moments or (tail and place.isupper())) or not _PLACE.fullmatch(place):
        return None
    return _credit("dateline", None, moments)
