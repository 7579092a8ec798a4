"""Trees of many threads at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from alchemist.core.syntax import tree_of

TEXT = "def label(task):\n    return " + " + ".join(f"len(task['f{n}'] or ({n}, [{n}]))" for n in range(200)) + "\n"


def test_eight_threads_get_whole_trees():
    with ThreadPoolExecutor(8) as threads:
        trees = list(threads.map(tree_of, [TEXT] * 160))
    assert {len(tree.body) for tree in trees} == {1}
