"""What the sign-in library asks of us: our rules for passwords, our way of sending mail."""

from typing import Any

from flask_security import MailUtil, PasswordUtil

from app import mail
from app.accounts.passwords import objection
from app.mail import Letter
from app.web import tries


class OurPasswords(PasswordUtil):
    """Passwords as `app.accounts.passwords` wants them."""

    def validate(
        self, password: str, is_register: bool, **kwargs: Any
    ) -> tuple[list[str] | None, str]:
        """Reasons against a password, None where it will do, and the password normalised."""
        password = self.normalize(password)
        user = kwargs.get("user")
        refused = objection(password, (user.name, user.email) if user else ())
        return ([refused] if refused else None), password


class OurMail(MailUtil):
    """Messages about signing in go the way of all others."""

    def send_mail(
        self,
        template: str,
        subject: str,
        recipient: str | tuple[str, str],
        sender: str | tuple[str, str],
        body: str | None,
        html: str | None,
        **kwargs: Any,
    ) -> None:
        """Send one. Raises MailFailed.

        Of links to choose a new password so many go to one address an hour; the answer on the
        page does not tell, and each that was sent works.
        """
        to = recipient if isinstance(recipient, str) else recipient[1]
        if template.endswith("reset_instructions") and not tries.may_write_to(to):
            return
        mail.send(Letter(to, str(subject), body or ""))
