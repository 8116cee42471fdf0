# Two commands: `make demo` (from Python alone to a feed) and `make test` (lint, types, tests).
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: help demo test lint types unit format lock clean

help:
	@echo "make demo    crawl the bundled snapshot site and write out/feed.jsonl"
	@echo "make test    lint, types and the whole test suite"
	@echo "make format  rewrite the code in the project's format"
	@echo "make lock    pin the newest allowed dependencies anew"
	@echo "make clean   remove the virtual environment and all output"

# --no-deps: the pinned sets are whole, and argostranslate would bring torch, which nothing here uses.
# One stamp per set: a changed pin or project file installs again, nothing else does.
$(VENV)/.run: requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; ok = (3, 11) <= sys.version_info[:2] <= (3, 13); sys.exit(not ok and "Python 3.11, 3.12 or 3.13 is needed; this is " + sys.version.split()[0] + ". Name another with: make PYTHON=python3.12")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.run requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -r requirements-dev.txt
	@touch $@

demo: $(VENV)/.run
	@$(BIN)/python -m tools.demo

test: lint types unit

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.dev
	$(BIN)/mypy

unit: $(VENV)/.dev
	$(BIN)/python -m pytest --numprocesses auto --dist loadfile

format: $(VENV)/.dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock:
	uv pip compile --quiet --universal --no-header --python-version 3.11 --extra translate pyproject.toml -o requirements.txt
	uv pip compile --quiet --universal --no-header --python-version 3.11 --extra translate --extra dev -c requirements.txt pyproject.toml -o requirements-dev.txt

clean:
	rm -rf $(VENV) out build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
