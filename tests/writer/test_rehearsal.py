"""What a run would ask, without a server."""

from __future__ import annotations

from alchemist.core.programs import Source
from alchemist.writer.rehearsal import Rehearsal
from alchemist.writer.replies import program_in

MESSAGES = [{"role": "system", "content": "You write."}, {"role": "user", "content": "Well?"}]
TEXT = "# System\nYou write.\n\n# User\nWell?"


def test_it_notes_the_length_of_every_prompt_and_makes_up_programs_that_differ():
    rehearsal = Rehearsal("any", lambda _: None, 2_400)
    found = [rehearsal.ask("write_program.v9", MESSAGES, program_in) for _ in range(3)]
    assert rehearsal.prompts == [len(TEXT)] * 3
    assert len({x.id for x in found}) == 3
    assert all(2_200 < len(x.text) < 2_700 for x in found)
    assert isinstance(found[0], Source)


def test_calls_that_mend_are_counted_apart():
    rehearsal = Rehearsal("any", lambda _: None, 0)
    for purpose in ("repair_program.v1", "ask_again.v1", "gather_knowledge.v1"):
        rehearsal.ask(purpose, MESSAGES, str)
    assert (len(rehearsal.mending), len(rehearsal.prompts)) == (2, 1)


def test_what_is_known_costs_nothing():
    rehearsal = Rehearsal("any", {TEXT: "known", "task 7": "spam"}.get, 0)
    assert rehearsal.ask("write", MESSAGES, str) == "known"
    assert rehearsal.ask("answer", MESSAGES, str, about="task 7") == "spam"
    assert (rehearsal.known, rehearsal.prompts, rehearsal.mending) == (2, [], [])
