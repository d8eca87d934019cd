"""What to do next about each kind of failure, for the end of a run."""

# The nearest class above counts, so that an error that is added later has advice as well.
_NEXT = {
    "NewslensError": "see the messages above",
    "ConfigurationError": "change the set-up as the message says, then run again",
    "MissingExtra": "install what the message names, then run again",
    "StoreError": "make room for the store, then run again",
    "InputError": "these rows hold no article that can be read; mend the corpus, then run again with --retry-failed",
    "LanguageUnknown": "name a model, and another -o: the offline reader has no lexicon for these languages",
    "PromptError": "mend the template, then run again",
    "ServiceError": "run again with --retry-failed",
    "AuthenticationFailed": "check the key, then run again",
    "BadRequest": "the server refuses these requests as such; another model or server may take them, with another -o",
    "ModelNotFound": "check the model's name, then run again",
    "ContextTooLong": "ask one thing at a time (--calls separate) or a model with a longer window, with another -o",
    "Unsupported": "name another model or server, and another -o",
    "RateLimited": "run again with --retry-failed and a lower --concurrency",
    "QuotaExhausted": "pay, or change the key, then run again",
    "BudgetExceeded": "run again with a higher --max-cost or --max-tokens; each run counts from zero",
    "Unavailable": "try later with --retry-failed",
    "DeadlineExceeded": "run again with --retry-failed and a lower --concurrency",
    "ReplyError": "run again with --retry-failed, or name another model and another -o",
    "Truncated": "ask one thing at a time with --calls separate and another -o",
    "Refused": "the model declined these articles; name another model and another -o",
    "Filtered": "a content filter stopped these articles; name another model or server, and another -o",
    "Pending": "collect later, or submit again what is not under way",
    "ReductionStalled": "nothing is lost but the merging; name a model with a longer window, and another -o",
}


def advice(kind: str) -> str:
    """What to do about errors of a class, by its name."""
    from newslens import errors

    known = getattr(errors, kind, errors.NewslensError)
    return next(_NEXT[one.__name__] for one in known.__mro__ if one.__name__ in _NEXT)
