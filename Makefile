# Two commands do everything: `make book` and `make test`. `make help` lists the others.
# The environment is made in .venv, from requirements.lock, when it is first needed.

.DELETE_ON_ERROR:
.PHONY: help book run check status why test test-all lint serve pdf browser clean

# Any Python from 3.11 on that has venv; PYTHON=… names another. Only looked for when the environment is made.
PYTHON ?= $(shell for python in python3.13 python3.12 python3.11 python3 python; do \
	$$python -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)
PIP = .venv/bin/python -m pip install -qq --disable-pip-version-check --no-deps
# Browser tests take longest and start first; one BLAS thread for each of the parallel processes.
PYTEST = OMP_NUM_THREADS=1 .venv/bin/pytest -n auto --dist loadfile --no-loadscope-reorder

book: .venv/.ready  ## make the book: check the data, run what is stale, render _build/html
	@.venv/bin/compendium book

run: .venv/.ready  ## run the notebooks that are stale
	@.venv/bin/compendium run

check: .venv/.ready  ## check the data
	@.venv/bin/compendium check

status: .venv/.ready  ## show which outputs are out of date and which input changed
	@.venv/bin/compendium status

why: status  # the former name

test: .venv/.ready lint  ## style, types, unit tests, every executed notebook again, the book in a browser
	.venv/bin/compendium book
	$(PYTEST) --nbval --nbval-current-env tests/browser/test_pages.py book tests analysis/compendium

test-all: test  ## the tests and the slow ones: full rebuild, all pages in a browser, large imports, QualCoder and Taguette
	$(PYTEST) -m slow tests

lint: .venv/.ready  ## style, types and spelling
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	.venv/bin/mypy
	.venv/bin/codespell

serve: book  ## make the book and serve it at http://localhost:8000
	@.venv/bin/python -m http.server --bind localhost --directory _build/html 8000

pdf: .venv/.ready browser  ## make the book, and print all of it to _build/compendium.pdf
	@.venv/bin/compendium pdf

browser:  ## install Chromium, for the PDF and the tests of the rendered pages (Debian, as root)
	@if [ -x /usr/bin/chromium ]; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq --no-install-recommends chromium >/dev/null; \
	else echo "No chromium, and no way to install it here: there is no PDF without, and the tests of the rendered pages will be skipped."; fi

clean:  ## remove what was built; the executed notebooks stay
	rm -rf _build .cache

help:  ## list the commands
	@sed -n 's/^\([a-z-]*\):.*##/make \1\t/p' $(MAKEFILE_LIST) | expand -t 16

.venv/.locked: requirements.lock
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer, with its venv module, is needed. Name one: make book PYTHON=/path/to/python3" >&2; exit 1; }
	@echo "Making the environment in .venv with $(PYTHON) …"
	@$(PYTHON) -m venv --clear .venv
	@$(PIP) --require-hashes -r requirements.lock
	@touch $@

.venv/.ready: .venv/.locked pyproject.toml
	@$(PIP) --no-build-isolation -e .
	@touch $@
