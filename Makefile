# SPDX-License-Identifier: GPL-2.0-only
# Builds rolegate, its tests and its checks; everything goes to build/ (O=).

# --- What you may set -------------------------------------------------------

O ?= build
PREFIX ?= /usr/local
SBINDIR ?= $(PREFIX)/sbin
MANDIR ?= $(PREFIX)/share/man
DATADIR ?= $(PREFIX)/share/rolegate
SYSTEMD_UNIT_DIR ?= $(PREFIX)/lib/systemd/system
DESTDIR ?=
CC ?= gcc
CLANG ?= clang
# Debian keeps bpftool where the PATH of users does not look.
BPFTOOL ?= $(shell command -v bpftool || echo /usr/sbin/bpftool)
PKG_CONFIG ?= pkg-config
CFLAGS ?= -O2 -g
WERROR ?= 0
V ?= 0

VERSION := 0.1.0

# --- Flags ------------------------------------------------------------------

LIBRARIES := libbpf libfyaml smartcols jansson libmd libmnl libmicrohttpd libsystemd libpcap ncursesw
WARNINGS := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes
ifneq ($(WERROR),0)
WARNINGS += -Werror
endif
INCLUDES := -iquote . -iquote include -iquote $(O)
USER_FLAGS := -std=gnu11 -D_GNU_SOURCE -DROLEGATE_VERSION='"$(VERSION)"' \
	$(WARNINGS) $(INCLUDES) $(shell $(PKG_CONFIG) --cflags $(LIBRARIES))
USER_LIBS := $(shell $(PKG_CONFIG) --libs $(LIBRARIES))
MULTIARCH := $(shell $(CC) -print-multiarch 2>/dev/null)
BPF_FLAGS := -target bpf -mcpu=v3 -g -O2 $(filter-out -Wmissing-prototypes,$(WARNINGS)) $(INCLUDES) \
	$(if $(MULTIARCH),-idirafter /usr/include/$(MULTIARCH))
SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=all \
	-fno-omit-frame-pointer -O1 -g
# An empty array's items are NULL, and NULL + 0 is NULL (C2y, N3322).
FUZZ := -fsanitize=fuzzer-no-link,address,undefined \
	-fno-sanitize=pointer-overflow -fno-sanitize-recover=all -O1 -g
FUZZ_SECONDS ?= 1800
COVER := -fprofile-instr-generate -fcoverage-mapping -O0 -g

ifeq ($(V),0)
Q := @
say = @printf ' %-6s %s\n' '$(1)' '$(2)'
endif

# --- Files ------------------------------------------------------------------

POLICY := $(wildcard user/policy/*.c)
KERNEL := $(wildcard user/kernel/*.c)
OUTPUT := $(wildcard user/output/*.c)
EXPORTER := $(wildcard user/exporter/*.c)
COMMANDS := $(wildcard user/cmd/*.c)
SOURCES := $(POLICY) $(KERNEL) $(OUTPUT) $(EXPORTER) $(COMMANDS) user/main.c
UNITS := rolegate.service rolegate@.service rolegate-exporter.service \
	rolegate-exporter.socket
MONITORING := rolegate-alerts.yml rolegate-dashboard.json
EMBEDDED := $(O)/embedded_policies.c
SKELETON := $(O)/filter.skel.h

OBJECTS := $(SOURCES:%.c=$(O)/%.o) $(O)/embedded_policies.o
# The same, sanitized, for the tests; all but main.
SANE := $(filter-out user/main.c,$(SOURCES))
SANE_OBJECTS := $(SANE:%.c=$(O)/sane/%.o) $(O)/sane/embedded_policies.o

# tests/unit/proposal_runner.c is no test, but asked by one.
UNIT_TESTS := $(patsubst tests/unit/%.c,$(O)/tests/%,$(wildcard tests/unit/test_*.c))
PACKET_TESTS := $(patsubst tests/packet/%.c,$(O)/tests/%,$(wildcard tests/packet/test_*.c))
PACKET_PROGRAMS := $(patsubst %,tests/packet/%.c,judge_runner program_numbers class_compare)
PACKET_SHARED := $(patsubst %.c,$(O)/sane/%.o,$(filter-out \
	tests/packet/test_%.c $(PACKET_PROGRAMS),$(wildcard tests/packet/*.c)))

FUZZ_TARGETS := frame config
FUZZ_OBJECTS := $(POLICY:%.c=$(O)/fuzz/%.o) $(O)/fuzz/embedded_policies.o

COVER_OBJECTS := $(patsubst %.c,$(O)/cover/%.o,$(POLICY) $(KERNEL) $(OUTPUT)) \
	$(O)/cover/embedded_policies.o
# What decides about packets.
COVERED := $(addprefix bpf/,parse.h parse_l4.h classify.h decide.h judge.h)
# The benchmark: what loads the filter, with the bench's program in its place.
BENCH_SKELETON := $(O)/bench/filter.skel.h
BENCH_LOADER := $(patsubst %.c,$(O)/bench/%.o,$(KERNEL) tests/bench/corpus.c \
	tests/bench/machine.c tests/packet/packets.c tests/packet/subject.c)
BENCH_PLAIN := $(POLICY:%.c=$(O)/%.o) $(OUTPUT:%.c=$(O)/%.o) $(O)/embedded_policies.o
BENCH_PROGRAMS := $(patsubst %,$(O)/bench/%,path send count latency)

# What the tests in namespaces run besides rolegate.
HELPERS := $(addprefix $(O)/tests/,blast no_frags.so foreign.bpf.o)

.DELETE_ON_ERROR:
.SECONDARY:
.PHONY: all help install uninstall clean unit packet runner class-compare role-soak differential sanitized numbers \
	fuzz fuzzers coverage mutants bench bench-programs watch-cost proposals helpers guest vm vm-all lint format check check-root

# --- Building ---------------------------------------------------------------

all: $(O)/rolegate ## build rolegate (the default)

$(O)/rolegate: $(OBJECTS)
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(USER_LIBS)

$(O)/%.o: %.c | $(SKELETON)
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(USER_FLAGS) $(CFLAGS) $(CPPFLAGS) -MMD -MP -c -o $@ $<

$(O)/embedded_policies.o: $(EMBEDDED)
	$(call say,CC,$@)
	$(Q)$(CC) $(USER_FLAGS) $(CFLAGS) $(CPPFLAGS) -MMD -MP -c -o $@ $<

$(EMBEDDED): $(wildcard user/policies/*.yaml) scripts/embed
	$(call say,EMBED,$@)
	@mkdir -p $(@D)
	$(Q)scripts/embed $(filter %.yaml,$^) >$@

$(O)/filter.bpf.o: bpf/filter.bpf.c
	$(call say,BPF,$@)
	@mkdir -p $(@D)
	$(Q)$(CLANG) $(BPF_FLAGS) -MMD -MP -c -o $@ $<

$(SKELETON): $(O)/filter.bpf.o
	$(call say,SKEL,$@)
	$(Q)$(BPFTOOL) gen skeleton $< name filter_bpf >$@

# --- Installing -------------------------------------------------------------

install: all ## install into DESTDIR/PREFIX
	install -D -m 0755 $(O)/rolegate $(DESTDIR)$(SBINDIR)/rolegate
	install -D -m 0644 user/man/rolegate.8 $(DESTDIR)$(MANDIR)/man8/rolegate.8
	install -D -m 0644 user/man/rolegate.yaml.5 $(DESTDIR)$(MANDIR)/man5/rolegate.yaml.5
	install -D -m 0644 -t $(DESTDIR)$(DATADIR) $(MONITORING:%=user/contrib/%)
	install -d $(DESTDIR)$(SYSTEMD_UNIT_DIR)
	for unit in $(UNITS); do \
		sed 's|/usr/local/sbin/|$(SBINDIR)/|' user/systemd/$$unit \
			>$(DESTDIR)$(SYSTEMD_UNIT_DIR)/$$unit || exit 1; \
	done

uninstall: ## remove what install put there
	rm -f $(DESTDIR)$(SBINDIR)/rolegate $(DESTDIR)$(MANDIR)/man8/rolegate.8 \
		$(DESTDIR)$(MANDIR)/man5/rolegate.yaml.5 \
		$(UNITS:%=$(DESTDIR)$(SYSTEMD_UNIT_DIR)/%)
	rm -rf $(DESTDIR)$(DATADIR)

clean: ## remove everything built
	rm -rf $(O)

# --- Testing ----------------------------------------------------------------

$(O)/sane/%.o: %.c | $(SKELETON)
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(USER_FLAGS) $(SANITIZE) -MMD -MP -c -o $@ $<

$(O)/sane/embedded_policies.o: $(EMBEDDED)
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(USER_FLAGS) $(SANITIZE) -MMD -MP -c -o $@ $<

$(O)/tests/librolegate.a: $(SANE_OBJECTS)
	$(call say,AR,$@)
	@mkdir -p $(@D)
	$(Q)rm -f $@ && $(AR) rcs $@ $^

$(O)/tests/%: $(O)/sane/tests/unit/%.o $(O)/tests/librolegate.a
	$(call say,LINK,$@)
	$(Q)$(CC) $(SANITIZE) -o $@ $^ $(USER_LIBS) -lcmocka

$(O)/tests/%: $(O)/sane/tests/packet/%.o $(PACKET_SHARED) \
		$(O)/tests/librolegate.a
	$(call say,LINK,$@)
	$(Q)$(CC) $(SANITIZE) -o $@ $^ $(USER_LIBS) -lcmocka

$(O)/tests/blast: tests/e2e/blast.c
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) -std=gnu11 $(WARNINGS) -O2 -o $@ $<

$(O)/tests/no_frags.so: tests/e2e/no_frags.c
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) -std=gnu11 -D_GNU_SOURCE $(WARNINGS) -O2 -fPIC -shared -o $@ $<

$(O)/tests/foreign.bpf.o: tests/e2e/foreign.bpf.c
	$(call say,BPF,$@)
	@mkdir -p $(@D)
	$(Q)$(CLANG) $(BPF_FLAGS) -c -o $@ $<

guest: all helpers $(PACKET_TESTS) $(O)/tests/judge_runner $(O)/tests/class_compare

helpers: $(HELPERS) ## what the tests in namespaces run besides rolegate

unit: $(UNIT_TESTS) ## run the tests that need no root
	@set -e; for t in $(abspath $^); do $$t; done

packet: $(PACKET_TESTS) ## run packets through the real program (root)
	@set -e; for t in $(abspath $^); do $$t; done

runner: $(O)/tests/judge_runner ## build what the differential run asks

class-compare: $(O)/tests/class_compare ## build what compares a filter with a config

role-soak: all class-compare ## a thousand role changes, 200 loads, 10,000 addresses after each (root)
	CHANGES=1000 LOADS=200 ADDRESSES=10000 tests/e2e/role-changes-under-traffic

differential: runner ## a million random packets against the oracle (root)
	tests/oracle/differential.py --runner $(O)/tests/judge_runner \
		--configs 1000 --packets 1000 --keep $(O)/disagreements \
		--seed $$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')

mutants: ## plant faults in the filter; the oracle must find each (root)
	tests/oracle/mutants

$(O)/fuzz/%.o: %.c
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(CLANG) $(USER_FLAGS) $(FUZZ) -MMD -MP -c -o $@ $<

$(O)/fuzz/embedded_policies.o: $(EMBEDDED)
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(CLANG) $(USER_FLAGS) $(FUZZ) -MMD -MP -c -o $@ $<

$(O)/fuzz/libpolicy.a: $(FUZZ_OBJECTS)
	$(call say,AR,$@)
	$(Q)rm -f $@ && $(AR) rcs $@ $^

# Native code comes from the library but where a target includes it.
$(O)/fuzz/fuzz_%: $(addprefix $(O)/fuzz/tests/,fuzz/fuzz_%.o fuzz/fuzz.o \
		packet/cases.o packet/packets.o) $(O)/fuzz/libpolicy.a
	$(call say,LINK,$@)
	$(Q)$(CLANG) $(FUZZ) -fsanitize=fuzzer -o $@ $^ $(USER_LIBS)

# The table of verdicts as inputs to begin with.
$(O)/fuzz/seeds: $(addprefix $(O)/sane/tests/,fuzz/frame_seeds.o \
		packet/cases.o packet/packets.o) $(O)/tests/librolegate.a
	$(call say,SEEDS,$@)
	$(Q)rm -rf $@ && mkdir -p $@/frame
	$(Q)$(CC) $(SANITIZE) -o $(O)/fuzz/frame_seeds $^ $(USER_LIBS)
	$(Q)$(O)/fuzz/frame_seeds $@/frame

fuzzers: $(FUZZ_TARGETS:%=$(O)/fuzz/fuzz_%) $(O)/fuzz/seeds

fuzz: fuzzers ## fuzz parser and config reader, FUZZ_SECONDS= each
	tests/fuzz/run $(O)/fuzz $(FUZZ_SECONDS) $(FUZZ_TARGETS)

$(O)/cover/%.o: %.c | $(SKELETON)
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(CLANG) $(USER_FLAGS) $(COVER) -MMD -MP -c -o $@ $<

$(O)/cover/embedded_policies.o: $(EMBEDDED)
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(CLANG) $(USER_FLAGS) $(COVER) -MMD -MP -c -o $@ $<

$(O)/cover/test_verdicts: $(O)/cover/tests/packet/test_verdicts.o \
		$(PACKET_SHARED:$(O)/sane/%=$(O)/cover/%) $(COVER_OBJECTS)
	$(call say,LINK,$@)
	$(Q)$(CLANG) $(COVER) -o $@ $^ $(USER_LIBS) -lcmocka

$(O)/cover/fuzz_frame: $(addprefix $(O)/cover/,tests/fuzz/fuzz_frame.o tests/fuzz/fuzz.o \
		tests/packet/cases.o tests/packet/packets.o embedded_policies.o) \
		$(filter-out %/native.o,$(POLICY:%.c=$(O)/cover/%.o))
	$(call say,LINK,$@)
	$(Q)$(CLANG) $(COVER) -fsanitize=fuzzer -o $@ $^ $(USER_LIBS)

$(O)/cover/test_addresses: $(O)/cover/tests/unit/test_addresses.o \
		$(POLICY:%.c=$(O)/cover/%.o) $(O)/cover/embedded_policies.o
	$(call say,LINK,$@)
	$(Q)$(CLANG) $(COVER) -o $@ $^ $(USER_LIBS) -lcmocka

coverage: $(addprefix $(O)/cover/,test_verdicts test_addresses fuzz_frame) $(O)/fuzz/seeds ## lines and branches of the judging code that tests reach (root)
	tests/packet/coverage $(O) $(COVERED)
$(O)/bench/%.bpf.o: tests/bench/%.bpf.c
	$(call say,BPF,$@)
	@mkdir -p $(@D)
	$(Q)$(CLANG) $(BPF_FLAGS) -MMD -MP -c -o $@ $<

$(BENCH_SKELETON): $(O)/bench/path.bpf.o
	$(call say,SKEL,$@)
	$(Q)$(BPFTOOL) gen skeleton $< name filter_bpf >$@

$(O)/bench/send.skel.h: $(O)/bench/send.bpf.o
	$(call say,SKEL,$@)
	$(Q)$(BPFTOOL) gen skeleton $< name send_bpf >$@

$(O)/bench/%.o: %.c | $(BENCH_SKELETON) $(O)/bench/send.skel.h
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) -iquote $(O)/bench $(USER_FLAGS) $(CFLAGS) -include tests/bench/corpus.h -MMD -MP -c -o $@ $<

$(O)/bench/%: $(O)/bench/tests/bench/%.o $(BENCH_LOADER) $(BENCH_PLAIN)
	$(call say,LINK,$@)
	$(Q)$(CC) -o $@ $^ $(USER_LIBS)

bench-programs: all $(BENCH_PROGRAMS)

bench: ## speed beside the floor and the peers, table and JSON (root); scripts/bench --help
	scripts/bench
proposals: $(O)/tests/proposal_runner ## what explain and suggest propose, applied to random drops
	tests/oracle/proposals.py --runner $(O)/tests/proposal_runner --configs 500

check: unit ## the same as unit

check-root: packet helpers ## the same as packet, then the tests in namespaces
	tests/e2e/run

vm: ## the core of the suites under the kernels that must pass it (root)
	scripts/deps test
	tests/vm/run

vm-all: ## all of them under every kernel of tests/vm/kernels that can be had
	scripts/deps vm-all
	tests/vm/run $$(awk '!/^#/ { print $$1 }' tests/vm/kernels)

sanitized: $(SANE_OBJECTS) $(O)/sane/user/main.o ## rolegate with sanitizers
	$(call say,LINK,$(O)/rolegate-sanitized)
	$(Q)$(CC) $(SANITIZE) -o $(O)/rolegate-sanitized $^ $(USER_LIBS)

numbers: $(O)/tests/program_numbers $(O)/filter.bpf.o ## size of the program, verified instructions, load time
	@llvm-size $(O)/filter.bpf.o 2>/dev/null || size $(O)/filter.bpf.o
	@$(O)/tests/program_numbers

watch-cost: $(O)/tests/test_watch_cost ## what a watcher costs under a flood, as a ratio (root)
	@$(O)/tests/test_watch_cost

# --- Checking the text ------------------------------------------------------

C_FILES := $(wildcard bpf/*.[ch] include/rolegate/*.h user/*.[ch] \
	user/*/*.[ch] tests/*/*.[ch])

format: ## reformat all C files
	clang-format -i $(C_FILES)

lint: $(SKELETON) $(EMBEDDED) ## clang-format, cppcheck, shellcheck, layout rules
	scripts/lint $(C_FILES)

help: ## print this
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-13s %s\n", $$1, $$2 }' \
		$(MAKEFILE_LIST)
	@echo '  Variables: O= PREFIX= DESTDIR= SYSTEMD_UNIT_DIR= CC= CLANG= CFLAGS= FUZZ_SECONDS= WERROR=1 V=1'

-include $(shell find $(O) -type f -name '*.d' 2>/dev/null)
