# Everything is set up inside this checkout, in .venv and .build, which git ignores.
# Needed beforehand: make and Python 3.11 or newer. `make help` lists the targets.

PYTHON ?= python3

VENV := .venv
BIN := $(VENV)/bin
BUILD := .build
COLLECTION := $(BUILD)/collections/ansible_collections/ibmcloud/sysdig

export PATH := $(CURDIR)/$(BIN):$(PATH)
# Keeps what the Ansible tools cache out of the home directory.
export ANSIBLE_HOME := $(CURDIR)/$(BUILD)/ansible
export PIP_DISABLE_PIP_VERSION_CHECK := 1

# What runs on hosts is tested without Ansible's plugins in the process, which would make it behave as on the control node.
HOST_TESTS := tests/unit/plugins/module_utils/_files tests/unit/plugins/module_utils/_host_check tests/unit/plugins/modules

.DEFAULT_GOAL := help

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-22s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: demo
demo: $(VENV)/.demo-ready ## Wire a Prometheus configuration and an environment file, and check that they work
	$(BIN)/python tools/demo

.PHONY: test
test: static dynamic ## Run everything below, up to `faults`

.PHONY: static
static: format lint typing changelog docs sanity ## Look at the files only: everything below, up to `sanity`

.PHONY: format
format: $(VENV)/.test-ready ## Check the formatting of the Python files
	$(BIN)/ruff format --check

.PHONY: lint
lint: $(VENV)/.test-ready $(COLLECTION) ## Check Python with ruff, and YAML, roles and playbooks with ansible-lint
	$(BIN)/ruff check
	ANSIBLE_COLLECTIONS_PATH=$(BUILD)/collections $(BIN)/ansible-lint

.PHONY: typing
typing: $(VENV)/.test-ready $(COLLECTION) ## Check the type annotations with mypy
	MYPYPATH=$(BUILD)/collections $(BIN)/mypy -p ansible_collections.ibmcloud.sysdig.plugins
	MYPYPATH=$(BUILD)/collections:tests:tools $(BIN)/mypy tests/simulator $(sort $(dir $(wildcard tools/*/*.py))) tools/examples.py tools/guide.py tools/lock.py tools/run_ansible_test.py

.PHONY: changelog
changelog: $(VENV)/.test-ready ## Check the changelog and its fragments
	$(BIN)/antsibull-changelog lint
	$(BIN)/antsibull-changelog lint-changelog-yaml --strict changelogs/changelog.yaml

.PHONY: docs
docs: $(VENV)/.test-ready $(COLLECTION) ## Check the documentation, and make a site of it in .build/docs/html
	$(BIN)/antsibull-docs lint-collection-docs --plugin-docs $(COLLECTION)
	rm -rf $(BUILD)/docs
	mkdir -p -m 755 $(BUILD)/docs/source/reference
	cp docs/*.md docs/*.svg docs/docsite/index.rst CHANGELOG.rst $(BUILD)/docs/source
	cp CONTRIBUTING.md $(BUILD)/docs/source/contributing.md
	cp extensions/execution-environment/README.md $(BUILD)/docs/source/execution_environment.md
	ANSIBLE_COLLECTIONS_PATH=$(BUILD)/collections $(BIN)/antsibull-docs collection --use-current --fail-on-error \
		--squash-hierarchy --dest-dir $(BUILD)/docs/source/reference ibmcloud.sysdig
	$(BIN)/sphinx-build -W --keep-going --quiet -c docs/docsite $(BUILD)/docs/source $(BUILD)/docs/html

.PHONY: site-check
site-check: docs $(VENV)/.site-ready ## Look at the site in Chromium: nothing too wide, and axe-core finds nothing (minutes)
	$(BIN)/python tools/site

.PHONY: sanity
sanity: $(VENV)/.test-ready ## Run ansible-test sanity
	$(BIN)/python tools/run_ansible_test.py sanity

.PHONY: dynamic
dynamic: project ansible-test-units integration concurrency faults ## Run the tests

.PHONY: unit
unit: $(VENV)/.test-ready ## Run the unit tests with pytest, and the tests of the project
	$(BIN)/pytest -n 2 $(HOST_TESTS)
	$(BIN)/pytest -n 2 $(addprefix --ignore=,$(HOST_TESTS)) tests/unit tests/project

.PHONY: project
project: $(VENV)/.test-ready ## Test the pages, layers and tools of the project
	$(BIN)/pytest -n 2 tests/project

.PHONY: ansible-test-units
ansible-test-units: $(VENV)/.test-ready ## Run the unit tests with ansible-test, as runners of the community do
	$(BIN)/python tools/run_ansible_test.py units

.PHONY: integration
integration: $(VENV)/.test-ready ## Run real playbooks against the simulator
	$(BIN)/pytest -n 2 tests/integration

.PHONY: concurrency
concurrency: $(VENV)/.test-ready $(COLLECTION) ## Hammer the run cache with 64 processes for 30 seconds, and kill many of them
	$(BIN)/python tools/concurrency

.PHONY: faults
faults: $(VENV)/.test-ready ## Let every service fail in every way, and write docs/faults.md
	$(BIN)/pytest tests/faults

.PHONY: matrix
matrix: $(VENV)/.test-ready ## Run the tests on every ansible-core, or on VERSIONS="2.16 2.21", fewer with SHORT=1
	CONTAINERS_CONF="$(CURDIR)/tools/containers/containers.conf" $(BIN)/python tools/matrix $(if $(SHORT),--short) $(VERSIONS)

.PHONY: execution-environment
execution-environment: $(VENV)/.test-ready ## Build an execution environment from the shipped example, and run jobs in it
	$(BIN)/python tools/containers debian-13-controller
	CONTAINERS_CONF="$(CURDIR)/tools/containers/containers.conf" $(BIN)/pytest tests/execution_environment

.PHONY: molecule
molecule: $(VENV)/.test-ready $(COLLECTION) ## Run the role on hosts in containers (needs podman, runc, mmdebstrap and ssh)
	$(BIN)/molecule test --all --no-command-borders

.PHONY: fix
fix: $(VENV)/.test-ready ## Reformat the Python files and repair what ruff can
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

.PHONY: lock
lock: $(VENV)/.test-ready ## Pin all packages with their hashes in tools/locks, after a change to a requirements file
	$(BIN)/python tools/lock.py

.PHONY: audit
audit: $(VENV)/.test-ready ## Ask PyPI for known vulnerabilities of the locked packages
	@$(BIN)/pip-audit --strict --progress-spinner off --disable-pip --require-hashes $(addprefix -r ,$(wildcard tools/locks/*.txt)) \
		|| { echo 'The audit did not pass. Where a package "could not be audited", or there was no connection, nothing was checked: run it where PyPI answers.' >&2; exit 1; }

.PHONY: options
options: $(VENV)/.demo-ready $(COLLECTION) ## Write what the tables of options and errors say into docs/ and the role
	$(BIN)/python tools/generators/options_table.py
	$(BIN)/python tools/generators/error_table.py
	$(BIN)/python tools/generators/check_picture.py
	$(BIN)/python tools/generators/role_arguments.py

.PHONY: release-check
release-check: changelog docs build ## Try the archive as Galaxy and as a user would (some minutes)
	$(BIN)/pytest tests/project/test_changelog.py
	$(BIN)/python tools/release/check.py

.PHONY: release-notes
release-notes: $(VENV)/.test-ready ## Write the changelog of the version in galaxy.yml, from changelogs/fragments
	$(BIN)/python tools/release/notes.py

.PHONY: bench
bench: $(VENV)/.test-ready $(COLLECTION) ## Measure, and write docs/benchmarks.md (three quarters of an hour)
	$(BIN)/python tools/benchmarks

.PHONY: build
build: $(VENV)/.demo-ready ## Build the archive that users install, into .build/dist
	rm -f $(BUILD)/dist/*.tar.gz
	$(BIN)/ansible-galaxy collection build --force --output-path $(BUILD)/dist

.PHONY: publish
publish: $(VENV)/.demo-ready ## Publish the archive of the version in VERSION on Galaxy, which needs a token
	$(BIN)/ansible-galaxy collection publish $(BUILD)/dist/ibmcloud-sysdig-$(VERSION).tar.gz

.PHONY: clean
clean: ## Remove everything that make has set up
	rm -rf $(VENV) $(BUILD) .ansible .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.11 ...")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.demo-ready: tools/locks/demo.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --require-hashes -r $<
	touch $@

$(VENV)/.test-ready: tools/locks/test.txt $(VENV)/.demo-ready
	$(BIN)/python -m pip install --quiet --require-hashes -r $<
	touch $@

$(VENV)/.site-ready: tools/locks/site.txt $(VENV)/.test-ready
	$(BIN)/python -m pip install --quiet --require-hashes -r $<
	command -v chromium || $(BIN)/playwright install --with-deps chromium
	touch $@

# The checkout under the name that Ansible and Python import it by.
$(COLLECTION):
	mkdir -p $(@D)
	ln -s ../../../.. $@
