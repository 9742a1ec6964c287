# Looks Aligned. `make` alone lists the commands.
SHELL := /bin/bash
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
.PHONY: help book html lab notebooks handouts offline links publish-notebooks test bench classroom lock clean

PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
# uv installs in seconds what takes pip a minute or two. It does not read pip's settings: where those say that packages
# come from elsewhere, pip does it.
define install
$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps $(1) 2> $(VENV)/uv.log || $(BIN)/pip install --quiet --no-compile --no-deps $(1)
endef
UV := 0.13.8
FRONT := src/looks_aligned/explore/front
# Where `make publish-notebooks` pushes to.
REMOTE ?= origin
# Lab's notebooks are made again when a page has changed, and not for each change of the code that their cells run.
MADE := _build/notebooks/.made

export LOOKS_ALIGNED_CACHE := $(CURDIR)/_build/sweeps
export LOOKS_ALIGNED_NODE := $(CURDIR)/_build/node
# Python keeps what it has compiled, even where the environment asks it not to; else each process would compile torch.
export PYTHONDONTWRITEBYTECODE :=
# glibc keeps freed memory for the next array instead of giving it back and asking for it again; a quarter faster.
export MALLOC_TRIM_THRESHOLD_ := 4000000000
export MALLOC_MMAP_THRESHOLD_ := 4000000000

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-17s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

book: html ## build the book and serve it on a local port
	@$(BIN)/python -m looks_aligned.explore.page.serve _build/html --port $(PORT)

html: $(VENV)/book.done _build/node/node_modules/.package-lock.json ## build the book into _build/html
	@$(BIN)/python -m looks_aligned.explore.page.build
	@touch $(MADE)

lab: $(MADE) ## open the chapters as notebooks in JupyterLab; yours are in notebooks/, and stay
	@$(BIN)/python -m looks_aligned.explore.page.notebooks
	@binder/start $(BIN)/jupyter lab --ServerApp.root_dir="$(CURDIR)" --LabApp.default_url=/lab/tree/notebooks

notebooks: html ## make clean notebooks of the chapters in _build/notebooks
	@echo "The notebooks are in _build/notebooks."

handouts: html $(VENV)/test.done ## print a handout for each chapter, as PDFs in _build/handouts
	@$(BIN)/python -m looks_aligned.explore.page.browser
	@$(BIN)/python -m looks_aligned.explore.page.printing

offline: handouts ## pack the book and its handouts as _build/looks-aligned.zip, to read without a network
	@$(BIN)/python -m looks_aligned.explore.page.offline

links: $(VENV)/book.done _build/node/node_modules/.package-lock.json ## ask each address outside of the book whether it still answers
	@$(BIN)/python -m looks_aligned.explore.page.links

publish-notebooks: $(VENV)/book.done ## push them, with all they need, as the branch that Binder and Colab open
	@$(BIN)/python -m looks_aligned.explore.page.publish $(REMOTE)

test: $(VENV)/test.done _build/node/node_modules/.package-lock.json ## check everything: style, types, engine, pages in a browser, notebooks in a Lab
	@$(BIN)/python -m looks_aligned.explore.page.browser
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/pyright
	$(BIN)/node _build/node/node_modules/typescript/bin/tsc -p $(FRONT)
	$(BIN)/pytest --numprocesses auto --dist loadgroup -m "not alone" --ignore tests/book
	$(BIN)/pytest --numprocesses auto --dist loadgroup -m "not alone" tests/book
	$(BIN)/pytest -m alone tests/agents tests/book

bench: $(VENV)/bench.done ## our training against PPO, and cost per run against number of runs
	$(BIN)/python -m benchmarks.flagship

classroom: html $(VENV)/bench.done ## measure whether this machine can serve a class: memory, and waiting
	$(BIN)/python -m benchmarks.classroom

lock: $(VENV)/book.done ## resolve pyproject.toml into the pinned requirements again
	$(BIN)/python tests/lock.py

clean: ## delete what was built, the sweeps and the environment
	rm -rf _build $(VENV) src/*.egg-info

$(VENV)/bin/pip:
	@$(PYTHON) -c 'import sys; sys.exit("Looks Aligned needs Python 3.11 or newer; this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --no-compile uv==$(UV)

$(MADE): $(wildcard book/*) _toc.yml requirements.txt
	@$(MAKE) --no-print-directory html

$(VENV)/book.done: requirements.txt binder/torch.txt pyproject.toml | $(VENV)/bin/pip
	$(BIN)/pip install --quiet --no-compile --retries 1 --timeout 60 --no-deps -r binder/torch.txt
	$(call install,-r requirements.txt)
	$(BIN)/pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/test.done: tests/requirements.txt $(VENV)/bench.done
	$(call install,-r tests/requirements.txt)
	@touch $@

$(VENV)/bench.done: benchmarks/requirements.txt $(VENV)/book.done
	$(call install,-r benchmarks/requirements.txt)
	@touch $@

_build/node/node_modules/.package-lock.json: $(FRONT)/package.json $(FRONT)/package-lock.json $(VENV)/book.done
	@mkdir -p _build/node
	@cp $(FRONT)/package.json $(FRONT)/package-lock.json _build/node
	cd _build/node && PATH="$(CURDIR)/$(BIN):$$PATH" npm ci --no-audit --no-fund --loglevel=error
