# Two commands are enough: `make serve` and `make test`. Both install all they need into $(VENV).
PYTHON  ?= python3
VENV    ?= .venv
WORKERS ?= auto
APPS    ?= examples

BIN   := $(VENV)/bin
STAMP := $(VENV)/.installed
# Tests' folders are in memory where the system has a place for them: thousands of small databases, each synced.
SHORT_LIVED := $(shell test -w /dev/shm && echo PYTEST_DEBUG_TEMPROOT=/dev/shm)
NPM   := $(BIN)/python hatch_build.py npm
# What npm has installed; built with the client, and kept up to date for its tests.
MODULES := web/node_modules/.package-lock.json
PIP   := $(BIN)/python -m pip --disable-pip-version-check --no-input

# A virtual environment whose interpreter has gone is of no use: make it anew.
ifneq ($(shell $(BIN)/python -c 'print("ok")' 2>/dev/null),ok)
  $(shell rm -f $(STAMP))
endif

.DEFAULT_GOAL := help
.PHONY: help serve test e2e check types rules client web web-check web-test wire shots bench docs lock coverage clean

help:
	@echo "make serve     serve the example apps: prints a link to open"
	@echo "make test      run the tests (the browser's: make e2e)"
	@echo "make check     lint, types, import direction, house rules"
	@echo "make web       the web client with hot reload, over a running server (OUTLAST_URL=http://127.0.0.1:8000)"
	@echo "make wire      generate the web client's types from what the server sends"
	@echo "make shots     take pictures of every screen, into build/shots and docs/pictures"
	@echo "make bench     run the benchmarks, peers beside us"
	@echo "make docs      generate the reference pages"
	@echo "make coverage  run the tests and show which branches they miss"
	@echo "make lock      resolve the dependencies anew into requirements.lock"
	@echo "make clean     remove what the other targets made"

$(STAMP): requirements.lock pyproject.toml hatch_build.py
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Outlast needs Python 3.11 or newer; say which with: make PYTHON=python3.12" >&2; exit 1; }
	@echo "Installing into $(VENV) (the first time this takes about a minute)"
	@$(BIN)/python -c '' 2>/dev/null || $(PYTHON) -m venv --clear $(VENV) \
	  || { echo "This Python makes no virtual environments; on Debian: apt-get install python3-venv" >&2; exit 1; }
	@$(PIP) install -qq --require-hashes -r requirements.lock
	@$(PIP) install -qq --no-deps --no-build-isolation -e .
	@touch $@

# Builds the web client where its sources are newer; the set-up has built it once.
client: $(STAMP)
	@$(BIN)/python hatch_build.py

serve: client
	@$(BIN)/outlast serve $(APPS)

test: web-test
	@$(SHORT_LIVED) $(BIN)/python -m pytest tests --ignore=tests/e2e -q -n $(WORKERS) --dist loadgroup

e2e: client $(MODULES)
	@PYTHON=$(BIN)/python sh tests/e2e/browser.sh
	@$(SHORT_LIVED) $(BIN)/python -m pytest tests/e2e -q -n $(WORKERS) --dist loadgroup

# The type checker takes as long as all the rest: side by side, each with its output in one piece.
check: $(STAMP)
	@$(MAKE) --no-print-directory --jobs=2 --output-sync=target types rules web-check

types: $(STAMP)
	@$(BIN)/mypy --no-error-summary

rules: $(STAMP)
	@$(BIN)/ruff check -q .
	@$(BIN)/ruff format -q --check .
	@report=$$($(BIN)/lint-imports --no-logo) || { echo "$$report"; exit 1; }
	@$(BIN)/python -m pytest tests/meta -q --no-header

$(MODULES): $(STAMP) web/package-lock.json
	@$(NPM) ci --ignore-scripts --loglevel=error
	@touch $@

web-check: $(MODULES)
	@$(NPM) run --silent wire -- --check
	@$(NPM) run --silent types
	@$(NPM) run --silent lint

web-test: $(MODULES)
	@$(NPM) run --silent test

web: $(MODULES)
	@$(NPM) run --silent dev

wire: $(MODULES)
	@OUTLAST_GOLDEN=write $(BIN)/python -m pytest tests/golden/test_openapi.py -q
	@$(BIN)/python -m outlast.protocol.schema > tests/golden/protocol.schema.json
	@$(NPM) run --silent wire

shots: client $(MODULES)
	@PYTHON=$(BIN)/python sh tests/e2e/browser.sh
	@$(BIN)/python -m tests.e2e.shots --docs

bench: client
	@$(BIN)/python -m benchmarks

docs: $(STAMP)
	@$(BIN)/python docs/generate.py

coverage: $(STAMP)
	@$(BIN)/coverage erase
	@$(BIN)/coverage run -m pytest tests --ignore=tests/e2e -q -n $(WORKERS) --dist loadgroup
	@$(BIN)/coverage combine -q
	@$(BIN)/coverage report

# Ray is left to its extra: it is larger than all the rest together, and only a cluster needs it.
lock: $(STAMP)
	@$(BIN)/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --upgrade \
	  --extra postgres --extra nats --extra otel --extra examples --extra dev \
	  --generate-hashes --no-annotate --no-header --no-emit-index-url --no-emit-find-links \
	  --output-file $(VENV)/requirements.lock >/dev/null
	@{ echo "# The versions that development and the examples run on, with hashes. \`make lock\` writes this file."; \
	   echo "# Not in it: ray (install outlast[ray]), which is larger than all the rest together."; \
	   cat $(VENV)/requirements.lock; } > requirements.lock
	@$(BIN)/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --constraint requirements.lock \
	  --extra postgres --extra nats --extra otel \
	  --generate-hashes --no-annotate --no-header --no-emit-index-url --no-emit-find-links \
	  --output-file $(VENV)/deploy.lock >/dev/null
	@{ echo "# What a server needs of requirements.lock: the Dockerfile installs this. \`make lock\` writes this file."; \
	   cat $(VENV)/deploy.lock; } > deploy/requirements.lock

clean:
	@rm -rf $(VENV) build dist web/node_modules src/outlast/server/client .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis htmlcov benchmarks/.venvs
	@rm -f .coverage .coverage.*
	@find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +
