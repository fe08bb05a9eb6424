# What one does every day with Sreda. `make` alone lists it.

PYTHON ?= python3
BIN := .venv/bin
INSTALLED := .venv/.installed
TOOLS := tests/browser/node_modules/.installed
# Tests run in so many processes; two suit a small machine.
JOBS ?= 2
# Files are given out in the order of pyproject.toml, the long ones first, so that none is left alone
# at the end.
AT_ONCE = -n $(JOBS) --dist loadscope --no-loadscope-reorder

.DEFAULT_GOAL := help
.PHONY: help run test test-sqlite test-postgresql lint fmt load screenshots lock vendor docs api clean

help: ## Say what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 14

run: $(INSTALLED) ## Install, fill an empty database with the demo, and serve on http://127.0.0.1:8000
	@exec $(BIN)/sreda run --demo

test: test-sqlite test-postgresql ## Run all tests, on SQLite and on PostgreSQL

test-sqlite: $(INSTALLED) $(TOOLS)
	@SREDA_TEST_DATABASE=sqlite $(BIN)/python -m pytest $(AT_ONCE)

test-postgresql: $(INSTALLED) $(TOOLS)
	@SREDA_TEST_DATABASE=postgresql $(BIN)/python -m pytest $(AT_ONCE) -m "not looks and not both_databases"

lint: $(INSTALLED) ## Check style and types
	@$(BIN)/ruff check --quiet
	@$(BIN)/ruff format --check --quiet
	@$(BIN)/mypy --no-error-summary

fmt: $(INSTALLED) ## Put the code into shape
	@$(BIN)/ruff check --fix-only --quiet
	@$(BIN)/ruff format --quiet

load: $(INSTALLED) ## Measure speed; the figures go to build/load.json
	@$(BIN)/python -m tests.load

screenshots: $(INSTALLED) $(TOOLS) ## Take the pictures of docs/images
	@$(BIN)/python -m tests.browser.screenshots

docs: $(INSTALLED) ## Write the tables of docs/ that come from the code anew
	@$(BIN)/python -m core.config docs/settings.md
	@$(BIN)/python -m tools.reference docs

api: $(INSTALLED) ## Write down what core.api promises, after a change that CHANGES.md tells of
	@$(BIN)/python -m tools.reference api

COMPILE := uv pip compile pyproject.toml --all-extras --universal --generate-hashes \
  --no-annotate --no-header --no-emit-index-url --quiet

lock: ## Choose the versions of all dependencies anew (needs uv)
	$(COMPILE) --group build --group dev --upgrade -o requirements.txt
	$(COMPILE) --constraint requirements.txt -o deploy/requirements.txt

vendor: $(INSTALLED) ## Fetch the front-end packages that are served from here
	@$(BIN)/python -m pip install --quiet fonttools==4.68.0
	@$(BIN)/python tools/vendor.py

clean: ## Remove what can be made again; keeps var/ with its database
	rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache tests/browser/node_modules

$(INSTALLED): pyproject.toml requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo \
	  "Sreda needs Python 3.11 or newer, and $(PYTHON) is older. With another one: make run PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -m venv .venv || { echo \
	  "Python cannot make environments here. On Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }
	@echo "Installing what Sreda needs into .venv (once) ..."
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(TOOLS): tests/browser/package-lock.json tests/setup.sh
	@tests/setup.sh
	@touch $@
