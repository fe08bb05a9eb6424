"""What can go wrong, said so that a person understands it.

A :class:`DomainError` carries a sentence for the person who asked; pages show it beside what they
typed, sockets answer it as the acknowledgement, the command line prints it without a traceback.
"""


class DomainError(Exception):
    """An operation refused; ``message`` is a translated sentence, ``status`` the HTTP status."""

    status = 400

    def __init__(self, message: object, *, status: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        if status is not None:
            self.status = status

    def __str__(self) -> str:
        return str(self.message)


class Refused(DomainError):
    """The person may see the place but not do this here; the sentence says the next step."""

    status = 403


class Missing(DomainError):
    """There is no such thing, or none that this person may know of."""

    status = 404


class Conflict(DomainError):
    """Somebody else changed the same thing meanwhile; nothing typed is lost."""

    status = 409


class TooLarge(DomainError):
    """More was sent than a place takes; refused before it is looked at."""

    status = 413


class TooManyRequests(DomainError):
    """Too often in a short time; ``retry_after`` is in seconds."""

    status = 429

    def __init__(self, message: object, *, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class SredaDeprecation(DeprecationWarning):
    """A plugin uses a name of ``core.api`` that goes with a later version; says what to use."""


class SetupError(Exception):
    """The installation cannot start or go on as it is; a sentence for the administrator."""
