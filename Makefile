# One command per act; CI runs the same ones. On a bare machine `make run` and `make test` need nothing but Python >= 3.11.
VENV ?= .venv
HOST ?= 127.0.0.1
PORT ?= 8000
JOBS ?= auto

# The first Python that is new enough and can make an environment.
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3 python; do \
	"$$p" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && { echo "$$p"; break; }; done)

RUN := $(VENV)/bin/python
INSTALLED = $(VENV)/.installed-$(shell cat requirements.txt constraints.txt | cksum | cut -d' ' -f1)

.PHONY: run test env
.DEFAULT_GOAL := run

run: env
	@$(RUN) manage.py portal --host "$(HOST)" --port "$(PORT)"

test: env
	@$(RUN) -m pytest -q -n $(JOBS) -m "not browser"

env: $(INSTALLED)

$(INSTALLED): | $(RUN)
	@echo "Installing what the portal needs into $(VENV) (once)..."
	@$(RUN) -m pip install --quiet --disable-pip-version-check -r requirements.txt -c constraints.txt
	@rm -f $(VENV)/.installed-*
	@touch $@

$(RUN):
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer (with venv) is needed and was not found. On Debian or Ubuntu: apt install python3 python3-venv"; exit 1; }
	@"$(PYTHON)" -m venv "$(VENV)"
