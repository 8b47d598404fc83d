# Two commands do everything on a machine with Python, pip and make: `make demo` and `make test`.
PYTHON ?= python3
# Another Python gets an environment of its own, so that switching between them rebuilds nothing.
VENV := $(if $(filter python3,$(PYTHON)),.venv,.venv-$(notdir $(PYTHON)))
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
# Tests run side by side, one process a core.
JOBS ?= auto

.PHONY: help demo test check format lab bench docs wheel clean

help:  ## Show this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 18

demo: $(VENV)/.installed  ## Play the demo: embedded mail servers, the daemon, a story told by mail
	@$(BIN)/mailcase demo $(ARGS)

test: $(VENV)/.installed-test  ## Run every test
	$(BIN)/python -m pytest -n $(JOBS) $(ARGS)

check: $(VENV)/.installed-test  ## Lint, formatting and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(VENV)/.installed-test  ## Put the code into its one form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/.installed-test  ## Measure speed and memory; takes some minutes
	$(BIN)/python -m bench $(ARGS)

lab: $(VENV)/.installed-test  ## Try to break what mailcase promises; about half an hour
	$(BIN)/python -m tests.lab $(ARGS)

docs: $(VENV)/.installed-test  ## Write the generated pages of docs/ anew
	$(BIN)/python -m tests.generated

wheel: $(VENV)/.installed-test  ## Build the wheel into dist/
	$(BIN)/python -m hatchling build -t wheel

clean:  ## Remove what make made
	rm -rf .venv .venv-* dist build .mypy_cache .pytest_cache .ruff_cache

# A Python without ensurepip (Debian without python3-venv) often has pip, which can install itself into an environment.
$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit("mailcase needs Python 3.11 or later, this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else 0'
	@echo "Making $(VENV) with $$($(PYTHON) --version)." >&2
	@$(PYTHON) -m venv $(VENV) >/dev/null 2>&1 \
	  || { rm -rf $(VENV) && $(PYTHON) -m venv --without-pip $(VENV) && $(PYTHON) -m pip --quiet --python $(BIN)/python install pip; } \
	  || { rm -rf $(VENV); echo "$(PYTHON) can make no environment; on Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	@touch $@

$(VENV)/.installed: $(VENV)/.made pyproject.toml
	@echo "Installing mailcase into $(VENV); the first time takes a minute or two." >&2
	@$(PIP) install --editable .
	@touch $@

$(VENV)/.installed-test: $(VENV)/.made pyproject.toml
	@echo "Installing mailcase and what its tests need into $(VENV); the first time takes a minute or two." >&2
	@$(PIP) install --editable '.[test,check]'
	@touch $(VENV)/.installed $@
