"""What a provider says of itself: its own words, how to reach it, who leads on safeguarding."""

from sqlalchemy import ForeignKey, String
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.audit import Audited
from app.kernel.database import db
from providers.models.offer import Offer
from providers.models.provider import Provider


class Profile(Audited, db.Model):
    """A provider's own words and contacts. An empty text stands for nothing said."""

    __tablename__ = "profile"

    provider_id: Mapped[int] = mapped_column(ForeignKey("provider.id"), primary_key=True)
    about: Mapped[str] = mapped_column(String(2000), default="")
    contact_email: Mapped[str] = mapped_column(String(254), default="")
    contact_phone: Mapped[str] = mapped_column(String(40), default="")
    website: Mapped[str] = mapped_column(String(200), default="")
    safeguarding_name: Mapped[str] = mapped_column(String(120), default="")
    safeguarding_email: Mapped[str] = mapped_column(String(254), default="")
    safeguarding_phone: Mapped[str] = mapped_column(String(40), default="")

    provider: Mapped[Provider] = relationship()

    @hybrid_property
    def owner_provider_id(self) -> int:
        """The provider that this row belongs to, for access by row."""
        return self.provider_id


class OfferWords(Audited, db.Model):
    """What a provider says of one of its offers, in its own words."""

    __tablename__ = "offer_words"

    offer_id: Mapped[int] = mapped_column(
        ForeignKey("offer.id", ondelete="CASCADE"), primary_key=True
    )
    about: Mapped[str] = mapped_column(String(2000), default="")

    offer: Mapped[Offer] = relationship()
