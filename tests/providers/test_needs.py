"""The vocabulary holds together: labels, stages, ages and half-days."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers import needs
from providers.needs import (
    ALL_SESSIONS,
    SERVICE_BY_CODE,
    SERVICES,
    Labelled,
    NeedType,
    Registration,
    mask_to_sessions,
    sessions_in_words,
    sessions_to_mask,
)
from providers.stages import (
    KeyStage,
    age_on,
    ages_of_years,
    is_compulsory_school_age,
    key_stage,
    national_curriculum_year,
    school_year_of,
    year_in_words,
)

VOCABULARIES = [
    kind
    for kind in vars(needs).values()
    if isinstance(kind, type) and issubclass(kind, Labelled) and kind is not Labelled
]


@pytest.mark.parametrize("kind", VOCABULARIES)
def test_every_word_of_the_vocabulary_has_its_own_label(kind):
    labels = [member.label for member in kind]
    assert all(labels)
    assert len(set(labels)) == len(labels)
    assert all(kind(member.value) is member for member in kind)


def test_need_codes_are_those_of_the_school_census():
    assert NeedType.ASD == "ASD"
    assert NeedType.SEMH.label == "Social, emotional and mental health"


def test_services_have_unique_codes_and_caps_inside_the_published_range():
    assert len(SERVICE_BY_CODE) == len(SERVICES)
    assert all(5000 <= s.cap <= 12000 for s in SERVICES if s.lot)
    assert SERVICE_BY_CODE["ap_school_place"].cap is None


def test_only_schools_count_as_registered():
    assert Registration.PRU.is_school
    assert not Registration.UNREGISTERED.is_school
    assert not Registration.ONLINE.is_school


@pytest.mark.parametrize(
    ("mask", "words"),
    [
        (ALL_SESSIONS, "Monday to Friday"),
        (0, "No sessions"),
        (sessions_to_mask(["tue_am", "tue_pm", "thu_am", "thu_pm"]), "Tuesday, Thursday"),
        (sessions_to_mask(["mon_am", "tue_am", "wed_am"]), "Monday to Wednesday mornings"),
        (sessions_to_mask(["mon_am", "mon_pm", "fri_pm"]), "Monday; Friday afternoons"),
    ],
)
def test_half_days_read_as_people_say_them(mask, words):
    assert sessions_in_words(mask) == words


@given(st.integers(0, ALL_SESSIONS))
def test_half_days_survive_the_way_to_a_mask_and_back(mask):
    assert sessions_to_mask(mask_to_sessions(mask)) == mask
    assert sessions_in_words(mask)


@pytest.mark.parametrize("mask", [-1, 1024])
def test_a_number_outside_the_week_is_not_a_mask(mask):
    with pytest.raises(ValueError, match="not a mask"):
        mask_to_sessions(mask)


@pytest.mark.parametrize(
    ("born", "on", "year"),
    [
        (date(2015, 8, 31), date(2026, 9, 1), 7),
        (date(2015, 9, 1), date(2026, 9, 1), 6),
        (date(2015, 9, 1), date(2026, 8, 31), 5),
        (date(2021, 10, 22), date(2026, 11, 23), 0),
        (date(2008, 3, 1), date(2026, 11, 23), 14),
    ],
)
def test_the_year_group_is_the_age_on_the_august_before_less_four(born, on, year):
    assert national_curriculum_year(born, on) == year


def test_years_read_as_schools_say_them():
    assert [year_in_words(y) for y in (-1, 0, 9)] == ["Nursery", "Reception", "Year 9"]


@pytest.mark.parametrize(
    ("stage", "ages"),
    [
        (KeyStage.KS1, (5, 7)),
        (KeyStage.KS2, (7, 11)),
        (KeyStage.KS3, (11, 14)),
        (KeyStage.KS4, (14, 16)),
        (KeyStage.KS5, (16, 19)),
    ],
)
def test_a_key_stage_has_the_ages_that_schools_state(stage, ages):
    assert stage.ages == ages


def test_years_seven_to_eleven_are_ages_eleven_to_sixteen():
    assert ages_of_years(7, 11) == (11, 16)


def test_key_stage_follows_the_year_group():
    assert key_stage(date(2012, 10, 1), date(2026, 11, 23)) is KeyStage.KS3
    assert key_stage(date(2021, 10, 22), date(2026, 11, 23)) is None


def test_a_leap_day_birthday_falls_on_the_first_of_march():
    born = date(2012, 2, 29)
    assert age_on(born, date(2026, 2, 28)) == 13
    assert age_on(born, date(2026, 3, 1)) == 14


def test_the_school_year_begins_in_september():
    assert school_year_of(date(2026, 8, 31)) == 2025
    assert school_year_of(date(2026, 9, 1)) == 2026


@pytest.mark.parametrize(
    ("born", "on", "compulsory"),
    [
        (date(2021, 10, 22), date(2026, 11, 23), False),  # five, but the term has not begun
        (date(2021, 10, 22), date(2026, 12, 31), True),
        (date(2021, 3, 31), date(2026, 3, 31), True),
        (date(2010, 9, 1), date(2027, 6, 25), True),  # last Friday in June of year 11
        (date(2010, 9, 1), date(2027, 6, 26), False),
        (date(2010, 8, 31), date(2026, 11, 23), False),
        (date(2012, 2, 29), date(2026, 11, 23), True),
        (date(2008, 2, 29), date(2009, 11, 23), False),
    ],
)
def test_compulsory_school_age_runs_from_the_term_after_five_to_june_of_year_eleven(
    born, on, compulsory
):
    assert is_compulsory_school_age(born, on) is compulsory
