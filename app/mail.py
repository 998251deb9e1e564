"""Sending e-mail: into a folder while developing, through an SMTP server in production.

Whatever is sent names no child and no person: a message can be read on its way.
"""

import logging
import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from pathlib import Path
from typing import Protocol
from urllib.parse import SplitResult, unquote, urlsplit
from uuid import uuid4

from flask import Flask, current_app

from app.kernel.clock import now
from app.kernel.rules import RuleBroken

log = logging.getLogger(__name__)

SECONDS = 20


class MailFailed(RuleBroken):
    """A message that the server did not take; nothing of what it was about has been saved."""


@dataclass(frozen=True)
class Letter:
    """A message to one address, in plain text."""

    to: str
    subject: str
    text: str


class Mailer(Protocol):
    """Something that sends messages."""

    def send(self, message: EmailMessage) -> None:
        """Send one message. Raises MailFailed."""


class FolderMailer:
    """Writes each message into a folder, as a file that a mail program opens."""

    def __init__(self, folder: Path) -> None:
        """Write into this folder, which is made when it is needed."""
        self._folder = folder

    def send(self, message: EmailMessage) -> None:
        """Write one message."""
        self._folder.mkdir(parents=True, exist_ok=True)
        name = f"{now():%Y%m%dT%H%M%S}-{uuid4().hex[:8]}.eml"
        (self._folder / name).write_bytes(message.as_bytes())


class SmtpMailer:
    """Hands each message to an SMTP server, over TLS."""

    def __init__(self, url: SplitResult) -> None:
        """Use the server that an address names: smtp://user:password@host:587 or smtps://…"""
        self._url = url

    def send(self, message: EmailMessage) -> None:
        """Hand over one message. Raises MailFailed."""
        try:
            with self._connect() as server:
                if self._url.username:
                    server.login(unquote(self._url.username), unquote(self._url.password or ""))
                server.send_message(message)
        except (OSError, smtplib.SMTPException) as fault:
            log.error("a message was not taken by %s: %s", self._url.hostname, fault)
            raise MailFailed(
                "The mail server did not take the message. Nothing was saved. Try again later."
            ) from fault

    def _connect(self) -> smtplib.SMTP:
        host, secure = self._url.hostname or "localhost", ssl.create_default_context()
        if self._url.scheme == "smtps":
            return smtplib.SMTP_SSL(host, self._url.port or 465, timeout=SECONDS, context=secure)
        server = smtplib.SMTP(host, self._url.port or 587, timeout=SECONDS)
        server.starttls(context=secure)
        return server


def register(app: Flask) -> None:
    """Attach the mailer that MAIL_URL names: folder:///path, smtp://… or smtps://…"""
    url = urlsplit(app.config["MAIL_URL"])
    if url.scheme == "folder":
        app.extensions["mailer"] = FolderMailer(Path(unquote(url.netloc + url.path)))
    elif url.scheme in ("smtp", "smtps"):
        app.extensions["mailer"] = SmtpMailer(url)
    else:
        raise ValueError("Set FAIRPLACE_MAIL_URL to folder:///path, smtp://… or smtps://…")


def send(letter: Letter) -> None:
    """Send a letter from the service's own address. Raises MailFailed."""
    message = EmailMessage()
    message["From"] = current_app.config["MAIL_SENDER"]
    message["To"] = letter.to
    message["Subject"] = letter.subject
    message["Date"] = formatdate(localtime=False)
    message["Message-ID"] = make_msgid(domain="fairplace")
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.text)
    current_app.extensions["mailer"].send(message)
