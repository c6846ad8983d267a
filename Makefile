# dermtrace: every target works on a fresh clone with nothing but Go.

GO     ?= go
BIN    ?= dermtrace
# No system image library is ever loaded, so that every machine gives the same pixels.
export GOFLAGS += -tags=nodynamic
PKGS    = ./...
FUZZTIME ?= 5s

.PHONY: build demo test race check vet lint fmt tidy generated bench fuzz clean

build: ## build the program as ./dermtrace
	$(GO) build -trimpath -o $(BIN) ./cmd/dermtrace

demo: build ## simulate a course of treatments, analyse it, say where the report is
	./$(BIN) demo -o reports/demo

test: ## every fast test, at most 10 minutes on two cores
	$(GO) test -timeout 20m $(PKGS)

race: ## the short tests under the race detector
	$(GO) test -race -short -timeout 30m $(PKGS)

check: fmt vet lint tidy generated test ## all that must be green before a commit

vet:
	$(GO) vet $(PKGS)

lint: ## staticcheck, pinned in go.mod
	$(GO) tool staticcheck $(PKGS)

fmt: ## fails when a file is not gofmt-ed
	@out=$$(gofmt -l cmd internal); if [ -n "$$out" ]; then echo "not gofmt-ed:"; echo "$$out"; exit 1; fi

tidy: ## fails when go.mod or go.sum do not fit the imports
	$(GO) mod tidy -diff
	$(GO) mod verify

generated: ## fails when a generated file is not what its generator writes
	$(GO) test ./cmd/dermtrace -run TestREADME -count=1

bench: ## benchmarks at 1, 12 and 24 megapixels
	$(GO) test -run '^$$' -bench . -benchmem $(PKGS)

fuzz: ## every fuzz target for FUZZTIME
	@for pkg in $$($(GO) list $(PKGS)); do \
		for target in $$($(GO) test -list '^Fuzz' $$pkg | grep '^Fuzz'); do \
			echo "$$pkg $$target"; \
			$(GO) test -run '^$$' -fuzz "^$$target$$" -fuzztime $(FUZZTIME) $$pkg || exit 1; \
		done; \
	done

clean:
	rm -f $(BIN)
