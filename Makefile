# dermtrace: every target works on a fresh clone with nothing but Go.

GO     ?= go
BIN    ?= dermtrace
# No system image library is ever loaded, so that every machine gives the same pixels.
export GOFLAGS += -tags=nodynamic
PKGS    = ./...
# A count: a time as limit can end a sound run with "context deadline exceeded" (golang/go#75804).
FUZZTIME ?= 5000x

.PHONY: build demo test race check vet lint fmt tidy generated bench fuzz validate noise accuracy long notice release reproducible clean

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
	$(GO) test ./cmd/dermtrace -run 'TestREADME|TestNOTICE' -count=1

notice: ## write the modules' licences into NOTICE
	$(GO) test ./cmd/dermtrace -run TestNOTICE -count=1 -update

bench: ## benchmarks at 1, 12 and 24 megapixels
	$(GO) test -run '^$$' -bench . -benchmem $(PKGS)

validate: build ## the accuracy of this tool on simulated skin, up to an hour; goes on where it stopped
	./$(BIN) validate -o reports/validate

# Both end with a missed goal's status where the table shows one; what they keep is whole.
COURSES ?= 102

noise: build ## the built-in noise figures and flag rates, from the battery; goes on where it stopped
	-./$(BIN) validate -o reports/validate --courses $(COURSES) \
		--noise internal/trend/builtin.json --flag-rates internal/trend/flagrates.json

accuracy: build ## noise, flag rates and the README's table of accuracy from one run of one commit
	-./$(BIN) validate -o reports/validate --courses $(COURSES) --figures internal/validate/testdata/full.json \
		--noise internal/trend/builtin.json --flag-rates internal/trend/flagrates.json
	$(GO) test ./cmd/dermtrace -run TestREADMEShowsTheAccuracy -count=1 -update

long: ## the batteries and the other processors that a plain test leaves out
	$(GO) test -timeout 2h ./internal/align -long
	$(GO) test -timeout 2h ./cmd/dermtrace -run TheSame -long
	$(GO) test -timeout 2h ./internal/study -run AThousandSeries -long

fuzz: ## every fuzz target for FUZZTIME tries
	@for pkg in $$($(GO) list $(PKGS)); do \
		for target in $$($(GO) test -list '^Fuzz' $$pkg | grep '^Fuzz'); do \
			echo "$$pkg $$target"; \
			$(GO) test -run '^$$' -fuzz "^$$target$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 10x $$pkg || exit 1; \
		done; \
	done

# Nothing of the machine goes into a release: same source and toolchain, same bytes.
RELEASES = linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64 windows/arm64

release: ## build for every system, with checksums, into dist/
	rm -rf dist && mkdir -p dist
	for target in $(RELEASES); do \
		os=$${target%/*}; arch=$${target#*/}; suffix=; [ $$os = windows ] && suffix=.exe; \
		CGO_ENABLED=0 GOOS=$$os GOARCH=$$arch $(GO) build -trimpath -ldflags='-s -w -buildid=' \
			-o dist/dermtrace-$$os-$$arch$$suffix ./cmd/dermtrace || exit 1; \
	done
	cp LICENSE NOTICE README.md dist/
	cd dist && sha256sum dermtrace-* > SHA256SUMS

reproducible: ## build twice in two folders and fail when the bytes differ
	rm -rf dist/a dist/b && mkdir -p dist
	for copy in a b; do \
		git clone -q . dist/$$copy && (cd dist/$$copy && GOCACHE=$$PWD/cache CGO_ENABLED=0 $(GO) build -trimpath \
			-ldflags='-s -w -buildid=' -o dermtrace ./cmd/dermtrace) || exit 1; \
	done
	cmp dist/a/dermtrace dist/b/dermtrace
	rm -rf dist/a dist/b

clean:
	rm -rf $(BIN) dist
