# Completion of mkosi for fish. The words come from mkosi itself, so that they always fit what is installed.
command mkosi completion fish 2>/dev/null | source
