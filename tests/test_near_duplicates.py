from __future__ import annotations

from benchmarks.near_duplicate_pairs import make_pairs
from benchmarks.near_duplicate_unseen import make_unseen_pairs
from benchmarks.near_duplicates import score


def test_pairs_of_the_same_work_are_told_from_pairs_of_one_topic() -> None:
    for one_index in (False, True):
        result = score(make_pairs(seed=20, count=300), one_index=one_index)
        assert result.precision >= 0.98
        assert result.recall >= 0.90


def test_pairs_of_another_making_are_told_as_well() -> None:
    result = score(make_unseen_pairs(seed=20, count=300), one_index=True)
    assert result.precision >= 0.98
    assert result.recall >= 0.90
