#!/usr/bin/env bash
# Runs a Check suite on an X server of its own, with a runtime folder and settings of its own; --bus adds a session bus
# with the accessibility bus on it. Exits 77 (skipped) only where one of the servers is missing.
set -euo pipefail
bus=
[ "$1" != --bus ] || { bus=yes; shift; }
command -v Xvfb >/dev/null || exit 77
[ -z "$bus" ] || command -v dbus-run-session >/dev/null || exit 77
own="$(mktemp -d)"
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; rm -rf "$own"' EXIT
mkfifo "$own/number"
# the server picks a number that is free, so suites may run side by side; with each test a child of its own, there are
# moments without any client, in which it would start afresh and turn away the next
Xvfb -displayfd 3 -screen 0 1920x1080x24 -nolisten tcp -noreset 3>"$own/number" 2>"$own/log" &
server=$!
read -r -t 60 number <"$own/number" || { cat "$own/log" >&2; exit 1; }
export DISPLAY=":$number" XDG_RUNTIME_DIR="$own" XDG_CONFIG_HOME="$own" XDG_CACHE_HOME="$own" GDK_BACKEND=x11
export GSK_RENDERER=cairo GSETTINGS_BACKEND=memory LC_ALL=C.UTF-8
unset DBUS_SESSION_BUS_ADDRESS WAYLAND_DISPLAY GTK_THEME AT_SPI_BUS_ADDRESS NO_AT_BRIDGE
if [ -n "$bus" ]; then
	# what the bus starts talks, too; only the suite's own lines are results
	dbus-run-session -- bash -c 'exec "$@" >&3 3>&-' suite "$@" 3>&1 >&2
else
	GTK_A11Y=test G_DEBUG=fatal-warnings "$@"
fi
