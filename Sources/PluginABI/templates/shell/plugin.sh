#!/bin/sh
# The @KIND@ @NAME@: a plugin of mkosi; PROTOCOL.md describes every message.
name=@NAME@
version=0.1
. "${0%/*}/protocol.sh"

@include shell/@KIND@.sh@

serve
