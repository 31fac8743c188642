# Builds, tests and installs mkosi. `make help` lists the targets.

PREFIX = /usr/local
DESTDIR =
CONFIG = release
SECONDS = 60

.PHONY: help deps build image test test-one boot-tests soak install uninstall bench fuzz lint clean
.DEFAULT_GOAL := help

help:
	@echo 'make deps       install the Debian packages that the sources and the tests need'
	@echo 'make build      build everything into .build/stage (CONFIG=debug, CONFIG=testing: .build/stage-debug, -testing)'
	@echo 'make image      build a Debian disk that boots with the programs just built'
	@echo 'make test       run all tests; the last line has their number'
	@echo 'make test-one   build what is needed and run the tests that match FILTER=ManualTests'
	@echo 'make boot-tests boot disks of all kinds in virtual machines, which takes minutes each without KVM'
	@echo 'make soak       run all tests with their slow matrices as well, and fuzz for ten minutes'
	@echo 'make install    install below DESTDIR=$(DESTDIR) PREFIX=$(PREFIX)'
	@echo 'make uninstall  remove what make install installed'
	@echo 'make bench      compare speed and memory with mmdebstrap and systemd-repart, and measure rebuilds and builds of several images'
	@echo 'make fuzz       fuzz the reading of configuration, command lines and disks (SECONDS=600)'
	@echo 'make lint       check formatting and style'
	@echo 'make clean      remove all build products'

deps:
	@Scripts/dependencies.sh

build:
	@Scripts/build.sh $(CONFIG)

image: deps
	@Scripts/build.sh release
	@Scripts/image.sh

test: deps
	@Scripts/test.sh

test-one:
	@Scripts/test-one.sh '$(FILTER)'

boot-tests: deps
	@MKOSI_SOAK=1 CONFIG=testing Scripts/test-one.sh 'ImageTests\.(RPM|Pacman)?Boot'

soak: deps
	@MKOSI_SOAK=1 Scripts/test.sh

install:
	@Scripts/install.sh '$(DESTDIR)' '$(PREFIX)'

uninstall:
	@Scripts/uninstall.sh '$(DESTDIR)' '$(PREFIX)'

bench: deps
	@Scripts/build.sh release
	@status=0; Benchmarks/run.sh || status=$$?; Benchmarks/rebuild.sh || status=$$?; \
	    Benchmarks/subimages.sh tiny debian || status=$$?; Benchmarks/disk.sh || status=$$?; exit $$status

fuzz: deps
	@Scripts/build.sh debug
	@Scripts/fuzz.sh $(SECONDS)

lint:
	@swift format lint --strict --recursive Sources Plugins Tests Package.swift

clean:
	rm -rf .build .build-fuzz
