# Everything a developer or a data manager runs. `make` alone lists it.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

VENV := .venv
BIN := $(VENV)/bin
# The locks are made for 3.11; any later version may do, and is said to be untested.
PYTHON ?= $(shell for p in python3.11 python3 python3.12 python3.13; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input
# One line per package instead of pip's six.
BRIEF := sed -u -n -e 's/^Collecting \([^ ]*\).*/  \1/p' \
	-e 's/^Processing .*\/\([^/]*\)-\([0-9][^-]*\)-.*whl.*/  \1==\2/p' \
	-e 's/^ *Building wheel for \([^ ]*\).*started.*/  building \1/p' \
	-e 's/^Installing collected packages.*/  installing .../p'
ARGS ?=
ROOMS := governance messages people supports triage # those whose actions write
SPREAD := --numprocesses 2 --dist loadgroup --no-loadscope-reorder # the tests, over this many processes

.PHONY: help
help: ## list what there is to run
	@sed -n 's/^\([a-z]*\):.*## /  make \1|/p' $(MAKEFILE_LIST) | column -t -s '|'

.PHONY: demo
demo: $(VENV)/.runtime ## a made-up school, served at http://127.0.0.1:8000; LIVE=1: registers come in meanwhile
	@contrib/ensure pango || true
	@$(BIN)/sightline demo demo-site $(if $(LIVE),--live)

.PHONY: test
test: $(VENV)/.dev ## every test; ARGS='-k lateness' chooses some
	@contrib/ensure java browser postgresql pango || true
	@$(BIN)/pytest $(SPREAD) $(ARGS)
	@echo "Once more on PostgreSQL: what people decide"
	@contrib/with-postgres --forgetful $(BIN)/pytest $(SPREAD) $(ROOMS:%=tests/decisions/%) $(ARGS) || [ $$? -eq 5 -o $$? -eq 77 ]

.PHONY: check
check: $(VENV)/.dev ## format, lint, types, imports, SQL, generated pages
	@failed=""; \
	say() { echo "$$1"; shift; "$$@" || failed="$$failed $${1##*/}"; }; \
	say "format" $(BIN)/ruff format --check --quiet . ; \
	say "lint" $(BIN)/ruff check --quiet . ; \
	say "types" $(BIN)/mypy --no-error-summary ; \
	say "imports" $(BIN)/lint-imports --no-logo --no-cache ; \
	say "SQL" $(BIN)/sqlfluff lint --nocolor --disable-progress-bar src ; \
	say "pages" $(BIN)/python docs/generate.py --check ; \
	if [ -n "$$failed" ]; then echo "Failed:$$failed (make format and make docs mend some of it)" >&2; exit 1; fi; \
	echo "All checks passed."

.PHONY: docs
docs: $(VENV)/.dev ## write docs/reference/ anew from the code
	@$(BIN)/python docs/generate.py

.PHONY: format
format: $(VENV)/.dev ## put Python and SQL into the house's form
	@$(BIN)/ruff check --fix-only --quiet . ; $(BIN)/ruff format --quiet .
	@$(BIN)/sqlfluff fix --quiet --disable-progress-bar src

.PHONY: signal
signal: $(VENV)/.runtime ## start a signal: make signal NAME=attendance/late_arrivals
	@$(BIN)/python contrib/new_signal.py "$(NAME)"

.PHONY: bench
bench: $(VENV)/.runtime .venv-bench/.made ## what the benchmarks need; bench/README.md names them
	@echo "Run them by name: see bench/README.md"

# pandas is only compared against. It has an environment of its own: where it is installed, pyarrow
# imports it at every start, which would slow down what is measured.
.venv-bench/.made: requirements-bench.lock
	@$(PYTHON) -m venv .venv-bench
	@.venv-bench/bin/python -m pip install -q --require-hashes -r requirements-bench.lock
	@touch $@

.PHONY: lock
lock: ## pin the dependencies of pyproject.toml anew, with hashes
	@test -x .venv-lock/bin/pip-compile || { $(PYTHON) -m venv .venv-lock; .venv-lock/bin/pip install -q pip-tools; }
	@$(COMPILE) -o requirements.lock pyproject.toml
	@$(COMPILE) --extra test --extra check -c requirements.lock -o requirements-dev.lock pyproject.toml
	@$(COMPILE) --extra bench -c requirements.lock -o requirements-bench.lock pyproject.toml
COMPILE := CUSTOM_COMPILE_COMMAND='make lock' .venv-lock/bin/pip-compile --quiet --strip-extras --allow-unsafe \
	--generate-hashes --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-emit-options

.PHONY: clean
clean: ## remove everything `make` made, the environment and the demo included
	@rm -rf $(VENV) .venv-lock .venv-bench demo-site build dist .hypothesis .mypy_cache .pytest_cache .ruff_cache \
		.import_linter_cache spark-warehouse metastore_db derby.log artifacts
	@find src tests docs contrib bench -name __pycache__ -prune -exec rm -rf {} + 2>/dev/null || true

# ---------------------------------------------------------------------------------- the environment
# A stamp file is newer than the lock it was made from; when the lock changes, make installs again.

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Sightline needs Python 3.11 or later. Install it, then run make again." >&2; exit 2; }
	@echo "Making the environment in $(VENV) with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
		echo "Python came without venv. On Debian: apt-get install python3-venv; then run make again." >&2; exit 2; }

$(VENV)/.runtime: requirements.lock pyproject.toml | $(BIN)/python
	@echo "Installing what Sightline needs to run"
	@$(PIP) install --require-hashes -r requirements.lock | $(BRIEF)
	@$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.runtime
	@echo "Installing what the tests and checks need (Spark is 450 MB: the first time takes minutes)"
	@$(PIP) install --require-hashes -r requirements-dev.lock | $(BRIEF)
	@touch $@
