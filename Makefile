# make demo    Label Studio and the backend, a project pre-annotated (ONCE=1 ends by itself)
# make check   lint, types, unit tests: a minute or two
# make test    everything, with real parts where they are installed

SHELL := /bin/bash
PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3; do $$p -c 'import sys, venv; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
STUDIO := .venv-label-studio/bin
# Two at a time, file by file: most of the time a test waits for a server that starts or dies.
PYTEST := $(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder
CONSTRAINTS := docker/constraints.txt

.PHONY: demo check test label-studio lint types unit clean

demo: .venv/ready .venv-label-studio/ready
	$(BIN)/alchemist demo --label-studio $(STUDIO)/label-studio --folder .demo $(if $(ONCE),--once)

check: lint types unit

lint: .venv/ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/ready
	$(BIN)/mypy

unit: .venv/ready
	$(PYTEST) -m "not e2e and not slow" -q

test: lint types .venv/ready .venv-label-studio/ready
	$(PYTEST)

label-studio: .venv-label-studio/ready

# torch comes first and alone: a resolver beside it takes gigabytes of CUDA packages, or an older SDK. Bytecode is
# compiled here because a process may be forbidden to keep what it compiles, and starts seconds later each time then.
.venv/ready: pyproject.toml $(CONSTRAINTS)
	@test -n "$(PYTHON)" || { echo "Python 3.11, 3.12 or 3.13 is needed; name one: make PYTHON=/path/to/python3.12"; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/pip install -q --disable-pip-version-check -c $(CONSTRAINTS) uv torch
	$(BIN)/uv pip install -q --compile-bytecode --python $(BIN)/python -c $(CONSTRAINTS) -e '.[dev,postgres,label-studio-ml]'
	@touch $@

.venv-label-studio/ready: $(CONSTRAINTS) | .venv/ready
	$(PYTHON) -m venv .venv-label-studio
	$(BIN)/uv pip install -q --compile-bytecode --python $(STUDIO)/python label-studio==1.23.2
	@touch $@

clean:
	rm -rf .venv .venv-label-studio .demo dist build
