# The commands of this project: `make help` lists them.
# GNU make (3.81 and later) and a POSIX shell; everything lands in this folder.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.SUFFIXES:

# Where it is set, every start of Prefect, dbt and Great Expectations recompiles: 28 s against 12 s.
unexport PYTHONDONTWRITEBYTECODE
# The environment is this folder's own, whatever is active around it.
unexport VIRTUAL_ENV PYTHONPATH PYTHONHOME
export DATA MAPPING POLICY AS_OF

BIN := .venv/bin
INSTALLED := .venv/installed
UV_WANTED := >=0.9,<1
PACKAGES := flows adapters expectations notifications audit allocation lottery ledger

.PHONY: help install demo test browser check bench clean
.PHONY: check-format check-lint check-types check-layers check-sql check-dbt check-spelling check-dependencies

help:  ## List these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

install: $(INSTALLED)  ## Make .venv from uv.lock (demo, test and check do it themselves)

demo: $(INSTALLED)  ## One Monday on a synthetic team; DATA=FOLDER MAPPING=FILE [POLICY=FILE] [AS_OF=INSTANT]: on yours
	@set --; \
	[ -z "$$DATA" ] || set -- "$$@" --data "$$DATA"; \
	[ -z "$$MAPPING" ] || set -- "$$@" --mapping "$$MAPPING"; \
	[ -z "$$POLICY" ] || set -- "$$@" --policy "$$POLICY"; \
	[ -z "$$AS_OF" ] || set -- "$$@" --as-of "$$AS_OF"; \
	exec $(BIN)/fairlead demo "$$@"

test: $(INSTALLED) browser  ## Run all tests
	@exec $(BIN)/python -m pytest -n 2 --dist loadfile

check: $(INSTALLED)  ## Run all checks: format, lint, types, layers, SQL, dbt, spelling, dependencies
	@$(MAKE) --keep-going --no-print-directory \
		check-format check-lint check-types check-layers check-sql check-dbt check-spelling check-dependencies

# Says the command, and shows what it printed only where it fails.
quietly = echo "$(1)"; report=$$($(1) 2>&1) || { echo "$$report"; exit 1; }
# The same as a build makes, with everything dbt announces as deprecated an error.
DBT_PARSE = $(BIN)/dbt --quiet --warn-error-options '{error: [Deprecations]}' parse \
	--no-partial-parse --project-dir dbt_project --profiles-dir dbt_project

check-format: ; @$(call quietly,$(BIN)/ruff format --check .)
check-lint: ; @$(call quietly,$(BIN)/ruff check --output-format concise .)
check-types: ; @$(call quietly,$(BIN)/mypy)
check-layers: ; @$(call quietly,$(BIN)/lint-imports)
check-sql: ; @$(call quietly,$(BIN)/sqlfluff lint --disable-progress-bar --nocolor dbt_project)
check-dbt: ; @$(call quietly,$(DBT_PARSE)) && $(call quietly,$(BIN)/dbt-bouncer run --show-all-failures)
check-spelling: ; @$(call quietly,$(BIN)/codespell)
check-dependencies: ; @$(call quietly,$(BIN)/deptry --no-ansi .)

bench: $(INSTALLED)  ## Measure the parts (benchmarks/)
	@exec $(BIN)/python -m benchmarks

# The embedded PostgreSQL outlives a killed run; its postmaster.pid says which process it is.
clean:  ## Stop what still runs and remove all that these commands made, .fairlead (database, log key) included
	@for pid_file in .fairlead/pg/postmaster.pid .fairlead/*/pg/postmaster.pid; do \
		[ -f "$$pid_file" ] || continue; \
		pid=$$(head -n 1 "$$pid_file"); \
		case "$$(ps -o comm= -p "$$pid" 2>/dev/null)" in *postgres*) ;; *) continue ;; esac; \
		echo "stopping the embedded PostgreSQL (process $$pid)"; \
		kill -INT "$$pid"; tries=0; \
		while kill -0 "$$pid" 2>/dev/null && [ $$tries -lt 30 ]; do sleep 1; tries=$$((tries + 1)); done; \
	done
	@rm -rf .venv .uv .fairlead .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis \
		dbt_project/target dbt_project/logs dbt_project/.user.yml logs *.egg-info
	@find $(PACKAGES) tests benchmarks -type d -name __pycache__ -prune -exec rm -rf {} + 2>/dev/null || true

# -- the environment --

$(INSTALLED): uv.lock
	@python=; \
	for name in python3 python3.14 python3.13 python3.12 python3.11; do \
		if command -v $$name >/dev/null && $$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; \
		then python=$$(command -v $$name); break; fi; \
	done; \
	if [ -z "$$python" ]; then \
		echo "Fairlead needs Python 3.11 or later; found: $$(python3 --version 2>&1 || echo none)." >&2; exit 1; fi; \
	uv=$$(command -v uv || true); \
	case "$$([ -z "$$uv" ] || "$$uv" --version)" in \
	"uv 0.9."* | "uv 0."[1-9][0-9]*) ;; \
	*)  uv=.uv/bin/uv; \
		if [ ! -x $$uv ]; then \
			$(as_root); \
			if ! "$$python" -c 'import ensurepip, venv' 2>/dev/null; then \
				if command -v apt-get >/dev/null && can_root; then \
					echo "installing python3-venv, which makes environments"; \
					as_root apt-get update -qq && as_root apt-get install -y -qq python3-venv; \
				fi; \
				"$$python" -c 'import ensurepip, venv' 2>/dev/null || { \
					echo "$$python cannot make environments: install python3-venv (Debian, Ubuntu: apt-get install python3-venv), or uv." >&2; \
					exit 1; }; \
			fi; \
			echo "fetching uv into .uv"; \
			"$$python" -m venv .uv && .uv/bin/pip install --quiet --disable-pip-version-check 'uv$(UV_WANTED)' || exit 1; \
		fi ;; \
	esac; \
	echo "installing what uv.lock names into .venv"; \
	UV_PYTHON_DOWNLOADS=never "$$uv" sync --frozen --compile-bytecode --quiet --python "$$python" || exit 1; \
	echo "preparing Prefect's database (once)"; \
	$(BIN)/python -m flows.prefect_server >/dev/null && touch $@

browser:
	@for name in chromium chromium-browser google-chrome google-chrome-stable; do \
		if command -v $$name >/dev/null; then exit 0; fi; done; \
	$(as_root); \
	if command -v apt-get >/dev/null && can_root; then \
		echo "installing Chromium, in which tests look at the pages"; \
		as_root apt-get update -qq && as_root apt-get install -y -qq chromium fonts-noto-cjk && exit 0; \
	fi; \
	echo "The tests look at pages in a browser: install chromium (or google-chrome) and a CJK font such as fonts-noto-cjk." >&2; \
	exit 1

# Shell functions for installing Debian packages: as root, or through sudo where that asks nothing.
as_root = \
	can_root() { [ "$$(id -u)" = 0 ] || sudo -n true 2>/dev/null; }; \
	as_root() { if [ "$$(id -u)" = 0 ]; then DEBIAN_FRONTEND=noninteractive "$$@"; else sudo -n env DEBIAN_FRONTEND=noninteractive "$$@"; fi; }
