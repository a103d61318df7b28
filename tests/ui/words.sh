#!/bin/sh
# Every text of the screen has its Chinese: $1 the catalogue, $2 the folder of the sources.
set -eu
pot="$(mktemp)"
trap 'rm -f "$pot"' EXIT
find "$2" -name '*.c' | sort | xargs xgettext --from-code=UTF-8 -L C -k_ -kN_ -o "$pot"
msgcmp "$1" "$pot"
