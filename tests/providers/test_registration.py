"""An unregistered setting never becomes a school through our placements."""

import pytest

from providers.needs import Registration
from providers.registration import (
    HoursAtProvider,
    RegistrationSettings,
    must_register,
    registration_objections,
    registration_warnings,
    sum_by_child,
)

NOT_A_SCHOOL = Registration.UNREGISTERED


def full_time(number, **facts):
    return [HoursAtProvider(f"child {n}", 20, **facts) for n in range(number)]


@pytest.mark.parametrize("fact", ["ehcp", "looked_after"])
def test_a_protected_child_may_not_be_full_time_at_an_unregistered_provider(fact):
    (reason,) = registration_objections(NOT_A_SCHOOL, [], HoursAtProvider(1, 18.5, **{fact: True}))
    assert reason.startswith("18.5 hours a week is full-time for a child who ")
    assert "Keep the total there to 18 hours" in reason


def test_eighteen_hours_exactly_is_not_full_time():
    assert not registration_objections(NOT_A_SCHOOL, [], HoursAtProvider(1, 18, ehcp=True))


def test_the_hours_of_all_the_childs_placements_there_are_added_up():
    live = [HoursAtProvider(1, 10, ehcp=True)]
    assert registration_objections(NOT_A_SCHOOL, live, HoursAtProvider(1, 9))
    assert not registration_objections(NOT_A_SCHOOL, live, HoursAtProvider(2, 9))


def test_a_fifth_full_time_child_is_refused_and_a_fourth_is_not():
    proposed = HoursAtProvider("new", 20)
    assert not registration_objections(NOT_A_SCHOOL, full_time(3), proposed)
    (reason,) = registration_objections(NOT_A_SCHOOL, full_time(4), proposed)
    assert "full-time child number 5" in reason


def test_children_over_or_under_compulsory_age_do_not_count_towards_five():
    proposed = HoursAtProvider("new", 20)
    older = full_time(4, compulsory_age=False)
    assert not registration_objections(NOT_A_SCHOOL, older, proposed)
    assert not registration_objections(
        NOT_A_SCHOOL, full_time(4), HoursAtProvider("new", 20, compulsory_age=False)
    )


def test_a_part_time_child_may_join_a_provider_with_four_full_time_children():
    assert not registration_objections(NOT_A_SCHOOL, full_time(4), HoursAtProvider("new", 10))


@pytest.mark.parametrize("registration", [Registration.PRU, Registration.INDEPENDENT_SPECIAL])
def test_a_registered_school_may_teach_full_time(registration):
    proposed = HoursAtProvider("new", 25, ehcp=True, looked_after=True, only_education=True)
    assert not registration_objections(registration, full_time(9), proposed)
    assert not registration_warnings(registration, full_time(9), proposed)
    assert must_register(registration, full_time(9)) is None


def test_an_online_provider_is_not_a_school():
    assert registration_objections(Registration.ONLINE, [], HoursAtProvider(1, 25, ehcp=True))


@pytest.mark.parametrize(
    ("hours", "warned"), [(14.5, False), (15, True), (18, True), (18.5, False)]
)
def test_hours_near_full_time_are_warned_of(hours, warned):
    warnings = registration_warnings(NOT_A_SCHOOL, [], HoursAtProvider(1, hours))
    assert any("near full-time" in warning for warning in warnings) is warned


def test_an_only_education_and_a_fourth_full_time_child_are_warned_of():
    warnings = registration_warnings(
        NOT_A_SCHOOL, full_time(3), HoursAtProvider("new", 20, only_education=True)
    )
    assert len(warnings) == 2


def test_a_provider_as_it_stands_is_judged_too():
    assert must_register(NOT_A_SCHOOL, full_time(4)) is None
    assert must_register(NOT_A_SCHOOL, full_time(5)).startswith("5 children full-time")
    assert must_register(NOT_A_SCHOOL, full_time(1, ehcp=True)).startswith("1 child with an EHC")


def test_thresholds_are_settings():
    settings = RegistrationSettings(full_time_above=15, must_register_at=2)
    proposed = HoursAtProvider("new", 16)
    assert registration_objections(NOT_A_SCHOOL, full_time(1), proposed, settings)


def test_a_child_is_protected_if_any_of_its_placements_says_so():
    total = sum_by_child([HoursAtProvider(1, 5), HoursAtProvider(1, 5, looked_after=True)])[1]
    assert (total.hours, total.looked_after) == (10, True)
