"""Sending e-mail: into a folder, or to an SMTP server over TLS."""

import email
import email.policy
import smtplib
from urllib.parse import urlsplit

import pytest

from app import mail
from app.mail import FolderMailer, Letter, MailFailed, SmtpMailer

LETTER = Letter("office@oak.example", "Is this still free? Oak – Farm", "Open the link.\n")


class Server:
    """An SMTP server that notes what it is asked."""

    asked: list[tuple]

    def __init__(self, host, port, **_options):
        Server.asked = [("connect", host, port)]

    def __enter__(self):
        return self

    def __exit__(self, *_fault):
        return None

    def starttls(self, context):
        self.asked.append(("starttls", context.check_hostname))

    def login(self, user, password):
        self.asked.append(("login", user, password))

    def send_message(self, message):
        self.asked.append(("send", message["To"]))


def test_a_letter_becomes_a_file_that_a_mail_program_opens(sqlite_app, tmp_path):
    sqlite_app.extensions["mailer"] = FolderMailer(tmp_path / "out")
    with sqlite_app.app_context():
        mail.send(LETTER)
    (path,) = (tmp_path / "out").iterdir()
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    assert message["Subject"] == LETTER.subject
    assert message.get_content() == LETTER.text
    assert message["Auto-Submitted"] == "auto-generated"


@pytest.mark.parametrize(
    ("url", "kind", "asked"),
    [
        (
            "smtp://fair%40place:s%3Acret@mail.example",
            "SMTP",
            [
                ("connect", "mail.example", 587),
                ("starttls", True),
                ("login", "fair@place", "s:cret"),
                ("send", LETTER.to),
            ],
        ),
        (
            "smtps://mail.example:4650",
            "SMTP_SSL",
            [("connect", "mail.example", 4650), ("send", LETTER.to)],
        ),
    ],
)
def test_a_server_is_spoken_to_only_over_tls(sqlite_app, monkeypatch, url, kind, asked):
    monkeypatch.setattr(smtplib, kind, Server)
    sqlite_app.extensions["mailer"] = SmtpMailer(urlsplit(url))
    with sqlite_app.app_context():
        mail.send(LETTER)
    assert Server.asked == asked


def test_a_server_that_refuses_is_a_refusal_in_words(sqlite_app, monkeypatch):
    def refuse(*_arguments, **_options):
        raise smtplib.SMTPConnectError(421, "busy")

    monkeypatch.setattr(smtplib, "SMTP", refuse)
    sqlite_app.extensions["mailer"] = SmtpMailer(urlsplit("smtp://mail.example"))
    with sqlite_app.app_context(), pytest.raises(MailFailed, match="did not take the message"):
        mail.send(LETTER)


def test_an_address_of_no_known_kind_stops_the_start(sqlite_app):
    sqlite_app.config["MAIL_URL"] = "carrier-pigeon:"
    with pytest.raises(ValueError, match="FAIRPLACE_MAIL_URL"):
        mail.register(sqlite_app)
