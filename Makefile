# Two commands matter to a newcomer: `make demo` and `make test`. Both need Python 3.11 or newer, git and make, nothing else.
# PYTHON=… names another interpreter; an existing .venv is kept and gets only what it lacks.

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
INSTALL := $(PIP) install --quiet --require-hashes
JOBS ?= 2
ROUNDS ?= 200
BENCHES ?= gate decide ledger start pages prove diff erase outcomes verify settle

# The first interpreter that is new enough; only asked for when there is no .venv yet.
PYTHON ?= $(shell for each in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	if $$each -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then echo $$each; break; fi; done)

LOCK := uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate --quiet

.DEFAULT_GOAL := help
.PHONY: help demo test reliability check bench outside lock clean
.DELETE_ON_ERROR:

help: ## Say what can be made.
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

demo: $(VENV)/.project ## Larkspur's 120 days recounted: what was called resolved, what became of it; a page at a printed address (Ctrl-C ends it).
	@if [ -t 1 ] && [ -z "$$CI" ]; then exec $(BIN)/ourword demo; else exec $(BIN)/ourword demo --once; fi

test: $(VENV)/.dev $(VENV)/.project ## Run every test, the code blocks of the docs and the examples in docstrings (ARGS=… goes to pytest).
	@$(BIN)/python -m pytest -n $(JOBS) --dist loadfile $(ARGS)

reliability: $(VENV)/.dev $(VENV)/.project ## The failure tests at full depth, as root also with power cuts (forty minutes); prints the table.
	@OURWORD_ROUNDS=$(ROUNDS) $(BIN)/python -m tests.reliability

check: $(VENV)/.dev $(VENV)/.project ## Style, types, the one-way imports, declared dependencies.
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/deptry src

bench: $(VENV)/.bench $(VENV)/.project ## Measure speed beside the best known, in one run (several minutes).
	@for each in $(BENCHES); do $(BIN)/python -m benchmarks.$$each || exit 1; done

outside: $(VENV)/.dev $(VENV)/.project ## Hold the gate and the reports against other companies' data, found in ../shared/data.
	@$(BIN)/python -m outside $(ARGS)

lock: $(VENV)/.ready ## Choose the newest versions that fit and write them down with their hashes (needs a network).
	@PATH="$(abspath $(BIN)):$$PATH"; command -v uv >/dev/null || $(PIP) install --quiet uv
	@PATH="$(abspath $(BIN)):$$PATH"; \
	$(LOCK) --upgrade pyproject.toml -o requirements/run.txt && \
	$(LOCK) --upgrade -c requirements/run.txt --group build -o requirements/build.txt && \
	$(LOCK) --upgrade -c requirements/run.txt pyproject.toml --extra re2 --extra prove --extra postgres --group build --group dev -o requirements/dev.txt && \
	$(LOCK) --upgrade -c requirements/dev.txt --group bench -o requirements/bench.txt

clean: ## Remove what tests and builds left behind; .venv stays.
	@rm -rf build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache outside.json
	@find src tests docs examples benchmarks outside -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true

# A stamp each, so that the second run starts at once. An interrupted first run is taken up where it stopped.
$(VENV)/.ready:
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || { \
		$(or $(PYTHON),false) -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
			echo "Python 3.11 or newer (with venv) is needed. Install one, or name it: make $(MAKECMDGOALS) PYTHON=/path/to/python3.12"; exit 1; }; \
		echo "making $(VENV) with $(PYTHON)"; $(PYTHON) -m venv $(VENV); }
	@touch $@

$(VENV)/.run: requirements/run.txt requirements/build.txt | $(VENV)/.ready
	@echo "installing what Ourword needs to run"
	@$(INSTALL) -r requirements/run.txt -r requirements/build.txt
	@touch $@

$(VENV)/.project: pyproject.toml | $(VENV)/.run
	@$(PIP) install --quiet --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: requirements/dev.txt | $(VENV)/.run
	@echo "installing what the tests need"
	@$(INSTALL) -r requirements/dev.txt
	@touch $@

$(VENV)/.bench: requirements/bench.txt | $(VENV)/.dev
	@$(INSTALL) -r requirements/bench.txt
	@touch $@
