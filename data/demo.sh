#!/usr/bin/env bash
# `./packline demo [--ui | --no-ui]`: one healthy pack and one with a loose busbar through the whole station, on the
# simulated line. $1 = build directory. Where there is a display it opens the station's window, else it keeps to the terminal.
# Everything that it makes is in BUILD/demo, made afresh each time.
set -euo pipefail
came_from="$PWD"
build="$(cd "$1" && pwd)"
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
data="$root/data"
ui=''
[ -z "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ] || ui=yes
case "${2:-}" in
'') ;;
--ui) ui=yes ;;
--no-ui) ui='' ;;
-h | --help)
	echo "Usage: ./packline demo [--ui | --no-ui]"
	echo "Takes two packs through the whole station, on a simulated line: in the station's window where there is a display,"
	echo "else in the terminal; --no-ui keeps to the terminal."
	exit 0
	;;
*)
	echo "packline demo: unknown option $2; --ui and --no-ui are the only ones" >&2
	exit 3
	;;
esac
demo="$build/demo"
packline="$build/station/cli/packline"
sim="$build/fixtures/line/packline-sim"
export PACKLINE_DATA="$data" PACKLINE_HOME="$demo/station" PACKLINE_OPERATOR="${PACKLINE_OPERATOR:-demo}"

say() { printf '\n\033[1m%s\033[0m\n' "$*"; }
[ -t 1 ] && [ -z "${NO_COLOR:-}" ] || say() { printf '\n%s\n' "$*"; }

# One demo at a time: the second would pull the first one's folder from under its feet.
exec 9>"$build/demo.lock"
if ! flock -n 9; then
	echo "packline demo: another demo is running in $demo: end that one first" >&2
	exit 2
fi

# Ctrl-C stops the pack that is under test, as on a real station; the line must live on until the teardown
# is done, so it is in a session of its own. It ends with this script, however that ends.
stopped='' sim_pid='' run_pid=''
trap 'stopped=yes' INT HUP
trap 'stopped=yes; [ -z "$run_pid" ] || kill "$run_pid" 2>/dev/null' TERM
finish() {
	local code=$?
	if [ -n "$sim_pid" ]; then
		kill "$sim_pid" 2>/dev/null || true
		wait "$sim_pid" 2>/dev/null || true
	fi
	[ -z "$stopped" ] || code=4
	exit "$code"
}
trap finish EXIT

rm -rf "$demo"
mkdir -p "$demo"
cd "$demo"

is_free() { ! (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# A bench of its own: ports that are free, calibrations that are in date today.
port=$((20000 + $$ % 20000))
until is_free "$port" && is_free "$((port + 1))"; do
	port=$((20000 + (port + 2) % 20000))
done
sed -e "s/^\( *calibrated:\).*/\1 $(date -u -d '-6 months' +%F)/" -e "s/^\( *calibration_due:\).*/\1 $(date -u -d '+6 months' +%F)/" \
	-e "s/127.0.0.1:15020/127.0.0.1:$port/" -e "s/127.0.0.1:19100/127.0.0.1:$((port + 1))/" "$data/bench/demo.yaml" >bench.yaml

# The firmware that the product is approved for, signed by the release engineer's key; the station trusts its public half.
"$packline" release keygen release-key >/dev/null
"$packline" release make --image "$build/firmware/bms/bms-1.4.2.hex" --product PL-BMS-32S --version 1.4.2 \
	--hardware 1-5 --counter 4 --key release-key --out pack-1.4.2.plrel >/dev/null
"$packline" release trust release-key.pub >/dev/null

# What assembly recorded: 32 cells of one vendor, lot and grade in each pack, and its BMS board. Cells carry
# 24 characters in the order of GB/T 34014: maker 0PL, C(ell), B = LFP, specification A1, trace 00L2611,
# 2 November 2026 (GB2), the day's number.
assemble() {
	{
		echo "position,serial,grade,vendor,lot"
		for i in $(seq 32); do
			printf '%d,0PLCBA100L2611GB2%07d,A,demo-cells,L2611\n' "$i" $((100 * $2 + i))
		done
	} >"cells-$1.csv"
	"$packline" assemble "$1" --cells "cells-$1.csv" --bms "BMS-$((10000 + $2))" >/dev/null
}
assemble PL32-000001 1
assemble PL32-000002 2

setsid setpriv --pdeathsig TERM "$sim" --ready sim.ready bench.yaml >sim.log 2>&1 &
sim_pid=$!
for _ in $(seq 300); do
	[ -e sim.ready ] || [ -n "$stopped" ] && break
	kill -0 "$sim_pid" 2>/dev/null || break
	sleep 0.1
done
if [ ! -e sim.ready ]; then
	echo "packline demo: the simulated line did not start; $demo/sim.log says:" >&2
	cat sim.log >&2
	exit 3
fi

if [ -n "$ui" ]; then
	cat <<TEXT
The window opens. The scanner is this terminal's; say in another one:
  $sim --tell $demo/bench.yaml act scanner scan PL32-000001
  $sim --tell $demo/bench.yaml fault loose-busbar
or press F2 in the window and type PL32-000001.
TEXT
	"$build/ui/packline-station" --bench bench.yaml --recipe "$data/recipes/pack-eol-32s.yaml" --release pack-1.4.2.plrel
	exit
fi

# The operator pulls the scanner's trigger as soon as the station asks for a pack.
test_pack() {
	local code=0
	"$packline" run --bench bench.yaml --recipe "$data/recipes/pack-eol-32s.yaml" --release pack-1.4.2.plrel &
	run_pid=$!
	sleep 0.3 || true
	[ -n "$stopped" ] || "$sim" --tell bench.yaml act scanner scan "$1" >/dev/null || true
	# a signal ends the waiting, not the station: it is waited for until it has made all safe
	wait "$run_pid" || code=$?
	while kill -0 "$run_pid" 2>/dev/null; do
		code=0
		wait "$run_pid" || code=$?
	done
	run_pid=
	return "$code"
}

# Whoever pressed Ctrl-C wants no second pack.
go_on() {
	[ "$1" -eq 4 ] || [ -n "$stopped" ] || return 0
	stopped=yes
	printf '\nStopped. What was recorded until then: %s\n' "$demo/station"
	exit 4
}

say "1. A healthy pack"
good=0
test_pack PL32-000001 || good=$?
go_on "$good"
say "2. The next pack has a loose busbar at cell 7"
"$sim" --tell bench.yaml fault loose-busbar >/dev/null
bad=0
test_pack PL32-000002 || bad=$?
go_on "$bad"

say "What there is now"
cat <<TEXT
  records    $demo/station/records/
  label      $demo/sim/label-0001.zpl
  database   $demo/station/station.sqlite
TEXT
word="  next     "
next() {
	printf '%s  %s\n' "$word" "$1"
	word="           "
}
[ "$came_from" = "$root" ] || next "cd $(printf %q "$root")"
next "export PACKLINE_HOME=$(printf %q "$demo/station")"
next './packline show PL32-000002'
next './packline record PL32-000001 >record.json'
next './packline record verify record.json --key "$PACKLINE_HOME/station.pub"'
next './packline db check'
next './packline recipe show data/recipes/pack-eol-32s.yaml'
if [ "$good" -ne 0 ] || [ "$bad" -ne 1 ]; then
	echo "packline demo: expected PASS (0) and FAIL (1), got exit codes $good and $bad" >&2
	exit 1
fi
