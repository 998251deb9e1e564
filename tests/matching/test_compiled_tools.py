"""Compiled code is never run against sources that it was not made from."""

from pathlib import Path

from matching import compiled_tools
from matching.compiled_tools import cache_folder


def test_any_change_of_a_source_leads_to_another_folder(tmp_path):
    one, other = tmp_path / "compiled_a.py", tmp_path / "ground.py"
    one.write_text("A = 1")
    other.write_text("B = 1")
    before = cache_folder(tmp_path, [one, other])
    assert cache_folder(tmp_path, [other, one]) == before
    other.write_text("B = 2")
    assert cache_folder(tmp_path, [one, other]) != before


def test_all_that_compiled_loops_read_is_among_the_sources():
    here = Path(compiled_tools.__file__).parent
    for path in here.glob("compiled*.py"):
        for line in path.read_text().splitlines():
            if line.startswith("from matching."):
                name = line.split()[1].removeprefix("matching.")
                assert name.startswith("compiled") or name == "ground"
