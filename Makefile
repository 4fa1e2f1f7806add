# Aliases of ./run, which holds the meaning. `make` alone lists them.
.DEFAULT_GOAL := help
.PHONY: help run test check static lint types imports browser bench faults format lock

help: ## list these commands
	@sed -n 's/^\([a-z]*\): ## /\1\t/p' Makefile | expand -t 10
run: ## start the service with a demonstration clinic
	@./run
test: ## run the tests
	@./run test
check: ## format, lint, types, imports and tests
	@./run check
static: ## the same without the tests
	@./run static
lint: ## format and rules
	@./run lint
types: ## mypy
	@./run types
imports: ## import contracts
	@./run imports
browser: ## tests that drive Chromium
	@./run browser
bench: ## benchmarks
	@./run bench
faults: ## processes killed, answers lost: what is kept
	@./run faults
format: ## format the code
	@./run format
lock: ## compile the lock files
	@./run lock
