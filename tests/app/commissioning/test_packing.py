"""Records become JSON and come back the same."""

import json

import pytest

from app.commissioning.packing import expand, pack, squeeze, unpack
from matching.problem import Problem
from matching.result import Result
from matching.solve import solve
from tests.matching.builders import random_problem


@pytest.mark.parametrize("seed", range(40))
def test_a_problem_comes_back_the_same(seed):
    problem = random_problem(seed)
    assert unpack(Problem, expand(squeeze(pack(problem)))) == problem


def test_a_result_comes_back_the_same():
    result = solve(random_problem(3), time_limit_s=2)
    assert unpack(Result, json.loads(json.dumps(pack(result)))) == result


def test_the_same_problem_is_written_the_same_however_its_sets_were_made():
    written = {json.dumps(pack(random_problem(7))) for _ in range(3)}
    assert len(written) == 1


def test_text_that_holds_something_else_is_refused():
    with pytest.raises(TypeError):
        unpack(Problem, {"children": [], "elephants": 1})


def test_a_county_takes_little_room():
    plain = {"children": [{"needs": ["SEMH"], "age": 12}] * 1_000}
    assert len(squeeze(plain)["zlib"]) < 1_000 and expand(squeeze(plain)) == plain
