"""What goes wrong on the line to an IMAP server, as `Unavailable` with a remedy."""

import contextlib
import imaplib
from collections.abc import Callable, Iterator

from imap_tools.errors import ImapToolsError, UnexpectedCommandStatusError

from mailcase.errors import Unavailable
from mailcase.transport.reaching import one_line, unreachable
from mailcase.transport.sasl import LOGIN_REMEDY, LoginRefused

# A server that talks nonsense makes imaplib raise ValueError (numbers, character sets) and KeyError beside its own.
LINE_ERRORS = (OSError, imaplib.IMAP4.error, ImapToolsError, ValueError, KeyError)


@contextlib.contextmanager
def translated(where: str, what: str) -> Iterator[None]:
    """Turn whatever goes wrong while doing `what` (a verb) on `where` (host:port) into `Unavailable`."""
    try:
        yield
    except imaplib.IMAP4.abort as error:
        message = f"{where}: the connection was lost while trying to {what} ({said(error)})"
        raise Unavailable(message, remedy="It is tried again; if it stays so, look into the server's log.") from error
    except (imaplib.IMAP4.error, ImapToolsError) as error:
        message = f"{where}: the server refuses to {what} ({said(error)})"
        raise Unavailable(message, remedy="Look into the server's log.") from error
    except OSError as error:
        raise unreachable(where, error) from error
    except (ValueError, KeyError) as error:
        message = f"{where}: an answer that is not IMAP while trying to {what} ({said(error)})"
        raise Unavailable(message, remedy="Check that an IMAP server listens on this port.") from error


@contextlib.contextmanager
def translated_login(
    where: str, username: str, why: Callable[[], tuple[str, str]] = lambda: ("", LOGIN_REMEDY)
) -> Iterator[None]:
    """Turn a refused login into `LoginRefused`; other trouble as `translated` does.

    `why` gives what else is known of the reason, once there is a refusal, and the remedy.
    """
    with translated(where, "log in"):
        try:
            yield
        except imaplib.IMAP4.abort:
            raise
        except (imaplib.IMAP4.error, ImapToolsError) as error:
            reason, remedy = why()
            words = f"{said(error)}; {reason}" if reason else said(error)
            raise LoginRefused(f"{where}: the login of {username} is refused ({words})", remedy=remedy) from error


def said(error: BaseException) -> str:
    """Return what the server said, without the words of the library around it."""
    if isinstance(error, UnexpectedCommandStatusError):
        status, answer = error.command_result[:2]
        words = answer[-1] if isinstance(answer, list) and answer else answer
        return one_line(words or status)
    text = error.args[0] if error.args else type(error).__name__
    return one_line(text)
