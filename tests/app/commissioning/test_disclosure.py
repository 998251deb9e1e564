"""What is withheld so that figures about groups tell of no few children, however they are read."""

from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from app.commissioning.disclosure import Tally, shares_shown, withheld


def test_two_small_groups_that_are_large_enough_together_hide_each_other():
    assert withheld({"VI": 3, "HI": 4, "ASD": 40}, 5) == {"VI", "HI"}


def test_two_very_small_groups_are_hidden_behind_a_third():
    assert withheld({"VI": 1, "HI": 1, "MLD": 8, "ASD": 40}, 5) == {"VI", "HI", "MLD"}


def test_two_small_groups_whose_sum_tells_the_size_of_each_are_hidden_behind_a_third():
    assert withheld({"VI": 4, "HI": 4, "MLD": 8, "ASD": 40}, 5) == {"VI", "HI", "MLD"}


@settings(max_examples=50, deadline=None, derandomize=True)
@given(st.dictionaries(st.text(max_size=3), st.integers(1, 30), max_size=8), st.integers(1, 10))
def test_no_small_group_can_be_worked_out_from_those_shown(sizes, smallest):
    hidden = withheld(sizes, smallest)
    assert {name for name, size in sizes.items() if size < smallest} <= hidden
    remainder = sum(sizes[name] for name in hidden)
    assert not hidden or hidden == set(sizes) or (len(hidden) > 1 and remainder >= smallest)


def shown(**tallies: tuple[int, int]) -> dict[str, str]:
    """What is shown of groups by their numbers placed and not placed, with a threshold of 5."""
    found = shares_shown({name: Tally(*both) for name, both in tallies.items()}, set(), 5)
    return {
        name: "-" if share is None else f"{bound} {share:.0%}".strip()
        for name, (share, bound) in found.items()
    }


def test_where_no_number_is_small_every_share_is_exact():
    assert shown(ASD=(15, 5), MLD=(5, 15)) == {"ASD": "75%", "MLD": "25%"}


def test_beside_a_concealed_share_the_smallest_that_can_hide_it_is_withheld():
    """Not MLD: whoever knows the rule knows that five of its ten are placed, and subtracts."""
    found = shown(VI=(38, 2), MLD=(5, 5), SLCN=(15, 15), ASD=(40, 20))
    assert found == {"VI": "over 87%", "MLD": "50%", "SLCN": "-", "ASD": "67%"}


def test_where_no_group_is_enough_by_itself_several_hide_the_share_together():
    found = shown(VI=(38, 2), MLD=(7, 7), SLCN=(8, 7), ASD=(8, 8))
    assert found == {"VI": "over 87%", "MLD": "-", "SLCN": "-", "ASD": "50%"}


def test_where_nothing_can_hide_a_share_no_bound_is_shown_either():
    assert shown(VI=(38, 2), MLD=(6, 6)) == {"VI": "-", "MLD": "-"}


def could_be(tallies: dict[str, Tally], hidden: set[str], smallest: int) -> dict[str, set[int]]:
    """Every number placed that each group could have, for whoever knows sizes and totals, and that
    a share that is withheld beside a concealed one is of no small number itself."""
    seen = shares_shown(tallies, hidden, smallest)
    names = [name for name, (share, bound) in seen.items() if share is None or bound]
    left = sum(tallies[name].placed for name in names)
    found = {name: set() for name in names}

    def fits(name: str, placed: int) -> bool:
        guess, (_share, bound) = Tally(placed, tallies[name].children - placed), seen[name]
        if bound:
            return guess.fewer < smallest and (placed < smallest) == (bound == "under")
        return name in hidden or tallies[name].fewer < smallest or guess.fewer >= smallest

    for placed in product(*(range(tallies[name].children + 1) for name in names)):
        guess = dict(zip(names, placed, strict=True))
        if sum(placed) == left and all(fits(name, number) for name, number in guess.items()):
            for name, number in guess.items():
                found[name].add(number)
    return found


numbers = st.lists(
    st.builds(Tally, st.integers(0, 9), st.integers(0, 9)).filter(lambda tally: tally.children),
    min_size=2,
    max_size=4,
)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(numbers)
def test_no_small_number_placed_or_not_placed_can_be_worked_out(groups):
    """Whatever the totals are from which the shares that are shown can be taken away."""
    smallest = 3
    tallies = {str(number): tally for number, tally in enumerate(groups)}
    hidden = withheld({name: tally.children for name, tally in tallies.items()}, smallest)
    seen = shares_shown(tallies, hidden, smallest)
    exact = {name for name, (share, bound) in seen.items() if share is not None and not bound}
    assert all(tallies[name].fewer >= smallest for name in exact)
    if all(share is None for share, _bound in seen.values()):
        return  # the totals of the match tell what they tell
    for name, placed in could_be(tallies, hidden, smallest).items():
        if seen[name][1]:
            assert len(placed) >= smallest
