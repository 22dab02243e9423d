PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: run test lint types bench-smoke format lock clean

run: $(VENV)/.run
	$(BIN)/drafter serve $(ARGS)

test: $(VENV)/.dev
	sh tests/system-packages.sh
	$(BIN)/python -m pytest $(ARGS)

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.dev
	$(BIN)/mypy

bench-smoke: $(VENV)/.dev
	$(BIN)/python -m bench.grounding --smoke
	$(BIN)/python -m bench.check --smoke
	$(BIN)/python -m bench.latency --smoke
	$(BIN)/python -m bench.prose --smoke
	$(BIN)/python -m bench.docx --smoke

format: $(VENV)/.dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Hashes only, no index addresses: any mirror can serve them, and plain pip installs them.
LOCK := uv pip compile pyproject.toml --universal --python-version 3.11 --extra build \
	--generate-hashes --no-emit-index-url --custom-compile-command "make lock" --quiet
lock:
	$(BIN)/$(LOCK) -o requirements.txt
	$(BIN)/$(LOCK) --extra dev -o requirements-dev.txt

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
		{ echo "Python 3.11 or newer is needed (PYTHON=/path/to/python3 make …) / 需要 Python 3.11 或更高版本" >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || \
		{ echo "The venv module is missing: apt-get install python3-venv / 缺少 venv 模块，请安装 python3-venv" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: $(VENV)/bin/python requirements.txt pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.run requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

clean:
	rm -rf $(VENV) build dist test-artifacts .pytest_cache .mypy_cache .ruff_cache
