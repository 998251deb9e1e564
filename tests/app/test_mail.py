"""Sending e-mail: into a folder, or to an SMTP server over TLS."""

import email
import email.policy
import smtplib
from urllib.parse import urlsplit

import pytest
from notifications_python_client.errors import HTTPError
from requests import ConnectTimeout

from app import mail
from app.mail import FolderMailer, Letter, MailFailed, MailInDoubt, NotifyMailer, SmtpMailer

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


class Notify:
    """GOV.UK Notify's client, which notes what it is asked."""

    def __init__(self, fault=None):
        self.sent, self.fault = {}, fault

    def send_email_notification(self, address, template, personalisation, reference):
        if self.fault:
            raise self.fault
        self.sent[reference] = (address, template, personalisation)

    def get_all_notifications(self, reference):
        return {"notifications": [one for mark, one in self.sent.items() if mark == reference]}


def test_notify_gets_subject_and_text_as_fields_of_the_template_and_can_be_asked(sqlite_app):
    client = Notify()
    mailer = sqlite_app.extensions["mailer"] = NotifyMailer(client, "template-1")
    with sqlite_app.app_context():
        mail.send(LETTER)
    fields = {"subject": LETTER.subject, "body": LETTER.text}
    assert client.sent[LETTER.mark] == (LETTER.to, "template-1", fields)
    assert mailer.took(LETTER.mark) is True
    assert mailer.took("another") is False


@pytest.mark.parametrize(
    ("fault", "kind"),
    [(HTTPError(message="silent"), MailInDoubt), (ConnectTimeout(), MailInDoubt)],
)
def test_where_notify_falls_silent_the_letter_is_in_doubt(sqlite_app, fault, kind):
    sqlite_app.extensions["mailer"] = NotifyMailer(Notify(fault), "template-1")
    with sqlite_app.app_context(), pytest.raises(kind):
        mail.send(LETTER)


def test_notify_needs_its_key_and_template(sqlite_app):
    sqlite_app.config["MAIL_URL"] = "notify://api.notifications.service.gov.uk"
    with pytest.raises(ValueError, match="FAIRPLACE_NOTIFY_KEY"):
        mail.register(sqlite_app)
    key = (
        "name-"
        + "0" * 8
        + "-0000-0000-0000-"
        + "0" * 12
        + "-"
        + "1" * 8
        + "-1111-1111-1111-"
        + "1" * 12
    )
    sqlite_app.config |= {"NOTIFY_KEY": key, "NOTIFY_TEMPLATE": "template-1"}
    mail.register(sqlite_app)
    assert isinstance(sqlite_app.extensions["mailer"], NotifyMailer)
