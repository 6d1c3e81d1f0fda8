# Everything that a person does with the checkout. Needs python3 (3.11 or newer) and make.
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := $(CURDIR)/.venv
PIP := -m pip install --quiet --disable-pip-version-check
UV := $(VENV)/bin/uv pip install --quiet
export PATH := $(VENV)/bin:$(PATH)
export JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION := 1

.PHONY: help setup demo test format lint types unit e2e synth diff deploy catalogue docs pictures bench lock clean

help:  ## this list
	@grep -hE '^[a-z0-9]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 10

setup: $(VENV)/.ready  ## .venv with everything; .venv/bin/passrole is there afterwards

$(VENV)/.ready: pyproject.toml requirements.txt requirements/setup.txt requirements/emulator.txt
	@echo "making .venv: about a minute, once"
	@test -x $(VENV)/bin/python || $(PYTHON) -m venv $(VENV)
	@$(VENV)/bin/python $(PIP) --require-hashes -r requirements/setup.txt
	@$(UV) --python $(VENV) --require-hashes -r requirements.txt
	@$(UV) --python $(VENV) --no-deps -e .
	@test -x $(VENV)/emulator/bin/python || $(PYTHON) -m venv --without-pip $(VENV)/emulator
	@$(UV) --python $(VENV)/emulator --require-hashes -r requirements/emulator.txt
	@touch $@

demo: setup  ## the whole system at work on an embedded AWS emulator; leaves demo-report.html
	@passrole demo

test: lint unit  ## every check
	@$(MAKE) --no-print-directory --jobs 2 e2e types  # the former mostly waits

format: setup  ## rewrite the code in the project's format
	@ruff format .
	@ruff check --fix .

lint: setup
	ruff format --check .
	ruff check .

types: setup
	mypy

unit: setup  ## tests that need no emulator
	pytest --ignore tests/e2e -n 2 --dist loadgroup

e2e: setup  ## tests of the synthesized template on the embedded emulator
	pytest tests/e2e -n 2 --dist loadgroup

synth: setup  ## the CloudFormation templates, in cdk.out
	@cdk synth --quiet

diff: setup  ## what a deployment would change
	@cdk diff

deploy: setup  ## deploy to the account and region of your credentials; shows the difference first, then asks
	@passrole policy validate guardrail.yaml
	@cdk diff
	@cdk deploy --all --require-approval any-change

catalogue: setup  ## rebuild the catalogue's data and docs/catalogue.md; says what changed
	@python -m passrole.catalogue.generator $(if $(SERVICE_REFERENCE),--service-reference $(SERVICE_REFERENCE))

docs: setup  ## rebuild docs/quarantine.md and docs/sweep.md, from the quarantine modules, the listings and the catalogue
	@python -m passrole.quarantine.page
	@python -m passrole.sweep.page

pictures: setup  ## take the pictures of docs/alerts.md again; needs chromium and two fonts
	@python -m passrole.preview.pictures

bench: setup  ## what the guard costs in time, beside its floor; CORPUS=FILE for records of your own
	@python -m tests.bench $(CORPUS)

lock: setup  ## resolve the pins again, with hashes
	cd requirements && for part in setup emulator lambda; do \
	  uv pip compile -q --universal --generate-hashes --no-header --python-version 3.11 $$part.in -o $$part.txt; done
	uv pip compile -q --universal --generate-hashes --no-header --python-version 3.11 --all-extras pyproject.toml -o requirements.txt

clean:  ## remove all that was made
	rm -rf $(VENV) build cdk.out demo-report.html .mypy_cache .pytest_cache .ruff_cache .hypothesis *.egg-info
