#!/usr/bin/env bash
# Runs a Check suite on an X server, a runtime folder and settings of its own, with warnings fatal. --bus adds a session
# bus with the accessibility bus on it, for suites that look at another process's window.
set -euo pipefail
bus=
[ "$1" != --bus ] || { bus=yes; shift; }
for program in Xvfb ${bus:+dbus-run-session}; do
	command -v "$program" >/dev/null || { echo "1..0 # SKIP $program is not installed"; exit 0; }
done
own="$(mktemp -d)"
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; rm -rf "$own"' EXIT
mkfifo "$own/number"
# The server picks a number that is free, so suites may run side by side; and it does not start anew when a test's window,
# its last client, goes: the next test would find nobody there.
Xvfb -displayfd 3 -noreset -screen 0 1920x1080x24 -nolisten tcp 3>"$own/number" 2>"$own/log" &
server=$!
read -r -t 60 number <"$own/number" || { cat "$own/log" >&2; exit 1; }
export DISPLAY=":$number" XDG_RUNTIME_DIR="$own" XDG_CONFIG_HOME="$own" XDG_CACHE_HOME="$own"
# drawn by cairo: a GL driver would be loaded, asked and dropped again for each test, with its leaks
export GDK_BACKEND=x11 GSK_RENDERER=cairo GDK_DEBUG=gl-disable GSETTINGS_BACKEND=memory LC_ALL=C.UTF-8
export LSAN_OPTIONS="print_suppressions=0:suppressions=$(cd "$(dirname "$0")" && pwd)/lsan.supp"
unset DBUS_SESSION_BUS_ADDRESS WAYLAND_DISPLAY GTK_THEME AT_SPI_BUS_ADDRESS NO_AT_BRIDGE
# A suite that looks at another process's window stands on the accessibility libraries, which keep a little until they end.
[ -z "$bus" ] || export ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0"
if [ -n "$bus" ]; then
	# what the bus starts talks, too; only the suite's own lines are results
	dbus-run-session -- bash -c 'exec "$@" >&3 3>&-' suite "$@" 3>&1 >&2
else
	GTK_A11Y=test G_DEBUG=fatal-warnings "$@"
fi
