.DEFAULT_GOAL := help
SHELL := /bin/sh
VENV := .venv
PYTHON_HERE := $(VENV)/bin/python
# A file of tests stays with one process, and with it the browser or the servers that it shares.
PYTEST := $(PYTHON_HERE) -m pytest -n auto --dist loadfile

help: ## Say what each target does
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

run: $(VENV)/.ready ## Start the dashboard on http://127.0.0.1:8000 (PORT and SANDBOX_PORT move it)
	@$(PYTHON_HERE) -m scripts.run

test: test-sqlite test-postgres ## Run every test, and many of those that touch the database on both

test-sqlite: $(VENV)/.ready-dev ## Run the tests on SQLite, all but those of which one database is enough
	env -u DATABASE_URL $(PYTEST) -m "not browser and not on_postgresql"

test-postgres: $(VENV)/.ready-dev browser ## Run the tests that touch the database on PostgreSQL, and those in a browser
	$(PYTHON_HERE) scripts/with_postgres.py $(PYTEST) -m "database or browser"

test-long: $(VENV)/.ready-dev ## Do 2,000 things amid faults and compare (OPERATIONS and SEED choose others)
	OPERATIONS=$${OPERATIONS:-2000} $(PYTHON_HERE) -m pytest -n 2 tests/faults/test_mixed_operations.py

lint: $(VENV)/.ready-dev ## Check style, templates, types, migrations and the deployment's settings
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	find templates loyalty_admin -name '*.html' -exec $(VENV)/bin/djade --check --target-version 6.1 {} +
	$(VENV)/bin/mypy
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

.PHONY: help run test test-sqlite test-postgres test-long lint format bench image-check pictures lock upgrade audit sbom browser
