# Every target does its own set-up; all it needs is make and Python 3.11 or later.
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
# Inner runs import their plugins anew: without bytecode files each of them compiles all of them.
WHEELED = PYTHONSAFEPATH=1 PYTHONDONTWRITEBYTECODE= HTTP_PROXY= HTTPS_PROXY= PIP_DISABLE_PIP_VERSION_CHECK=1

PARALLEL = -q -n 3 --dist worksteal

.PHONY: test coverage demo lint types tests matrix bench nightly dist docs clean install

test: lint types tests

# The tests run against the installed wheel: a file left out of it must fail them.
install: $(VENV)/ready
	$(BIN)/python -m pip install --quiet --force-reinstall --no-deps .

$(VENV)/ready: pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed; make PYTHON=...")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade 'pip>=25.1'
	$(BIN)/python -m pip install --quiet --group lint '.[httpx,server,pdf,html]' build hatchling twine
	touch $@

lint: $(VENV)/ready
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	if [ -x $(BIN)/hadolint ]; then $(BIN)/hadolint Containerfile; fi

types: install
	$(BIN)/mypy

tests: install
	$(WHEELED) $(BIN)/python -m pytest $(PARALLEL)

# Branch coverage of the package, which has to be complete, by the tests that add to it.
coverage: install
	rm -f .coverage .coverage.*
	FLIPSNACK_COVERAGE=1 $(WHEELED) $(BIN)/python -m coverage run -m pytest $(PARALLEL)
	$(BIN)/python -m coverage combine --quiet
	$(BIN)/python -m coverage report

demo: install
	PYTHON=$(abspath $(BIN)/python) sh examples/requests_client/demo.sh

# Other Pythons, where the machine has them, and the oldest versions that are supported.
matrix:
	sh tests/matrix.sh

bench: install
	$(BIN)/python -m benchmarks

nightly: install
	FLIPSNACK_ALL=1 HYPOTHESIS_PROFILE=nightly $(WHEELED) $(BIN)/python -m pytest -q -n 2 -m ''
	$(WHEELED) sh tests/contract/flip_right_clients.sh $(BIN)/python

# The files of a release: built, checked, and the wheel tried in an environment of its own.
dist: install
	rm -rf dist
	$(BIN)/python -m build --quiet --outdir dist
	$(BIN)/python -m twine check --strict dist/*
	$(PYTHON) -m venv dist/tried
	dist/tried/bin/python -m pip install --quiet dist/*.whl
	cd examples/requests_client && $(WHEELED) ../../dist/tried/bin/python -m pytest -q tests -p no:cacheprovider
	FLIPSNACK_TUTORIAL_PYTHON=$(abspath dist/tried/bin/python) $(BIN)/python -m pytest -q tests/docs/test_tutorial.py
	rm -rf dist/tried

# The site in docs/_build: spelling, links within it, and no warning. Its blocks run in the tests.
docs: .venv-docs/ready
	.venv-docs/bin/python -m pip install --quiet --force-reinstall --no-deps .
	.venv-docs/bin/codespell README.md CHANGELOG.md CONTRIBUTING.md docs examples pytest_flipsnack
	.venv-docs/bin/sphinx-build -W --keep-going -q -E -b html docs docs/_build

.venv-docs/ready: pyproject.toml
	$(PYTHON) -m venv .venv-docs
	.venv-docs/bin/python -m pip install --quiet --upgrade 'pip>=25.1'
	.venv-docs/bin/python -m pip install --quiet --group docs '.[httpx,server,html,drift]'
	touch $@

clean:
	rm -rf $(VENV) .venv-* .coverage .coverage.* dist build docs/_build docs/reference
