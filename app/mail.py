"""Sending e-mail: into a folder while developing; through SMTP or GOV.UK Notify in production.

Whatever is sent names no child and no person: a message can be read on its way.
"""

import logging
import smtplib
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import formatdate
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import SplitResult, unquote, urlsplit
from uuid import uuid4

from flask import Flask, current_app
from notifications_python_client.errors import APIError
from notifications_python_client.notifications import NotificationsAPIClient
from requests import RequestException

from app.kernel.clock import now
from app.kernel.rules import RuleBroken

log = logging.getLogger(__name__)

SECONDS = 20
NOT_TAKEN = "The mail server did not take the message. Nothing was saved. Try again later."


class MailFailed(RuleBroken):
    """A message that the server did not take; nothing of what it was about has been saved."""


class MailInDoubt(MailFailed):
    """The connection broke while the server took a message: it may have it, or not."""


@dataclass(frozen=True)
class Letter:
    """A message to one address, in plain text. mark: the letter's own, by which it is known."""

    to: str
    subject: str
    text: str
    mark: str = field(default_factory=lambda: uuid4().hex)


class Mailer(Protocol):
    """Something that sends messages."""

    def send(self, message: EmailMessage, mark: str) -> None:
        """Send one message. Raises MailFailed, or MailInDoubt where it may have left."""

    def took(self, mark: str) -> bool | None:
        """Whether a message with this mark was taken; None where that cannot be told."""


class FolderMailer:
    """Writes each message into a folder, as a file that a mail program opens."""

    def __init__(self, folder: Path) -> None:
        """Write into this folder, which is made when it is needed."""
        self.folder = folder

    def send(self, message: EmailMessage, mark: str) -> None:
        """Write one message, whole or not at all."""
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / f"{now():%Y%m%dT%H%M%S}-{mark}.eml"
        half = path.with_suffix(".part")
        half.write_bytes(message.as_bytes())
        half.replace(path)

    def took(self, mark: str) -> bool:
        """Whether there is a file of this letter."""
        return any(self.folder.glob(f"*-{mark}.eml"))


class SmtpMailer:
    """Hands each message to an SMTP server, over TLS."""

    def __init__(self, url: SplitResult) -> None:
        """Use the server that an address names: smtp://user:password@host:587 or smtps://…"""
        self._url = url

    def send(self, message: EmailMessage, mark: str) -> None:
        """Hand over one message. Raises MailFailed, MailInDoubt where the server fell silent."""
        leaving = False
        try:
            with self._connect() as server:
                if self._url.username:
                    server.login(unquote(self._url.username), unquote(self._url.password or ""))
                leaving = True
                server.send_message(message)
                leaving = False
        except (OSError, smtplib.SMTPException) as fault:
            log.error("a message was not taken by %s: %s", self._url.hostname, fault)
            silent = isinstance(fault, TimeoutError | smtplib.SMTPServerDisconnected)
            kind = MailInDoubt if leaving and silent else MailFailed
            raise kind(NOT_TAKEN) from fault

    def took(self, mark: str) -> None:
        """An SMTP server cannot be asked."""

    def _connect(self) -> smtplib.SMTP:
        host, secure = self._url.hostname or "localhost", ssl.create_default_context()
        if self._url.scheme == "smtps":
            return smtplib.SMTP_SSL(host, self._url.port or 465, timeout=SECONDS, context=secure)
        server = smtplib.SMTP(host, self._url.port or 587, timeout=SECONDS)
        server.starttls(context=secure)
        return server


class NotifyMailer:
    """Hands each message to GOV.UK Notify, as the fields of a template of the authority's.

    The template holds ((subject)) and ((body)) and nothing else.
    """

    def __init__(self, client: NotificationsAPIClient, template: str) -> None:
        """Use this client, and the template with this id."""
        self._client = client
        self._template = template

    def send(self, message: EmailMessage, mark: str) -> None:
        """Hand over one message under its mark. Raises MailFailed, MailInDoubt on silence."""
        fields = {"subject": message["Subject"], "body": message.get_content()}
        try:
            self._client.send_email_notification(
                message["To"], self._template, personalisation=fields, reference=mark
            )
        except APIError as fault:
            log.error("GOV.UK Notify did not take a message: %s", fault.status_code)
            kind = MailInDoubt if fault.response is None else MailFailed
            raise kind(NOT_TAKEN) from fault
        except RequestException as fault:
            log.error("GOV.UK Notify could not be reached: %s", type(fault).__name__)
            raise MailInDoubt(NOT_TAKEN) from fault

    def took(self, mark: str) -> bool | None:
        """Whether Notify knows a message with this reference."""
        try:
            return bool(self._client.get_all_notifications(reference=mark)["notifications"])
        except (APIError, RequestException):
            return None


def register(app: Flask) -> None:
    """Attach the mailer that MAIL_URL names.

    folder:///path, smtp://…, smtps://…, or notify://api.notifications.service.gov.uk with
    NOTIFY_KEY and NOTIFY_TEMPLATE. Raises ValueError for anything else.
    """
    url = urlsplit(app.config["MAIL_URL"])
    if url.scheme == "folder":
        app.extensions["mailer"] = FolderMailer(Path(unquote(url.netloc + url.path)))
    elif url.scheme in ("smtp", "smtps"):
        app.extensions["mailer"] = SmtpMailer(url)
    elif url.scheme == "notify":
        app.extensions["mailer"] = _notify(url, app.config["NOTIFY_KEY"], app.config)
    else:
        raise ValueError(
            "Set FAIRPLACE_MAIL_URL to folder:///path, smtp://…, smtps://… or notify://…"
        )


def _notify(url: SplitResult, key: str, config: Mapping[str, Any]) -> NotifyMailer:
    if not (key and config["NOTIFY_TEMPLATE"]):
        raise ValueError("Set FAIRPLACE_NOTIFY_KEY and FAIRPLACE_NOTIFY_TEMPLATE.")
    host = url.netloc or "api.notifications.service.gov.uk"
    client = NotificationsAPIClient(key, base_url=f"https://{host}", timeout=SECONDS)
    return NotifyMailer(client, config["NOTIFY_TEMPLATE"])


def took(mark: str) -> bool | None:
    """Whether the letter with this mark was taken; None where the carrier cannot tell."""
    return current_app.extensions["mailer"].took(mark)


def send(letter: Letter) -> None:
    """Send a letter from the service's own address. Raises MailFailed."""
    message = EmailMessage()
    message["From"] = current_app.config["MAIL_SENDER"]
    message["To"] = letter.to
    message["Subject"] = letter.subject
    message["Date"] = formatdate(localtime=False)
    message["Message-ID"] = f"<{letter.mark}@fairplace>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.text)
    current_app.extensions["mailer"].send(message, letter.mark)
