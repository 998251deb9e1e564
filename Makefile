# Fairplace: `make run` serves the site, `make test` checks everything.
# Both make their own environment in .venv and leave the rest of the machine alone.

PORT ?= 8000
HOST ?= 127.0.0.1
WORKERS ?= 2
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$p" && break; done)

VENV := .venv
BIN := $(VENV)/bin
FLASK := $(BIN)/flask --app wsgi
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: run test lint format bench attack audit assets clean help
.DEFAULT_GOAL := help

help: ## Say what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(VENV)/.installed assets ## Set up, load the example county into an empty database, and serve the site
	@$(FLASK) db upgrade
	@$(FLASK) example load
	@exec $(FLASK) serve --host $(HOST) --port $(PORT)

test: $(VENV)/.installed-dev assets lint ## Set up, and run every check and test
	@$(BIN)/pytest -n $(WORKERS) --dist worksteal $(TESTS)

lint: $(VENV)/.installed-dev ## Check the style of the code
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

format: $(VENV)/.installed-dev ## Put the code into the project's style
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

bench: $(VENV)/.installed-dev ## Measure the matching engine on the benchmark problems, and the search
	@$(PIP) -e '.[speed]'
	@$(BIN)/python -m matching.benchmark $(BENCH)
	@$(BIN)/python -m app.benchmark
	@$(BIN)/python -m app.benchmark_worklist
	@$(BIN)/python -m app.benchmark_pages
	@$(BIN)/python -m app.visits.benchmark

attack: $(VENV)/.installed-dev assets ## Attack every address and form, and kill writers, for some minutes
	@$(BIN)/python -m tests.attack $(ATTACK)

audit: $(VENV)/.installed-dev ## Look the installed packages up among known vulnerabilities
	@$(BIN)/pip-audit --progress-spinner off --skip-editable

assets: $(VENV)/.installed # GOV.UK Frontend's files; done at once where they are in place
	@$(BIN)/python -m app.web.assets

clean: ## Remove what the set-up made; the database in instance/ stays
	@rm -rf $(VENV) node_modules app/web/static/vendor *.egg-info build

$(BIN)/python:
	@if [ -z "$(PYTHON)" ]; then echo "Fairplace needs Python 3.11 or newer: install it, or name it with PYTHON=/path/to/python3." >&2; exit 1; fi
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "Python's venv module is missing: install it (on Debian and Ubuntu, the package python3-venv)." >&2; exit 1; }

$(VENV)/.installed: setup.cfg pyproject.toml | $(BIN)/python
	@echo "Installing Fairplace into $(VENV); the first time this takes a few minutes …"
	@$(PIP) -e .
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	@echo "Installing what the tests need …"
	@$(PIP) -e '.[dev]'
	@touch $@
