#!/usr/bin/env bash
# docs/pictures/take.sh [BUILD]: the operator's guide's pictures, from those that the widget suites have drawn
# (`./packline test --suite ui`), made small. Needs gdk-pixbuf-thumbnailer (libgdk-pixbuf2.0-bin) and pngquant.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
drawn="${1:-$here/../../build}/tests/ui/pictures"
while read -r from to; do
	for language in en zh; do
		gdk-pixbuf-thumbnailer -s 1200 "$drawn/$from-light-$language.png" "$here/$to-$language.png"
		pngquant --force --strip --ext .png 64 "$here/$to-$language.png"
	done
done <<'END'
READY ready
FAILED fail
prompt-reseat prompt
slots-16 slots
history-run history
setup-pass setup
END
