# One list of tasks for people, pre-commit and CI. `make demo` and `make test` do all their own set-up.
.DEFAULT_GOAL := help
.PHONY: help setup train demo serve test check bench nlu-report clean

help: ## what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## the two environments and the native libraries
	@scripts/setup.sh

train: setup ## the language model; does nothing when its inputs have not changed
	@scripts/train.sh

demo: setup train ## a demo hospital in the browser, no Slack account needed
	@./parley demo

serve: setup train ## the bot against your own Slack workspace (see README)
	@./parley serve

test: ## everything that must hold: lint, types, contracts, tests on both databases, browser, language
	@scripts/test.sh

check: ## the quick part: lint, format, types, contracts
	@scripts/test.sh --quick

bench: setup train ## the figures of docs/benchmarks.md
	@scripts/bench.sh

nlu-report: setup train ## the figures and plots of docs/nlu.md (NLU_REPORT=full: across writers too)
	@scripts/nlu_report.sh

clean: ## everything that was built or generated; keeps your settings
	rm -rf .venv nlu/.venv .tools var nlu/models nlu/reports .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
