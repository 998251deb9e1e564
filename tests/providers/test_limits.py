"""A provider's limits over all its offers: what may be stated, and what is refused."""

import pytest

from app.kernel.rules import RuleBroken
from providers import limits
from providers.needs import NeedType
from tests.factories.providers import make_provider


def test_a_limit_is_stated_and_taken_back(context):
    provider = make_provider()
    assert provider.most_children is None
    limits.state_most(provider, 12)
    assert provider.most_children == 12
    limits.state_most(provider, None)
    assert provider.most_children is None


@pytest.mark.parametrize("children", [0, -1, 1_000])
def test_a_limit_that_is_no_number_of_children_is_refused(sqlite_app_context, children):
    with pytest.raises(RuleBroken, match="whole number of children from 1 to 999"):
        limits.state_most(make_provider(), children)


def test_a_pair_is_kept_once_whichever_need_comes_first(context):
    provider = make_provider()
    limits.keep_apart(provider, NeedType.SEMH, NeedType.ASD)
    assert limits.pairs_of(provider) == [(NeedType.ASD, NeedType.SEMH)]
    with pytest.raises(RuleBroken, match="in the list already"):
        limits.keep_apart(provider, NeedType.ASD, NeedType.SEMH)
    limits.let_together(provider, NeedType.SEMH, NeedType.ASD)
    assert limits.pairs_of(provider) == []
    with pytest.raises(RuleBroken, match="not in the list any more"):
        limits.let_together(provider, NeedType.ASD, NeedType.SEMH)


def test_a_need_is_not_kept_apart_from_itself(sqlite_app_context):
    with pytest.raises(RuleBroken, match="two different need types"):
        limits.keep_apart(make_provider(), NeedType.VI, NeedType.VI)
