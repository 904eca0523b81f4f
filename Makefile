# Short names over the scripts. `make` alone lists them.
.DEFAULT_GOAL := help
BIN := .venv/bin

.PHONY: help
help: ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: run
run: ## the site on this machine (script/server)
	script/server

.PHONY: setup
setup: ## what development needs
	script/setup --test

.PHONY: test
test: setup ## all tests on SQLite; a part with: make test ARGS=tests/mail
	$(BIN)/python -m pytest -n 2 --dist worksteal $(ARGS)

.PHONY: sure
sure: ## everything that CI runs
	CI=true script/test

.PHONY: lint
lint: ## ruff, rules and format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

.PHONY: format
format: ## mend what ruff can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

.PHONY: types
types: ## mypy --strict
	$(BIN)/mypy app tests bench script

.PHONY: arch
arch: ## the layers between packages
	$(BIN)/lint-imports

.PHONY: guards
guards: ## tests about the code itself
	$(BIN)/python -m pytest tests/guards

.PHONY: routes
routes: ## write the frozen list of routes anew
	$(BIN)/python -m tests.guards.routes >tests/guards/routes.txt

.PHONY: messages
messages: ## bring the catalogues up to date with the texts
	script/messages

.PHONY: bench
bench: ## benchmarks against their goals
	$(BIN)/python -m bench.main

.PHONY: sign-ins
sign-ins: ## a morning of sign-ins at once
	$(BIN)/python -m bench.sign_in

.PHONY: exam-day
exam-day: ## 2,000 examinees for five minutes, on both databases
	$(BIN)/python -m bench.exam_day

.PHONY: storm
storm: ## 100,000 answers while everything is killed, on both databases
	$(BIN)/python -m tests.faults.storm

.PHONY: storm-certificates
storm-certificates: ## 2,000 certificates while the workers are killed, on both databases
	$(BIN)/python -m tests.faults.certificate_storm
