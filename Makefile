# Everything that one does with this project. Needs Python 3.11 (or later) and make; `make help` lists the targets.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help setup run test test-slow check bench lock chromium

PYTHON ?= $(shell for name in python3.11 python3.12 python3.13 python3; do \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$name && break; done)
VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip --disable-pip-version-check --quiet install --only-binary :all: --require-hashes
RUN_STAMP := $(VENV)/.run-installed
TEST_STAMP := $(VENV)/.test-installed
# What the checks of production settings need to be told; the key only has to be long.
PRODUCTION_LIKE := BEHIND_TLS=1 ALLOWED_HOSTS=example.invalid \
	SECRET_KEY=only-for-this-check-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFG
# Test processes at once; each has databases of its own.
TEST_PROCESSES ?= 2
# What is random in the tests is the same every time, unless a number is given to search elsewhere.
SEARCH_SEED ?=
PYTEST := $(PY) -m pytest --numprocesses $(TEST_PROCESSES) $(if $(SEARCH_SEED),--hypothesis-seed=$(SEARCH_SEED))

help:  ## 列出全部命令
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(RUN_STAMP)  ## 建立虚拟环境并安装锁定的依赖
	@echo "依赖已就绪。"

run: $(RUN_STAMP)  ## 启动整个平台（PORT= 端口，DATA_DIR= 数据目录，SAMPLE_PASSWORD= 示例密码）
	@exec $(PY) -m config.supervisor

test: $(TEST_STAMP) chromium  ## 日常测试，包括浏览器中的流程
	$(PYTEST)

test-slow: $(TEST_STAMP) chromium  ## 较长的模拟测试（SEARCH_SEED= 另行随机搜索，SEARCH_TIMES= 加大倍数）
	$(PYTEST) -m slow

check: $(TEST_STAMP)  ## 代码检查、迁移完整性、生产设置检查
	$(PY) -m ruff check
	$(PY) -m ruff format --check
	$(PY) -W error::DeprecationWarning manage.py check --fail-level WARNING
	$(PY) -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run
	$(PRODUCTION_LIKE) $(PY) manage.py check --deploy --fail-level WARNING

bench: $(TEST_STAMP)  ## 性能测量
	@for file in tests/bench/bench_*.py; do echo "== $$file"; $(PY) $$file || exit 1; done

lock: $(RUN_STAMP)  ## 重新锁定依赖（需要联网）
	@$(PY) -m pip --disable-pip-version-check --quiet install uv==0.13.9
	$(VENV)/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
		requirements.in -o requirements.txt
	$(VENV)/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
		requirements-dev.in -o requirements-dev.txt

# A stamp is older than what it was made from only where something has to be done again.
$(PY):
	@test -n "$(PYTHON)" || \
		{ echo "没有找到 Python 3.11 或更高版本。请先安装，或用 PYTHON= 指定路径。" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
		{ echo "这个 Python 缺少 venv。在 Debian 上请运行：apt-get install -y python3-venv" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(RUN_STAMP): requirements.txt | $(PY)
	@echo "正在安装依赖，第一次需要一两分钟 …"
	@$(PIP) -r requirements.txt
	@touch $@

$(TEST_STAMP): requirements-dev.txt $(RUN_STAMP)
	@$(PIP) -r requirements-dev.txt
	@touch $@

# The tests drive Debian's Chromium, its headless shell where there is one; the font makes Chinese pages readable in
# their screenshots.
BROWSER := chromium-headless-shell
chromium:
	@if ! { command -v $(BROWSER) || command -v chromium; } >/dev/null || \
			! ls /usr/share/fonts/opentype/noto/*CJK* >/dev/null 2>&1; then \
		if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
			apt-get update -qq && export DEBIAN_FRONTEND=noninteractive && \
			apt-get install -y -qq --no-install-recommends fonts-noto-cjk >/dev/null && \
			{ apt-get install -y -qq --no-install-recommends $(BROWSER) || \
			apt-get install -y -qq --no-install-recommends chromium; } >/dev/null; \
		else \
			echo "浏览器测试需要 Chromium 和中文字体。请先运行：sudo apt-get install -y $(BROWSER) fonts-noto-cjk" >&2; exit 1; \
		fi; \
	fi
