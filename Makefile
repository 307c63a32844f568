# The front door. `make run` and `make test` set everything up on first use.
.DEFAULT_GOAL := help
.PHONY: help setup run test check lint types imports docs bench advisories lock clean

BIN := .venv/bin
STAMP := .venv/.complete

help: ## What can be done here
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

setup: $(STAMP) ## Make .venv with everything in it

$(STAMP): requirements.lock pyproject.toml deploy/setup.sh
	@sh deploy/setup.sh
	@touch $@

run: $(STAMP) ## The control room with the demo, on http://127.0.0.1:8700
	@$(BIN)/gonogo up --demo examples/hello/RELEASE.md

test: $(STAMP) ## Every test
	@$(BIN)/python -m pytest -n 2 --dist loadgroup

check: lint types imports test ## Everything that must hold before a change lands

lint: $(STAMP)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: $(STAMP)
	@$(BIN)/mypy

imports: $(STAMP)
	@$(BIN)/lint-imports

docs: $(STAMP) ## Write the reference pages anew
	@$(BIN)/python docs/generate.py

bench: $(STAMP) ## The numbers, measured side by side
	@for file in benchmarks/[a-z]*.py; do echo "== $$file"; $(BIN)/python $$file || exit 1; done

advisories: ## Known vulnerabilities of what is locked; asks PyPI's advisory database
	@uv tool run pip-audit --requirement requirements.lock --disable-pip --strict

lock: ## Resolve the dependencies anew
	@uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
		--quiet pyproject.toml --group dev -o requirements.lock

clean: ## Remove what setup made
	@rm -rf .venv .tools
