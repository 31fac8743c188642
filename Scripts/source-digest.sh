#!/bin/sh
# source-digest.sh [CHECKOUT]: prints a digest of the names and contents of all files that a stage is made from.
set -eu
cd "${1:-$(dirname "$0")/..}"
export LC_ALL=C

{
    find Sources Plugins Completions -type f
    ls Package.swift README.md CHANGELOG.md Documentation/*.md Scripts/stage.sh Scripts/markdown-to-man.awk 2>/dev/null
} | sort | tr '\n' '\0' | xargs -0 sha256sum | sha256sum | cut -d ' ' -f 1
