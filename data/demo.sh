#!/usr/bin/env bash
# `./packline demo`: one healthy pack and one with a loose busbar through the whole station, on the simulated line.
# $1 = build directory; --ui opens the station's window instead of the terminal. Everything that it makes is in BUILD/demo, made afresh each time.
set -euo pipefail
build="$(cd "$1" && pwd)"
data="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
ui=
[ "${2:-}" = --ui ] && ui=yes
demo="$build/demo"
packline="$build/station/cli/packline"
sim="$build/fixtures/line/packline-sim"
export PACKLINE_DATA="$data" PACKLINE_HOME="$demo/station" PACKLINE_OPERATOR="${PACKLINE_OPERATOR:-demo}"

say() { printf '\n\033[1m%s\033[0m\n' "$*"; }
[ -t 1 ] && [ -z "${NO_COLOR:-}" ] || say() { printf '\n%s\n' "$*"; }

rm -rf "$demo"
mkdir -p "$demo"
cd "$demo"

# A bench of its own: free ports, calibrations that are in date today.
port=$((20000 + $$ % 20000))
sed -e "s/^\( *calibrated:\).*/\1 $(date -u -d '-6 months' +%F)/" -e "s/^\( *calibration_due:\).*/\1 $(date -u -d '+6 months' +%F)/" \
	-e "s/127.0.0.1:15020/127.0.0.1:$port/" -e "s/127.0.0.1:19100/127.0.0.1:$((port + 1))/" "$data/bench/demo.yaml" >bench.yaml

# The firmware that the product is approved for, signed by the release engineer's key; the station trusts its public half.
"$packline" release keygen release-key >/dev/null
"$packline" release make --image "$build/firmware/bms/bms-1.4.2.hex" --product PL-BMS-32S --version 1.4.2 \
	--hardware 1-5 --counter 4 --key release-key --out pack-1.4.2.plrel >/dev/null
"$packline" release trust release-key.pub >/dev/null

# What assembly recorded: 32 cells of one vendor, lot and grade in each pack, and its BMS board.
assemble() {
	{
		echo "position,serial,grade,vendor,lot"
		for i in $(seq 32); do
			printf '%d,0PLCBA12%05dEA%s%05d,A,demo-cells,L2611\n' "$i" "$2" "6B1" "$i"
		done
	} >"cells-$1.csv"
	"$packline" assemble "$1" --cells "cells-$1.csv" --bms "BMS-$2" >/dev/null
}
assemble PL32-000001 10001
assemble PL32-000002 10002

# A person wants to see the steps: 60 times as fast as real, not in leaps.
[ -z "$ui" ] || sed -i 's/^time_scale:.*/time_scale: 60/' bench.yaml

"$sim" --ready sim.ready bench.yaml >sim.log 2>&1 &
sim_pid=$!
trap 'kill "$sim_pid" 2>/dev/null; wait "$sim_pid" 2>/dev/null || true' EXIT
for _ in $(seq 100); do
	[ -e sim.ready ] && break
	kill -0 "$sim_pid" 2>/dev/null || { cat sim.log >&2; exit 3; }
	sleep 0.1
done

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
	(sleep 0.3; "$sim" --tell bench.yaml act scanner scan "$1" >/dev/null) &
	"$packline" run --bench bench.yaml --recipe "$data/recipes/pack-eol-32s.yaml" --release pack-1.4.2.plrel || code=$?
	wait $!
	return "$code"
}

say "1. A healthy pack"
good=0
test_pack PL32-000001 || good=$?
say "2. The next pack has a loose busbar at cell 7"
"$sim" --tell bench.yaml fault loose-busbar >/dev/null
bad=0
test_pack PL32-000002 || bad=$?

say "What there is now"
cat <<TEXT
  records    $demo/station/records/
  labels     $demo/sim/label-0001.zpl
  database   $demo/station/station.sqlite
  next       export PACKLINE_HOME=$demo/station
             ./packline show PL32-000002
             ./packline record PL32-000001 >record.json
             ./packline record verify record.json --key $demo/station/station.pub
             ./packline db check
             ./packline recipe show data/recipes/pack-eol-32s.yaml
TEXT
if [ "$good" -ne 0 ] || [ "$bad" -ne 1 ]; then
	echo "packline demo: expected PASS (0) and FAIL (1), got exit codes $good and $bad" >&2
	exit 1
fi
