# Everything runs in a virtual environment that the targets make themselves. `make` lists them.

PYTHON ?= python3
PYTHONS ?= python3.12 python3.13
VENV ?= .venv

BIN := $(VENV)/bin
# Print a command, and run it.
RUN = @run() { printf '\n==> %s\n' "$$*"; "$$@"; }; run

.DEFAULT_GOAL := help
.NOTPARALLEL: # one pip at a time in an environment
.PHONY: help demo test lint types pytest fuzz test-peers test-versions mutants bench docs clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@printf '\n  PYTHON=%s makes the environment in %s/.\n' '$(PYTHON)' '$(VENV)'

demo: $(VENV)/.with-demo,scipy $(VENV)/.with-examples ## Run the demo; its output goes to demo-output/
	$(RUN) $(BIN)/opgrad demo --out demo-output

test: lint types pytest ## Check format, lint and types; run the tests

lint: $(VENV)/.with-all
	$(RUN) $(BIN)/ruff format --check
	$(RUN) $(BIN)/ruff check

types: $(VENV)/.with-all $(VENV)/.with-examples
	$(RUN) $(BIN)/mypy

pytest: $(VENV)/.with-all $(VENV)/.with-examples
	$(RUN) $(BIN)/pytest -n 2 --dist worksteal
	$(RUN) env OPGRAD_NATIVE=0 $(BIN)/pytest -n 2 --dist worksteal tests/engine tests/transforms # in Python alone

SECONDS ?= 600
FUZZ = --seconds $(SECONDS) $(if $(SEED),--seed $(SEED)) $(if $(ONLY),--only $(ONLY)) $(if $(CHECK),--check $(CHECK))

fuzz: $(VENV)/.with-all $(VENV)/.with-examples ## Compare random programs in all ways for SECONDS=600; again with SEED=, ONLY=, CHECK=
	$(RUN) $(BIN)/python -m tests.fuzz $(FUZZ)

test-peers: $(VENV)/.with-bench,test ## Compare every op with JAX and torch (installs them: large)
	$(RUN) $(BIN)/pytest tests_peers

test-versions: ## Run the tests on each interpreter of PYTHONS
	@for python in $(PYTHONS); do \
		version=$$($$python -c 'import sys; print("%d.%d" % sys.version_info[:2])') || exit 1; \
		$(MAKE) --no-print-directory PYTHON=$$python VENV=.venv-$$version pytest || exit 1; \
	done

FOLDER ?= opgrad
N ?= 20
SEED ?= 0

mutants: $(VENV)/.with-all ## Try N random small changes of FOLDER (or of files), and show those that no test notices
	$(RUN) $(BIN)/python -m tests.mutants $(FOLDER) --count $(N) --seed $(SEED)

bench: $(VENV)/.with-bench,test ## Measure against micrograd, autograd, torch, JAX, CasADi and C; write the tables (installs them: large)
	$(RUN) $(BIN)/python -m benchmarks.eager.run
	$(RUN) $(BIN)/python -m benchmarks.arrays.run
	$(RUN) $(BIN)/python -m benchmarks.arrays.memory
	$(RUN) $(BIN)/python -m benchmarks.compiled.run
	$(RUN) $(BIN)/python -m benchmarks.decisions.run
	$(RUN) $(BIN)/python -m benchmarks.tables

docs: $(VENV)/.with-docs ## Build the documentation in docs/_build/html; a warning is an error
	$(RUN) $(BIN)/sphinx-build -W --keep-going docs docs/_build/html

clean: ## Remove everything that the targets make, environments included
	rm -rf .venv .venv-* demo-output build dist opgrad/native.*.so docs/_build .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find opgrad plugins examples tests tests_peers benchmarks docs -name __pycache__ -prune -exec rm -rf {} + 2>/dev/null || true

# An empty file in the environment says which extras it has: `.with-demo`, `.with-bench,test`.
$(VENV)/.with-%: pyproject.toml hatch_build.py opgrad/native.pyx | $(VENV)/.made
	$(RUN) $(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[$*]'
	@touch '$@'

# The examples of third-party plugins, installed as any user would install one.
EXAMPLES := examples/opgrad-logcosh examples/opgrad-interp
$(VENV)/.with-examples: $(EXAMPLES:=/pyproject.toml) | $(VENV)/.made
	$(RUN) $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps $(addprefix --editable ,$(EXAMPLES))
	@touch '$@'

$(VENV)/.made:
	@'$(PYTHON)' -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "OpGrad needs Python 3.11 or newer, and $(PYTHON) is not. Name one: make PYTHON=python3.12 ..." >&2; \
		exit 1; }
	$(RUN) '$(PYTHON)' -m venv '$(VENV)'
	@touch '$@'
