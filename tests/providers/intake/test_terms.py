"""The field's terms read in their usual spellings, and spans never run backwards."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from providers.admission import AdmissionState
from providers.intake import spans, terms
from providers.intake.values import BadValue
from providers.needs import (
    ALL_SESSIONS,
    SERVICES,
    Delivery,
    Judgement,
    NeedType,
    ReferralReason,
    Registration,
    SenProvision,
    Sex,
    TransportNeed,
    mask_to_sessions,
    sessions_in_words,
)

NAMES = terms.service_names(SERVICES)
N = NeedType


@pytest.mark.parametrize(
    ("text", "ages"),
    [
        ("7-16", (7, 16)),
        ("7 – 16", (7, 16)),
        ("ages 5 to 25", (5, 25)),
        ("11+", (11, 25)),
        ("14", (14, 14)),
        ("All ages", (4, 25)),
        ("Primary", (4, 11)),
        ("Post-16", (16, 25)),
        ("Y7–Y11", (11, 16)),
        ("Y7-11", (11, 16)),
        ("Year 9 to Year 13", (13, 18)),
        ("Years 10 and 11", (14, 16)),
        ("R-Y6", (4, 11)),
        ("Year 9", (13, 14)),
        ("KS3, KS4", (11, 16)),
        ("KS2/KS3", (7, 14)),
        ("KS3-KS5", (11, 19)),
        ("ks3-4", (11, 16)),
        ("Key stages 1 and 2", (5, 11)),
        ("KS4", (14, 16)),
    ],
)
def test_ages_read_from_ages_years_and_key_stages(text, ages):
    assert spans.ages(text) == ages


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("16-11", "runs from 16 down to 11"),
        ("Year 11 to Year 7", "Year 11 comes after year 7"),
        ("KS4-KS2", "KS4 comes after KS2"),
        ("KS2, KS4", "leave a gap"),
        ("3-30", "beyond age 25"),
        ("Y7-Y19", "no year 19"),
        ("05/11/2026", "turned this age range into a date"),
        ("teenagers", "not an age range"),
    ],
)
def test_ages_that_make_no_sense_are_refused_with_an_example(text, words):
    with pytest.raises(BadValue, match=words):
        spans.ages(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Mon–Thu", "Monday to Thursday"),
        ("Monday to Thursday", "Monday to Thursday"),
        ("Tue/Thu", "Tuesday, Thursday"),
        ("Wed Thu Fri", "Wednesday to Friday"),
        ("Mon, Tue, Wed", "Monday to Wednesday"),
        ("Mon-Fri am", "Monday to Friday mornings"),
        ("Weekdays", "Monday to Friday"),
        ("Mon-Fri (term time)", "Monday to Friday"),
        ("Mon am, Wed pm", "Monday mornings; Wednesday afternoons"),
        ("Fridays", "Friday"),
        ("Mon & Tues mornings and Thurs", "Thursday; Monday, Tuesday mornings"),
    ],
)
def test_days_read_as_half_days(text, words):
    assert sessions_in_words(spans.sessions(text)) == words


@pytest.mark.parametrize("text", ["Fri-Mon", "Sat", "Mon-", "month", "flexible", "-", "Mon-am"])
def test_days_that_make_no_sense_are_refused(text):
    with pytest.raises(BadValue, match="Enter days from Monday to Friday"):
        spans.sessions(text)


@pytest.mark.parametrize(
    ("text", "size"),
    [("1:1", 1), ("1:2", 2), ("1 to 2", 2), ("1:01", 1), ("up to 4", 4), ("3", 3), ("2-5", 5)],
)
def test_group_sizes_read_even_as_the_times_that_spreadsheets_make_of_them(text, size):
    assert spans.group_size(text) == size


@pytest.mark.parametrize("text", ["0", "large", "1:99", "100"])
def test_other_group_sizes_are_refused(text):
    with pytest.raises(BadValue, match="not a group size"):
        spans.group_size(text)


@pytest.mark.parametrize(
    ("text", "needs"),
    [
        ("ASC; SEMH", (N.ASD, N.SEMH)),
        ("SEMH / SpLD / pd", (N.SEMH, N.SPLD, N.PD)),
        ("HI, ASC, MLD", (N.HI, N.ASD, N.MLD)),
        ("ASC SEMH", (N.ASD, N.SEMH)),
        ("ASC, ASD", (N.ASD,)),
        ("Autism and SLCN", (N.ASD, N.SLCN)),
        ("SEMH - Social, emotional and mental health", (N.SEMH,)),
        ("Social, emotional and mental health", (N.SEMH,)),
    ],
)
def test_needs_read_from_lists_with_any_separator(text, needs):
    assert terms.needs(text) == needs


def test_all_needs_means_every_assessed_need():
    assert N.NSA not in terms.needs("All")
    assert len(terms.needs("All needs")) == len(N) - 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("SEMH, XYZ", "“XYZ” is not a need type"),
        ("ADHD?", "“ADHD.” is not a need type"),
        ("Q; Z", "“Q” and “Z” are not need types"),
        (";", "not a need type"),
        ("SEMH - ASC", "not a need type"),  # no need is ever dropped in silence
    ],
)
def test_unknown_needs_are_refused_by_name(text, words):
    with pytest.raises(BadValue, match=words):
        terms.needs(text)


def test_one_need_reads_with_its_description():
    assert terms.need("ASD - Autistic Spectrum Disorder") is N.ASD
    with pytest.raises(BadValue):
        terms.need("SEMH; ASC")


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Tutoring (QTS)", ["tutoring_qts"]),
        ("tutoring qts", ["tutoring_qts"]),
        ("Specialist teaching; Tutoring (non-QTS)", ["specialist_teaching", "tutoring_non_qts"]),
        ("Outdoor / forest school", ["outdoor"]),
        ("SALT; OT", ["speech_language_therapy", "occupational_therapy"]),
        ("Speech & language therapy", ["speech_language_therapy"]),
    ],
)
def test_services_read_by_name_and_alias(text, codes):
    assert [service.code for service in terms.services(text, NAMES)] == codes


@pytest.mark.parametrize("text", ["Tutoring", "Karate", ";"])
def test_an_unknown_service_is_refused(text):
    with pytest.raises(BadValue, match="service"):
        terms.services(text, NAMES)


@pytest.mark.parametrize(
    ("text", "ways"),
    [
        ("At base", (Delivery.AT_BASE,)),
        ("At base or online", (Delivery.AT_BASE, Delivery.ONLINE)),
        ("Home / community", (Delivery.AT_HOME, Delivery.IN_COMMUNITY)),
        ("Child's home", (Delivery.AT_HOME,)),
        ("Child’s home", (Delivery.AT_HOME,)),
    ],
)
def test_ways_of_delivery_read_from_lists(text, ways):
    assert terms.deliveries(text) == ways


def test_a_child_prefers_one_way_of_delivery():
    assert terms.delivery("Online") is Delivery.ONLINE
    with pytest.raises(BadValue, match="one way"):
        terms.delivery("Home or online")
    with pytest.raises(BadValue, match="not a way"):
        terms.delivery("on the moon")


@pytest.mark.parametrize(
    ("parse", "text", "value"),
    [
        (terms.registration, "Yes - PRU", Registration.PRU),
        (terms.registration, "Yes – AP academy", Registration.AP_ACADEMY),
        (terms.registration, "AP free school", Registration.AP_FREE_SCHOOL),
        (terms.registration, "Yes", Registration.OTHER_SCHOOL),
        (terms.registration, "N", Registration.UNREGISTERED),
        (terms.standing, "Approved", AdmissionState.APPROVED),
        (terms.standing, "suspended", AdmissionState.SUSPENDED),
        (terms.sen_provision, "K", SenProvision.SUPPORT),
        (terms.sen_provision, "SEN support", SenProvision.SUPPORT),
        (terms.sen_provision, "EHC plan", SenProvision.EHCP),
        (terms.sex, "f", Sex.FEMALE),
        (terms.judgement, "Amber", Judgement.AMBER),
        (terms.transport, "taxi + assistant", TransportNeed.ESCORTED_TAXI),
        (terms.reason, "permanent exclusion", ReferralReason.PERMANENT_EXCLUSION),
    ],
)
def test_standings_read_in_their_usual_spellings(parse, text, value):
    assert parse(text) is value
    with pytest.raises(BadValue, match="Enter"):
        parse("something else")


PARSERS = [
    spans.ages,
    spans.sessions,
    spans.group_size,
    terms.need,
    terms.needs,
    terms.deliveries,
    terms.delivery,
    terms.registration,
    terms.standing,
    terms.sen_provision,
    terms.sex,
    terms.judgement,
    terms.transport,
    terms.reason,
    lambda text: terms.services(text, NAMES),
]
FRAGMENTS = st.sampled_from(
    [
        "KS3",
        "KS",
        "Y7",
        "Year",
        "r",
        "-",
        "–",
        " to ",
        "16",
        "٣",
        "99",
        ",",
        "/",
        ";",
        "Mon",
        "fri",
        "am",
        "1:",
        "ASC",
        "and",
        " ",
        "Yes",
    ]
)


@pytest.mark.parametrize("parse", PARSERS, ids=lambda parse: parse.__name__)
@settings(max_examples=150, deadline=None)
@given(text=st.text(min_size=1) | st.lists(FRAGMENTS, min_size=1, max_size=7).map("".join))
def test_no_text_raises_anything_but_a_bad_value_that_says_what_to_do(parse, text):
    try:
        parse(text)
    except BadValue as bad:
        assert str(bad).endswith(".")


@settings(deadline=None)
@given(st.integers(0, 25), st.integers(0, 25))
def test_an_age_range_reads_back_unless_it_is_upside_down(low, high):
    if low <= high:
        assert spans.ages(f"{low} to {high}") == (low, high)
    else:
        with pytest.raises(BadValue):
            spans.ages(f"{low} to {high}")


@settings(deadline=None)
@given(st.sets(st.sampled_from(mask_to_sessions(ALL_SESSIONS)), min_size=1))
def test_half_days_read_back_from_a_list(held):
    text = ", ".join(session.replace("_", " ") for session in sorted(held))
    assert set(mask_to_sessions(spans.sessions(text))) == held
