# Two commands do everything: make demo, make test. Each sets up what it needs and is quick the next time.

VENV := .venv
BIN := $(VENV)/bin
DEMO := output/question2-7

# The environment's parts that are up to date with pyproject.toml, each marked by a file.
READY := $(VENV)/.ready

export PIP_DISABLE_PIP_VERSION_CHECK := 1
# What is compiled is kept, or every process of the tests would compile it anew.
export PYTHONDONTWRITEBYTECODE :=
# make PYTHON=/path/to/python3 … takes that one; else .ci/system looks for the newest.
export PYTHON

.PHONY: help demo test checks pytest bench clean
.DEFAULT_GOAL := help

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1	\2/p' Makefile

demo: $(READY)-run ## set up, make an exam, mark a filled-in sheet, and say where everything is
	$(BIN)/examgen make --seed 7 --force
	$(BIN)/python tests/demo_sheet.py $(DEMO)
	$(BIN)/examgen grade $(DEMO)/filled.csv
	@echo && echo 'The papers, the key and the marks:'
	@find $(DEMO) -name '*.pdf' -o -name results.csv -o -name gradebook.csv | sort | sed 's/^/  /'
	@echo && echo 'To use examgen in this terminal: . $(BIN)/activate'

test: $(READY)-test ## set up, then every check: ruff, mypy, import-linter, the wheel, pytest; ROOM=core for one part, THOROUGH=1 for long lists in full, see tests/README.md
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	@$(MAKE) --no-print-directory -j2 checks pytest

# Side by side: while types and the wheel are checked, which takes one core for a minute, the other one would be idle.
checks:
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(if $(ROOM),,$(BIN)/python tests/wheel_check.py)

pytest:
	PYTEST_XDIST_AUTO_NUM_WORKERS=$$(($$(nproc 2>/dev/null || echo 2) + 1)) $(BIN)/pytest -n auto $(if $(ROOM),--room $(ROOM)) $(if $(THOROUGH),--hypothesis-profile=thorough)

bench: $(READY)-bench ## set up (PyTorch: a large download), then measure speed, one script after another
	@for script in tests/benchmarks/*.py; do echo "== $$script"; $(BIN)/python "$$script" || exit; done

clean: ## remove the environment, caches and builds; output/ stays
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find examgen tests -name __pycache__ -prune -exec rm -rf {} +

$(READY)-run: NEEDS := venv pango
$(READY)-run: EXTRAS := [report,scan]
$(READY)-test: NEEDS := venv pango pdftools browser
$(READY)-test: EXTRAS := [test]
$(READY)-bench: NEEDS := venv pango
$(READY)-bench: EXTRAS := [bench]

$(READY)-run $(READY)-test $(READY)-bench: pyproject.toml .ci/system
	@sh .ci/system $(NEEDS)
	@$(BIN)/python -c 'import pip' 2>/dev/null || "$$(sh .ci/system --python)" -m venv --clear $(VENV)
	@echo 'Installing examgen$(EXTRAS) into $(VENV); the first time takes a minute or two'
	@$(BIN)/python -m pip install --quiet --editable '.$(EXTRAS)'
	@touch $@
