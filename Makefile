# Two commands do everything on a fresh machine: `make demo` and `make test`. Each makes its own environment first.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= $(shell command -v python3.11 || command -v python3)
STAMP := $(VENV)/.installed
WORKERS ?= 2
PYTEST := $(BIN)/pytest -n $(WORKERS) --dist worksteal

# An environment that happens to be active must not leak into ours.
unexport VIRTUAL_ENV PYTHONPATH PYTHONHOME PYTHONDONTWRITEBYTECODE

say = @printf '\n\033[1m== %s\033[0m\n' "$(1)"

.PHONY: help setup system demo test fast lint types layers dev clean bench-kanon bench-pii bench-anonymize bench-serve bench-drive \
        bench-fidelity bench-leaks

help: ## Show this
	@grep -hE '^[a-z -]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 40

setup: $(STAMP) ## Make .venv and install everything the project uses

$(STAMP): pyproject.toml constraints.txt
	$(call say,Making $(VENV) with $(PYTHON) (the first time takes some minutes))
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed: set PYTHON=/path/to/python3.11")'
	@$(PYTHON) -m venv $(VENV) || { echo "the venv module is missing: install your system's python3-venv package"; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt hatchling editables wheel
	$(call say,Installing smartsandbox and its pinned dependencies)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation -c constraints.txt -e '.[dev]'
	@touch $@

system: ## Install the Debian packages that the browser and PostgreSQL tests use
	@bash tools/system-packages.sh chromium postgresql

demo: setup ## Run the whole loop on the bundled sample service
	$(call say,Running the demo: record - anonymise - learn - publish - serve - drive)
	@$(BIN)/smartsandbox demo --out demo-out

lint: setup
	$(call say,Lint and format)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: setup
	$(call say,Types)
	@$(BIN)/mypy

layers: setup
	$(call say,Layers)
	@$(BIN)/lint-imports --no-logo

fast: setup ## The fast tests only
	@$(PYTEST)

test: setup system lint types layers ## Everything CI checks: lint, types, layers, fast and slow tests
	$(call say,Tests; the slow ones as well)
	@$(PYTEST) -m ""

dev: setup ## Open the Dagster UI; DEMO=demo-out shows the demo's run
ifdef DEMO
	@DAGSTER_HOME=$(abspath $(DEMO))/dagster_home SMARTSANDBOX_CAPTURE_DIR=$(abspath $(DEMO))/captures \
	  SMARTSANDBOX_WORK_DIR=$(abspath $(DEMO))/work SMARTSANDBOX_POLICY_DIR=$(abspath $(DEMO))/policies \
	  SMARTSANDBOX_STORE=$(abspath $(DEMO))/store $(BIN)/dagster dev
else
	@DAGSTER_HOME=$(CURDIR)/dagster_home $(BIN)/dagster dev
endif

bench-kanon: setup ## k-anonymity: loss, optima and memory on public data
	@$(BIN)/python -m bench.kanon

bench-anonymize: setup ## Anonymising: memory and speed from 10,000 to 1,000,000 exchanges, and Presidio's
	@$(BIN)/python -m bench.anonymize

bench-pii: setup ## Recall on a labelled trace beside Presidio, and planted canaries
	@$(BIN)/python -m bench pii

bench-serve bench-drive bench-fidelity: setup ## Serving, driving and shape against peers, in one run
	@$(BIN)/python -m bench $(subst bench-,,$@)

bench-leaks: setup ## Speed and memory of the leak scan
	@$(BIN)/python -m bench leaks

clean: ## Remove the environment and everything the demo made
	@rm -rf $(VENV) demo-out .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
