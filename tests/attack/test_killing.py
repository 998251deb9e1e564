"""A process that is killed while it writes loses nothing that it confirmed and breaks nothing."""

from tests.attack.killing import kill_writers


def test_writers_killed_at_random_moments_leave_a_consistent_database():
    losses = kill_writers(3, seed=3)
    assert losses.killed == 3
    assert (losses.lost, losses.broken) == (0, 0)
    assert losses.whole > 0
