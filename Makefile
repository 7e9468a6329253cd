# One command per act; CI runs the same ones. On a bare machine `make run` and `make test` need nothing but Python >= 3.11.
VENV ?= .venv
HOST ?= 127.0.0.1
PORT ?= 8000
JOBS ?= auto

# The first Python that is new enough and can make an environment.
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3.14 python3 python; do \
	"$$p" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && { echo "$$p"; break; }; done)

RUN := $(VENV)/bin/python
PYTEST := $(RUN) -m pytest -q -n $(JOBS)
LOCK := $(shell cat requirements.txt constraints.txt | cksum | cut -d' ' -f1)
LOCK_DEV := $(shell cat requirements.txt requirements-dev.txt constraints.txt | cksum | cut -d' ' -f1)

export PORT

.DEFAULT_GOAL := run
.PHONY: run test bench ci ci-steps lint types checks messages messages-check test-sqlite test-postgres test-browser bench-smoke \
	constraints env env-dev clean

# --- what people use --------------------------------------------------------------------------------------------------

run: env  ## the portal at http://127.0.0.1:8000 (PORT=… for another)
	@$(RUN) -u manage.py portal --host "$(HOST)" --port "$(PORT)"

test: env  ## the suite on SQLite, with the embedded broker
	@env -u DATABASE_URL -u REDIS_URL $(PYTEST) --ignore=tests/browser -m "not long"

bench: env-dev  ## measurements on PostgreSQL + Redis, printed as tables
	@.ci/with-services $(RUN) -m benchmarks

screenshots: env-dev  ## the pictures of the README, from the demo school in Chromium
	@$(RUN) -m tests.browser.screenshots

messages: env-dev  ## collect the texts of the interface (needs gettext), then translate in locale/ru
	@$(RUN) manage.py makemessages -l ru --no-location --no-obsolete
	@$(RUN) manage.py compile_catalogues

lint: env-dev
	@$(RUN) -m ruff check .
	@$(RUN) -m ruff format --check .

types: env-dev
	@$(RUN) -m mypy .

# --- what CI runs -----------------------------------------------------------------------------------------------------

ci: env-dev  ## everything that has to stand before a change is taken; installs and starts what it needs
	@.ci/with-services $(MAKE) --no-print-directory ci-steps

ci-steps:
	@failed=; for step in lint types checks messages-check test-sqlite test-postgres test-browser bench-smoke; do \
		started=$$(date +%s); echo "=== $$step"; verdict=ok; \
		$(MAKE) --no-print-directory $$step || { verdict=FAILED; failed="$$failed $$step"; }; \
		echo "=== $$step: $$verdict, $$(( $$(date +%s) - started )) s"; \
	done; [ -z "$$failed" ] || { echo "=== FAILED:$$failed"; exit 1; }

checks: env-dev
	@$(RUN) manage.py makemigrations --check --dry-run
	@env SITE_URL=https://school.example ALLOWED_HOSTS=school.example DEVELOPMENT=0 VAR_DIR=var/deploy-check \
		SMS_HTTP='{"url": "https://sms.example/send"}' $(RUN) manage.py check --deploy --fail-level WARNING

messages-check: env-dev
	@$(RUN) .ci/check_messages.py

test-sqlite: env-dev
	@env -u DATABASE_URL -u REDIS_URL $(PYTEST) --forbid-skips --ignore=tests/browser

test-postgres: env-dev
	@$(PYTEST) --forbid-skips --ignore=tests/browser

test-browser: env-dev
	@env -u DATABASE_URL -u REDIS_URL $(RUN) -m pytest -q --forbid-skips tests/browser
	@$(RUN) -m pytest -q --forbid-skips tests/browser

bench-smoke: env-dev
	@$(RUN) -m benchmarks --smoke

# --- the environment --------------------------------------------------------------------------------------------------

env: $(VENV)/.installed-$(LOCK)
env-dev: $(VENV)/.installed-dev-$(LOCK_DEV)

$(VENV)/.installed-$(LOCK): | $(RUN)
	@echo "Installing what the portal needs into $(VENV) (once) ..."
	@$(RUN) -m pip install --quiet --disable-pip-version-check -r requirements.txt -c constraints.txt
	@rm -f $(VENV)/.installed-[0-9]*
	@touch $@

$(VENV)/.installed-dev-$(LOCK_DEV): | $(RUN)
	@echo "Installing what the checks need into $(VENV) (once) ..."
	@$(RUN) -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt -c constraints.txt
	@rm -f $(VENV)/.installed-*
	@touch $(VENV)/.installed-$(LOCK) $@

$(RUN):
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer with venv was not found. On Debian and Ubuntu: apt install python3 python3-venv"; exit 1; }
	@"$(PYTHON)" -m venv "$(VENV)"

constraints:  ## pin anew what the requirements bring along
	@rm -rf var/constraints && "$(PYTHON)" -m venv var/constraints
	@var/constraints/bin/pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@var/constraints/bin/pip freeze > constraints.txt
	@rm -rf var/constraints

clean:
	@rm -rf "$(VENV)" var static_root .mypy_cache .ruff_cache .pytest_cache
