"""One tree of errors; each knows its HTTP status and its exit code.

AlchemistError                      500   1
├── BadInput                        400   2   something that was handed in
│   ├── BadLabelConfig
│   ├── BadTasks
│   ├── BadProgram                            carries the line
│   ├── BadDocument
│   └── BadSetting
├── NotFound                        404   3
│   └── ProjectGone                           Label Studio has no such project any more
├── LabelStudioError                502   4
│   ├── LabelStudioAway                       nobody answers
│   └── LabelStudioRefused                    it answers no: token, rights
├── SandboxError                    503   5   no program can be run at all
├── StateAway                       503   9   the database does not answer
├── LanguageModelError              502   7   no key, no money, no answer, no sense
│   └── BudgetSpent                           the budget does not allow a call, or cannot tell
├── NoPrograms                      409   8   nothing that could vote was found
└── FitError                        500   6   the votes could not be turned into weights
"""

from __future__ import annotations


class AlchemistError(Exception):
    """Something went wrong that a person can mend: `hint` says how."""

    status = 500
    exit_code = 1
    code = "error"

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def shape(self) -> dict[str, dict[str, str]]:
        """The one JSON error shape that every door answers with."""
        return {"error": {"code": self.code, "message": self.message, "hint": self.hint}}


class BadInput(AlchemistError):
    """What was handed in cannot be used."""

    status = 400
    exit_code = 2
    code = "bad_input"


class BadLabelConfig(BadInput):
    """The label config is not XML, or is not a label config."""

    code = "bad_label_config"


class BadTasks(BadInput):
    """A file or a request of tasks cannot be read."""

    code = "bad_tasks"


class BadProgram(BadInput):
    """A program breaks the contract; `line` is 1-based, 0 when no single line is to blame."""

    code = "bad_program"

    def __init__(self, message: str, hint: str = "", line: int = 0) -> None:
        super().__init__(f"line {line}: {message}" if line else message, hint)
        self.line = line


class BadDocument(BadInput):
    """A document cannot be read, or has no text."""

    code = "bad_document"


class BadSetting(BadInput):
    """A setting has a value that it cannot have."""

    code = "bad_setting"


class NotFound(AlchemistError):
    """A thing with that name does not exist."""

    status = 404
    exit_code = 3
    code = "not_found"


class ProjectGone(NotFound):
    """Label Studio takes the token and has no such project."""

    code = "project_gone"


class LabelStudioError(AlchemistError):
    """Label Studio did not do what it was asked."""

    status = 502
    exit_code = 4
    code = "label_studio"


class LabelStudioAway(LabelStudioError):
    """Nobody answers at Label Studio's address."""

    code = "label_studio_away"


class LabelStudioRefused(LabelStudioError):
    """Label Studio answers, and says no."""

    code = "label_studio_refused"


class StateAway(AlchemistError):
    """The database does not answer, or is locked for too long."""

    status = 503
    exit_code = 9
    code = "state_away"


class LanguageModelError(AlchemistError):
    """The language model did not do what it was asked. `final`: it would not do the next thing either."""

    status = 502
    exit_code = 7
    code = "language_model"

    def __init__(self, message: str, hint: str = "", final: bool = False) -> None:
        super().__init__(message, hint)
        self.final = final


class BudgetSpent(LanguageModelError):
    """A call was not sent: it might cost more than the budget leaves, or its price is not known."""

    code = "budget_spent"

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message, hint, final=True)


class SandboxError(AlchemistError):
    """The sandbox itself cannot be started."""

    status = 503
    exit_code = 5
    code = "sandbox"


class NoPrograms(AlchemistError):
    """No usable program was written or found for a project."""

    status = 409
    exit_code = 8
    code = "no_programs"


class FitError(AlchemistError):
    """Votes could not be turned into weights."""

    exit_code = 6
    code = "fit"
