#!/usr/bin/env bash
# Runs a Check suite on an X server, a runtime folder and settings of its own, with warnings fatal.
set -euo pipefail
if ! command -v Xvfb >/dev/null; then
	echo "1..0 # SKIP Xvfb is not installed"
	exit 0
fi
own="$(mktemp -d)"
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; rm -rf "$own"' EXIT
mkfifo "$own/number"
# The server picks a number that is free, so suites may run side by side; and it does not start anew when a test's window,
# its last client, goes: the next test would find nobody there.
Xvfb -displayfd 3 -noreset -screen 0 1920x1080x24 -nolisten tcp 3>"$own/number" 2>"$own/log" &
server=$!
read -r -t 60 number <"$own/number" || { cat "$own/log" >&2; exit 1; }
export DISPLAY=":$number" XDG_RUNTIME_DIR="$own" XDG_CONFIG_HOME="$own" GDK_BACKEND=x11 GSK_RENDERER=cairo
export GSETTINGS_BACKEND=memory GTK_A11Y=test G_DEBUG=fatal-warnings LC_ALL=C.UTF-8
unset DBUS_SESSION_BUS_ADDRESS WAYLAND_DISPLAY GTK_THEME AT_SPI_BUS_ADDRESS
"$@"
