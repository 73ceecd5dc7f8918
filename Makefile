# The few words of this house. `make` alone lists them.
#
#   make run          set up what is missing, then read the sources and write feeds/
#   make test         the tests (about six minutes on two cores)
#   make lint         format, lint, types
#   make format       put into format what can be
#   make proofs       the long evidence, full counts; SEED=… repeats a run
#   make judge        independent judges over everything in feeds/ (after make run)
#   make bench-gather gathering beside three other programs (QUICK=1: 100 sources, once)
#   make bench-summaries  our Kurzfassungen beside two other programs' and the first sentences
#   make bench-same-story  the same-story check beside others, on its labelled set
#   make bench-web     the public files beside nginx, under wrk
#   make docs         write the generated pages of docs/ again
#   make build        wheel and sdist into dist/
#   make constraints  choose the pinned versions anew
#   make clean        remove what make made, but not feeder.db and not feeds/

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check
ifndef SEED
SEED   := $(shell od -An -N4 -tu4 /dev/urandom | tr -d ' ')
endif
SHARE  ?= 1
WORKERS ?= auto

.DEFAULT_GOAL := help
.PHONY: help run test lint format proofs judge bench-gather bench-same-story bench-summaries bench-web docs build constraints clean

help:
	@sed -n 's/^#   //p' Makefile

# Stamps: what is installed already is not installed again until the files it came from change.
$(VENV)/python.stamp:
	@command -v $(PYTHON) >/dev/null || { echo "feeder needs Python 3.11 or newer, and there is no '$(PYTHON)' here."; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "feeder needs Python 3.11 or newer; '$(PYTHON)' is $$($(PYTHON) -V 2>&1)."; \
	  echo "Name a newer one: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear $(VENV) || { \
	  echo "Could not make a virtual environment; on Debian: apt-get install python3-venv"; exit 1; }
	@touch $@

$(VENV)/run.stamp: $(VENV)/python.stamp pyproject.toml constraints.txt
	$(PIP) install --quiet --constraint constraints.txt --editable .
	@touch $@

$(VENV)/dev.stamp: $(VENV)/python.stamp pyproject.toml constraints.txt
	$(PIP) install --quiet --constraint constraints.txt --editable ".[dev]"
	@touch $(VENV)/run.stamp $@

run: $(VENV)/run.stamp
	$(BIN)/feeder run --config config.toml

# Some machines tell Python to compile everything again in each process; the tests start hundreds of them.
unexport PYTHONDONTWRITEBYTECODE

test: $(VENV)/dev.stamp
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal -q

lint: $(VENV)/dev.stamp
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy --strict

format: $(VENV)/dev.stamp
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# Every property test at its full count too, not only what is marked as a proof.
proofs: $(VENV)/dev.stamp
	@echo "proofs: SEED=$(SEED) SHARE=$(SHARE)"
	FEEDER_SEED=$(SEED) FEEDER_PROOF_SHARE=$(SHARE) \
	  $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal -q -m "proofs or hypothesis" --hypothesis-seed=$(SEED)

judge: $(VENV)/run.stamp
	$(BIN)/python tests/judge.py

# The rivals live in an environment of their own, outside the checkout.
RIVALS ?= $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/feeder-rivals
$(RIVALS)/rivals.stamp: benchmarks/gather/rivals/rivals.txt
	$(PYTHON) -m venv --clear $(RIVALS)
	$(RIVALS)/bin/python -m pip --disable-pip-version-check install --quiet --requirement $<
	@touch $@

bench-gather: $(VENV)/run.stamp $(RIVALS)/rivals.stamp
	$(BIN)/python -m benchmarks.gather --rivals $(RIVALS)/bin/python $(if $(QUICK),--quick) $(BENCH)

SUMMARISERS ?= $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/feeder-summaries
$(SUMMARISERS)/rivals.stamp: benchmarks/summaries.txt
	$(PYTHON) -m venv --clear $(SUMMARISERS)
	$(SUMMARISERS)/bin/python -m pip --disable-pip-version-check install --quiet --requirement $<
	@touch $@

bench-summaries: $(SUMMARISERS)/rivals.stamp
	$(SUMMARISERS)/bin/python -m benchmarks.summaries $(BENCH)

# Beside feeder's own packages, those that it is compared with; FEEDER_CORPUS names the recorded texts.
SAME_STORY := $(RIVALS)-same-story
$(SAME_STORY)/rivals.stamp: benchmarks/same_story/rivals.txt pyproject.toml constraints.txt
	$(PYTHON) -m venv --clear $(SAME_STORY)
	$(SAME_STORY)/bin/python -m pip --disable-pip-version-check install --quiet --constraint constraints.txt --editable . --requirement $<
	@touch $@

bench-same-story: $(SAME_STORY)/rivals.stamp
	$(SAME_STORY)/bin/python -m benchmarks.same_story

bench-web: $(VENV)/run.stamp
	$(BIN)/python -m benchmarks.web $(BENCH)

docs: $(VENV)/run.stamp
	$(BIN)/python -m feeder.config.reference > docs/configuration.new && mv docs/configuration.new docs/configuration.md

build: $(VENV)/dev.stamp
	rm -rf dist
	$(BIN)/python -m build --no-isolation --outdir dist .

# One resolution that holds for every Python we promise; markers where they differ.
constraints:
	$(PYTHON) -m venv $(VENV)-uv
	$(VENV)-uv/bin/python -m pip install --quiet uv
	{ echo "# Every version that feeder is tested with. Made by: make constraints"; \
	  $(VENV)-uv/bin/uv pip compile pyproject.toml --all-extras --universal --python-version 3.11 \
	    --upgrade --no-header --no-annotate --no-config --quiet; } > constraints.new
	mv constraints.new constraints.txt
	rm -rf $(VENV)-uv

clean:
	rm -rf $(VENV) $(VENV)-uv build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +
