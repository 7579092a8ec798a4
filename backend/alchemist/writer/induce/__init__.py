"""The offline inducer: programs from exemplars and unlabelled tasks, without any language model.

1. `columns` sorts the fields: running text, numbers, categories, short strings.
2. `views` and `facts` say what may be seen of a task: words, phrases, surface signs, cells.
3. `teach` guesses the label of every task from the few annotated ones.
4. `texts` and `tables` fit readable programs of different ideas to the guesses: points for words (`cards`), weights for
   many weak cues (`cues`), questions in a row (`trees`), decision lists (`rules`). `source` writes them down.
5. `programs` is all of it in order.
"""

from __future__ import annotations

from collections.abc import Collection

from alchemist.core.brief import Brief
from alchemist.core.programs import Entry


def induce(brief: Brief, difficult: Collection[str] = ()) -> list[Entry]:
    """Programs for a single-choice question, the best idea first; none without exemplars.

    Exemplars whose task keys are among the `difficult` ones count more.
    """
    from alchemist.writer.induce.programs import programs_of

    return programs_of(brief, difficult)
