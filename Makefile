.DEFAULT_GOAL := help
SHELL := /bin/sh
VENV := .venv
PYTHON_HERE := $(VENV)/bin/python
# Compiled once, also where the environment says otherwise: it takes longer than collecting.
unexport PYTHONDONTWRITEBYTECODE
export PYTHONPYCACHEPREFIX := $(CURDIR)/.cache/pyc
# A file of tests stays with one process, and with it the browser or the servers that it shares.
PYTEST := $(PYTHON_HERE) -m pytest -n auto --dist loadfile --no-loadscope-reorder
POSTGRES := $(PYTHON_HERE) scripts/with_postgres.py

help: ## Say what each target does
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

run: $(VENV)/.ready ## Start the dashboard on http://127.0.0.1:8000 (PORT and SANDBOX_PORT move it)
	@$(PYTHON_HERE) -m scripts.run

quick: $(VENV)/.ready-dev ## Run what is fast: on SQLite, without a browser
	env -u DATABASE_URL $(PYTEST) -m "not (browser or postgresql or slow or long)"

test: $(VENV)/.ready-dev browser ## Run every test on PostgreSQL, with a real browser, and a few on SQLite too
	$(POSTGRES) $(PYTEST)
	env -u DATABASE_URL $(PYTEST) -m "sqlite and not long"

# LONG is what of the exhaustive variants is run: all, or so many of a hundred.
LONG ?= 100
OPERATIONS ?= 2000

test-long: $(VENV)/.ready-dev browser ## Run every variant, on SQLite too, and 2,000 operations amid faults (OPERATIONS, SEED)
	$(POSTGRES) $(PYTEST) -m long --long-share $(LONG)
	if [ $(LONG) = 100 ]; then env -u DATABASE_URL $(PYTEST) -m "not (browser or postgresql)"; fi
	env -u DATABASE_URL OPERATIONS=$(OPERATIONS) $(PYTHON_HERE) -m pytest -n 2 -m "" tests/faults/test_mixed_operations.py

explore: $(VENV)/.ready-dev ## Let the property tests draw 10,000 new examples each
	env -u DATABASE_URL $(PYTEST) -m hypothesis --hypothesis-profile explore

mutate: $(VENV)/.ready-dev ## Change code that protects data, and see whether tests notice (an hour)
	$(PYTHON_HERE) -m scripts.mutate .cache/mutants.jsonl

lint: $(VENV)/.ready-dev ## Check style, templates, types, migrations and the deployment's settings
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	find templates loyalty_admin -name '*.html' -exec $(VENV)/bin/djade --check --target-version 6.1 {} +
	$(PYTHON_HERE) -m scripts.check_line_lengths
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports --cache-dir .cache/import_linter
	sh scripts/check_deployment.sh $(PYTHON_HERE)

format: $(VENV)/.ready-dev ## Rewrite Python and templates in the project's style
	$(VENV)/bin/ruff check --fix .
	$(VENV)/bin/ruff format .
	find templates loyalty_admin -name '*.html' -exec $(VENV)/bin/djade --target-version 6.1 {} +

bench: $(VENV)/.ready-dev ## Measure the list page beside Django's admin, exports, and what attackers would measure
	$(PYTHON_HERE) scripts/bench/run.py
	$(PYTHON_HERE) -m scripts.bench.export
	$(PYTHON_HERE) -m scripts.bench.beside_job
	$(PYTHON_HERE) -m scripts.bench.attacks

image-check: $(VENV)/.ready ## Build the image and run compose.yaml without Docker (needs root and debootstrap)
	@sh scripts/image_check.sh $(PYTHON_HERE)

docs: $(VENV)/.ready ## Write the tables of docs/ that follow from the code
	$(PYTHON_HERE) -m scripts.docs

pictures: $(VENV)/.ready-dev browser ## Take the README's pictures again
	$(PYTHON_HERE) -m scripts.pictures

lock: ## Pin what pyproject.toml asks for; what is pinned stays (needs uv)
	@sh scripts/pin.sh

upgrade: ## Bring all libraries up to date, which pyproject.toml allows (needs uv)
	@sh scripts/pin.sh --upgrade

# A list of weaknesses of one's own is asked where OSV_URL names it.
OSV_URL ?= https://api.osv.dev/v1/query

audit: $(VENV)/.ready-dev ## Look for known weaknesses in what is deployed (asks OSV over the network)
	$(VENV)/bin/pip-audit --strict --disable-pip --require-hashes --progress-spinner off \
		--vulnerability-service osv --osv-url $(OSV_URL) -r requirements.lock

sbom: $(VENV)/.ready ## Write sbom.json: all that is deployed, as CycloneDX
	$(PYTHON_HERE) -m scripts.sbom sbom.json

browser: $(VENV)/.ready-dev
	@sh scripts/browser.sh $(VENV)/bin/playwright

$(VENV)/.ready: requirements.lock scripts/venv.sh
	@sh scripts/venv.sh $(VENV) requirements.lock
	@touch $@

$(VENV)/.ready-dev: requirements-dev.lock $(VENV)/.ready
	@sh scripts/venv.sh $(VENV) requirements-dev.lock
	@touch $@

.PHONY: help run quick test test-long explore mutate lint format bench image-check docs pictures lock upgrade audit sbom browser
