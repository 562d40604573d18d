#!/usr/bin/env bash
# The swarm by hand: a tracker and three clients, each a program of its own, complete the classic folders.
#   bash scripts/by-hand.sh [port of the tracker]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
port=${1:-5100}
place=$(mktemp -d)

show() { printf '$ %s\n' "$*"; }
# To be started with &: takes the place of the subshell, so that $! is the program.
program() { exec node scripts/launch.mjs "$@" -log "$place/logs.log"; }

show "npm run tracker -- -port $port"
program tracker -port "$port" &
tracker=$!
trap 'kill "$tracker" 2>/dev/null || true; rm -rf "$place"' EXIT
until (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do sleep 0.1; done

clients=()
number=0
for name in alice bob carol; do
  number=$((number + 1))
  show "npm run client -- -folder folders/folder$number -transfer_port $((port + number)) -name $name -exit_when_complete 5"
  program client -folder "folders/folder$number" -transfer_port $((port + number)) -name "$name" \
    -tracker "localhost:$port" -exit_when_complete 5 &
  clients+=($!)
done
wait "${clients[@]}"
kill -INT "$tracker"
wait "$tracker"

show "npm run join -- folders/folder1 picture.png"
node scripts/launch.mjs join folders/folder1 "$place/picture.png" | sed "s|$place/||g"
show "cmp picture.png docs/assets/swarm.png && grep ^alice logs.log | tail -4"
cmp "$place/picture.png" docs/assets/swarm.png
grep ^alice "$place/logs.log" | tail -4
