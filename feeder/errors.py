"""Everything that can go wrong, said once.

FeederError
├── ConfigError                    names file, line and key
├── SourceError(source_id)         one source failed; the others carry on
│   ├── FetchError                 it could not be retrieved
│   └── ParseError                 it was retrieved and is not what it claims to be
├── ArticleError(path, line)       one of our own texts cannot be read as an article
├── StoreError                     the store cannot be read, written or claimed
│   └── OutdatedError              it says something else by now than what was decided on
├── RenderError                    something cannot be rendered, or was rendered wrongly
├── SummaryError                   a model did not answer, or not in time
├── DeskError                      what a person wants of a story or an edition cannot be done
├── ServiceError                   the process cannot do what it is for: its port is taken, say
└── DeliveryError(retry)           a carrier did not take it, or output could not be replaced

A room raises only its own branch, `raise … from exc`. Caught in five places: the gathering of
one source, the curation of one item, the self-test of one edition, the engine, and `cli.main`. A message says what
could not be done, with what, and what to do about it.
"""

from __future__ import annotations

from datetime import timedelta


class FeederError(Exception):
    """The base of all errors that feeder expects; anything else is a bug and shows as one."""


class ConfigError(FeederError):
    """The configuration cannot be used; `problems` holds one line per thing to mend."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class SourceError(FeederError):
    """One source failed; the others carry on."""

    def __init__(self, source_id: str, message: str) -> None:
        super().__init__(message)
        self.source_id = source_id


class FetchError(SourceError):
    """What the source names could not be retrieved.

    `wait`: how long its server asked to be left alone; `gone`: it says that it is gone for good (410);
    `refused`: asking again soon would bring the same (404, 410, forbidden by its owner).
    """

    def __init__(
        self,
        source_id: str,
        message: str,
        *,
        wait: timedelta | None = None,
        gone: bool = False,
        refused: bool = False,
    ) -> None:
        super().__init__(source_id, message)
        self.wait = wait
        self.gone = gone
        self.refused = refused


class ParseError(SourceError):
    """What was retrieved is not what it claims to be."""


class ArticleError(FeederError):
    """One of our own texts cannot be read as an article; the message is German, for editors.

    Where it is not raised, the article could be read; `holds` says that a new one waits until this is mended.
    """

    def __init__(self, path: str, line: int | None, message: str, *, holds: bool = False) -> None:
        place = path if line is None else f"{path}:{line}"
        super().__init__(f"{place}: {message}")
        self.path = path
        self.line = line
        self.message = message
        self.holds = holds


class StoreError(FeederError):
    """The store cannot be read, written or claimed."""


class OutdatedError(StoreError):
    """Somebody else changed meanwhile what was decided on; read it again and decide on that."""


class RenderError(FeederError):
    """Something cannot be rendered, or was rendered wrongly and must not be published."""


class SummaryError(FeederError):
    """A model did not answer, in time or with what can be read; the message holds no key and no article.

    `unpaid`: nothing can have been charged, because the endpoint was not reached or refused.
    """

    def __init__(self, message: str, *, unpaid: bool = False) -> None:
        super().__init__(message)
        self.unpaid = unpaid


class DeskError(FeederError):
    """What a person wants of a story or an edition cannot be done; the message says why, and which verb does what is
    meant."""


class ServiceError(FeederError):
    """The process cannot do what it is for; the message says what stands in its way."""


class DeliveryError(FeederError):
    """A carrier did not take it, or output could not be replaced; `retry` says if later may help, `wait` how long its
    server asked to be left alone."""

    def __init__(self, message: str, *, retry: bool = False, wait: timedelta | None = None) -> None:
        super().__init__(message)
        self.retry = retry
        self.wait = wait


_UNREACHED = (
    ("refused", "the connection was refused"),
    ("resolve", "its name is not known"),
    ("ertificate", "its certificate cannot be checked"),
    ("imed out", "it was too slow"),
    ("closed", "the connection ended"),
    ("aborted", "the connection ended"),
    ("reset", "the connection ended"),
)


def unreached(error: Exception) -> str:
    """Why a server with a secret could not be asked, without the address, which may hold a key, and without what was
    sent."""
    words = str(error)
    return next((reason for sign, reason in _UNREACHED if sign in words), type(error).__name__)
