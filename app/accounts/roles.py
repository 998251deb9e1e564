"""The roles of an authority's AP service, and of its providers."""

from providers.needs import Labelled


class Role(Labelled):
    """What a person who signs in is here to do; one role an account."""

    SEND_OFFICER = "send_officer", "SEND officer"
    COMMISSIONER = "commissioner", "Commissioner"
    AP_LEAD = "ap_lead", "AP lead"
    QUALITY_ADVISER = "quality_adviser", "Quality adviser"
    PROVIDER = "provider", "Provider"
    FINANCE = "finance", "Finance"
    ADMINISTRATOR = "administrator", "Administrator"
