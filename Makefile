# make demo    build, start an AWS emulator, seed an account with known faults, scan it, show the result
# make test    everything: formatting, lints, documentation, unit tests, cases, collectors, end to end on two emulators
# make test-deploy   the files of deploy by others' validators and on emulators, and the auditor's own rights, action by action
# make assurance     the same, and writes what they said to docs/assurance.md
# make reproduce     builds the release binary twice from the last commit, in two folders, and tells what differs
# make bench   decisions a second of the policy evaluator; wall time, CPU time and peak memory of an audit of 1,000 roles and
#              1,000 state machines from a snapshot, and of a scan of 1,000 state machines, with its calls, and of one of quotas alone; payload that
#              the detectors inspect a second (release build); error and false alarms of forecasts on series whose
#              future is known; time and memory of a report of 10,000 findings in all formats; how long a scrape takes
# make stack   the service on an emulated account, with Prometheus and Alertmanager; prints the addresses, until Ctrl-C
# make demo-alert   fills a quota there until the alert arrives at a webhook, and empties it until it is resolved
# make preview draws the dashboards from what Prometheus answers there: out/dashboards
# make soak    ten minutes of service while the account changes and a Region fails and returns: what stays, what it costs

PYTHON ?= python3
VENV := .venv
MOTO := $(VENV)/moto
MINISTACK := $(VENV)/ministack
BROWSER := $(VENV)/browser
VALIDATORS := $(VENV)/validators
GRAFANA := $(VENV)/grafana
OUT := out/demo

DEPLOY := $(VENV)/deploy

.PHONY: demo test test-deploy assurance reproduce bench lint fmt update-golden pictures stack demo-alert soak preview clean

demo: $(MOTO)/ready
	cargo build --locked
	$(MOTO)/bin/python tests/emulator/demo.py --binary $(BINARY) --output $(OUT)

test: emulators lint
	cargo test --locked
	RUSTDOCFLAGS="-D warnings" cargo doc --locked --no-deps --document-private-items
	@$(MAKE) --no-print-directory skipped

# Debian's prometheus and prometheus-alertmanager are all that they need beside what the tests do.
BINARY = $${CARGO_TARGET_DIR:-target}/debug/stepwarden
stack demo-alert soak preview: $(MOTO)/ready
	cargo build --locked
	$(MOTO)/bin/python tests/stack/stack.py $(patsubst stack,hold,$(patsubst demo-alert,alert,$@)) --binary $(BINARY)

test-deploy assurance: $(DEPLOY)/ready emulators
	cargo build --locked
	STEPWARDEN_BINARY=$$(realpath $(BINARY)) $(DEPLOY)/bin/python tests/deploy/assurance.py $(patsubst test-deploy,,$(patsubst assurance,--write,$@))

reproduce: $(DEPLOY)/ready
	$(DEPLOY)/bin/python tests/deploy/reproduce.py

lint:
	cargo fmt --check
	cargo clippy --locked --all-targets -- -D warnings

bench: $(MOTO)/ready $(MINISTACK)/ready
	cargo bench --locked --bench iam
	cargo build --locked --release
	mkdir -p out
	cargo bench --locked --bench account -- out/account.jsonl
	cargo bench --locked --bench forecast
	cargo bench --locked --bench formats
	cargo bench --locked --bench serve
	cargo bench --locked --bench detect -- out/samples.jsonl
	$(PYTHON) benches/detect.py --binary $${CARGO_TARGET_DIR:-target}/release/stepwarden out/samples.jsonl
	$(PYTHON) benches/account.py --binary $${CARGO_TARGET_DIR:-target}/release/stepwarden out/account.jsonl
	$(MOTO)/bin/python benches/quotas.py --binary $${CARGO_TARGET_DIR:-target}/release/stepwarden
	$(MOTO)/bin/python benches/scan.py --binary $${CARGO_TARGET_DIR:-target}/release/stepwarden --emulator-python $(MINISTACK)/bin/python

# Writes the expected outputs anew; read the difference before committing it.
update-golden: emulators
	UPDATE_EXPECT=1 cargo test --locked

# Takes the pictures of docs/pictures anew: of the demo's summary and report, and of a dashboard's preview.
pictures: $(BROWSER)/ready
	rm -rf $(OUT)
	mkdir -p $(OUT)
	$(MAKE) --no-print-directory preview
	COLUMNS=100 $(MOTO)/bin/python tests/emulator/demo.py --binary $(BINARY) --output $(OUT) --color always > $(OUT)/summary.txt
	$(BROWSER)/bin/python tests/browser/pictures.py $(OUT) out/dashboards/quotas.html docs/pictures

# The emulators, and the validators of formats, are Python packages, each in an environment of its own. Where they cannot be installed the end-to-end
# suites are skipped, which `skipped` says; with CI=true that is a failure.
.PHONY: emulators skipped
emulators:
	@$(MAKE) --no-print-directory $(MOTO)/ready || [ "$$CI" != true ]
	@$(MAKE) --no-print-directory $(MINISTACK)/ready || [ "$$CI" != true ]
	@$(MAKE) --no-print-directory $(BROWSER)/ready || [ "$$CI" != true ]
	@$(MAKE) --no-print-directory $(VALIDATORS)/ready || [ "$$CI" != true ]
	@$(MAKE) --no-print-directory $(GRAFANA)/ready || [ "$$CI" != true ]

skipped:
	@[ -f $(MOTO)/ready ] || echo "SKIPPED: end to end on moto (its Python environment could not be made)"
	@[ -f $(MINISTACK)/ready ] || echo "SKIPPED: end to end on MiniStack (its Python environment could not be made)"
	@[ -f $(BROWSER)/ready ] && [ -x /usr/bin/chromium ] || echo "SKIPPED: the HTML report in a browser (no /usr/bin/chromium, or its Python environment could not be made)"
	@[ -f $(GRAFANA)/ready ] || echo "SKIPPED: the dashboards by Grafana's schema (its Python environment could not be made)"
	@[ -x /usr/bin/promtool ] && [ -x /usr/bin/amtool ] || echo "SKIPPED: alerts and dashboards in a real Prometheus and Alertmanager (Debian: prometheus, prometheus-alertmanager)"
	@for program in prometheus-pushgateway prometheus-node-exporter victoria-metrics; do \
	    [ -x /usr/bin/$$program ] || echo "SKIPPED: metrics that go to $$program (Debian's package of that name)"; done
	@[ -f $(VALIDATORS)/ready ] || echo "SKIPPED: formats and API by others' validators (their Python environment could not be made)"

# Drives Chromium, which the system brings (Debian: the package `chromium`).
$(BROWSER)/ready: tests/browser/requirements.txt
	$(PYTHON) -m venv --clear $(BROWSER)
	$(BROWSER)/bin/python -m pip install --quiet --disable-pip-version-check --requirement $<
	@touch $@

# Reads the dashboards as Grafana does.
$(GRAFANA)/ready: tests/grafana/requirements.txt
	$(PYTHON) -m venv --clear $(GRAFANA)
	$(GRAFANA)/bin/python -m pip install --quiet --disable-pip-version-check --requirement $<
	@touch $@

# Linters, policy scanners and validators of what is deployed. Debian's buildah, binutils, systemd and strace do the rest.
$(DEPLOY)/ready: tests/deploy/requirements.txt
	$(PYTHON) -m venv --clear $(DEPLOY)
	$(DEPLOY)/bin/python -m pip install --quiet --disable-pip-version-check --requirement $<
	@touch $@

$(VENV)/%/ready: tests/emulator/requirements-%.txt
	$(PYTHON) -m venv --clear $(VENV)/$*
	$(VENV)/$*/bin/python -m pip install --quiet --disable-pip-version-check --requirement $<
	@touch $@

clean:
	rm -rf target $(VENV) out
