"""Ways to deliver a message: a webhook, e-mail, a program."""

from __future__ import annotations

import json
import os
import smtplib
import ssl
import subprocess
import threading
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from email.message import EmailMessage
from functools import partial
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError, URLError

from scraper.runs.plan import EmailTable, NotifyTable

SECONDS = 15.0
"""Time that an answer, or a program, may take."""

LIMIT = 30.0
"""Time that a delivery may take as a whole: a server may send a byte now and then for ever."""

_ENV = "env:"


class DeliveryError(Exception):
    """A message did not arrive; the text says why and holds no secret."""


def channels(table: NotifyTable) -> dict[str, Callable[[Mapping[str, Any]], None]]:
    """What is configured, by name; none takes longer than `LIMIT`."""
    found: dict[str, Callable[[Mapping[str, Any]], None]] = {}
    if table.webhook:
        found["webhook"] = partial(_within_limit, partial(_post, table.webhook))
    if table.email is not None:
        found["email"] = partial(_within_limit, partial(_mail, table.email))
    if table.command:
        found["command"] = partial(_run, table.command)
    return found


def missing_variable(table: NotifyTable) -> str | None:
    """The first environment variable that is named and not set."""
    values = (table.webhook, table.email.password if table.email else "")
    names = (value.removeprefix(_ENV) for value in values if value.startswith(_ENV))
    return next((name for name in names if name not in os.environ), None)


def _within_limit(deliver: Callable[[Mapping[str, Any]], None], message: Mapping[str, Any]) -> None:
    """Deliver in a thread, and leave it to itself if it takes too long; it ends with the process.

    The limits of `urllib` and `smtplib` are those of each read.
    """
    ends: list[DeliveryError | None] = []

    def run() -> None:
        try:
            deliver(message)
        except DeliveryError as error:
            ends.append(error)
        else:
            ends.append(None)

    thread = threading.Thread(target=run, name="delivery", daemon=True)
    thread.start()
    thread.join(LIMIT)
    if thread.is_alive():
        raise DeliveryError(f"it took longer than {LIMIT:g} s")
    error = ends[0] if ends else DeliveryError("it failed (see the traceback above)")
    if error is not None:
        raise error


def _post(address: str, message: Mapping[str, Any]) -> None:
    url = _secret(address)
    if not url.startswith(("http://", "https://")):
        raise DeliveryError("the webhook's address is neither http nor https")
    body = json.dumps(message, ensure_ascii=False).encode()
    kind = {"Content-Type": "application/json; charset=utf-8"}
    request = urllib.request.Request(url, data=body, headers=kind)  # noqa: S310  checked above
    try:
        with urllib.request.urlopen(request, timeout=SECONDS):  # noqa: S310  as above
            return
    except HTTPError as error:
        error.close()
        raise DeliveryError(str(error)) from None
    except (TimeoutError, ConnectionError) as error:
        raise DeliveryError(str(error)) from error
    except URLError as error:
        raise DeliveryError(f"the webhook cannot be reached: {error.reason}") from error
    except (OSError, ValueError, HTTPException) as error:
        # What it says may quote the address.
        raise DeliveryError(f"the webhook cannot be used: {type(error).__name__}") from None


def _mail(table: EmailTable, message: Mapping[str, Any]) -> None:
    try:
        mail = _letter(table, message)
        with smtplib.SMTP(table.host, table.port, timeout=SECONDS) as server:
            if table.starttls:
                server.starttls(context=ssl.create_default_context())
            if table.user:
                server.login(table.user, _secret(table.password))
            server.send_message(mail)
    except (smtplib.SMTPException, OSError, ValueError) as error:
        raise DeliveryError(str(error)) from error


def _letter(table: EmailTable, message: Mapping[str, Any]) -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"] = table.sender, ", ".join(table.to)
    changes = message["changes"]
    about = ", ".join(f"{change['source']} {change['outcome']}" for change in changes)
    mail["Subject"] = f"khulasa: {about}"[:200]
    mail.set_content(f"{message['text']}\n\n{message['time']}\n")
    return mail


def _run(command: Sequence[str], message: Mapping[str, Any]) -> None:
    text = json.dumps(message, ensure_ascii=False).encode()
    try:
        # Not into pipes: what the program leaves running would keep them open.
        subprocess.run(  # noqa: S603  the operator's own program
            command,
            input=text,
            timeout=SECONDS,
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    except OSError as error:
        raise DeliveryError(f"{command[0]} cannot be run: {error.strerror}") from error
    except subprocess.CalledProcessError as error:
        raise DeliveryError(f"{command[0]} ended with {error.returncode}") from None
    except subprocess.TimeoutExpired:
        raise DeliveryError(f"{command[0]} took longer than {SECONDS:g} s") from None


def _secret(value: str) -> str:
    """The value, or that of the environment variable it names.

    Raises:
        DeliveryError: there is no such variable.
    """
    if not value.startswith(_ENV):
        return value
    name = value.removeprefix(_ENV)
    if name not in os.environ:
        raise DeliveryError(f"the environment has no {name}")
    return os.environ[name]
