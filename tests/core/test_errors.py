from __future__ import annotations

import pytest

from alchemist.core import errors


@pytest.mark.parametrize(
    ("error", "status", "exit_code", "code"),
    [
        (errors.AlchemistError, 500, 1, "error"),
        (errors.BadInput, 400, 2, "bad_input"),
        (errors.BadLabelConfig, 400, 2, "bad_label_config"),
        (errors.BadTasks, 400, 2, "bad_tasks"),
        (errors.BadProgram, 400, 2, "bad_program"),
        (errors.BadSetting, 400, 2, "bad_setting"),
        (errors.NotFound, 404, 3, "not_found"),
        (errors.LabelStudioError, 502, 4, "label_studio"),
        (errors.LabelStudioAway, 502, 4, "label_studio_away"),
        (errors.LabelStudioRefused, 502, 4, "label_studio_refused"),
        (errors.LanguageModelError, 502, 7, "language_model"),
        (errors.BudgetSpent, 502, 7, "budget_spent"),
        (errors.SandboxError, 503, 5, "sandbox"),
        (errors.FitError, 500, 6, "fit"),
    ],
)
def test_each_error_has_one_shape_a_status_and_an_exit_code(error, status, exit_code, code):
    raised = error("it broke", "mend it")
    assert isinstance(raised, errors.AlchemistError)
    assert (raised.status, raised.exit_code) == (status, exit_code)
    assert raised.shape() == {"error": {"code": code, "message": "it broke", "hint": "mend it"}}


def test_a_bad_program_names_its_line():
    assert str(errors.BadProgram("uses 'open'", line=3)) == "line 3: uses 'open'"
    assert str(errors.BadProgram("no function named label")) == "no function named label"
