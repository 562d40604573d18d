#!/usr/bin/env bash
# One run over three hosts with a real network between them: three network namespaces joined by a bridge, the third
# behind a line of 20 Mbit/s (tc, HTB), which is the ground truth. Everything is removed at the end.
# Prints what was measured, and ends with 1 where that is not what it must be; with 77 and the reason where namespaces
# are not allowed.
set -euo pipefail
cd "$(dirname "$0")/../.."

source deploy/test/trial.sh
source deploy/test/namespaces.sh
require ip tc nats-server

readonly id="swl$$"
readonly net=10.231.77
readonly line=20000000
folder=$(mktemp -d)
agents=()

finish() {
  local code=$?
  for process in "${agents[@]}" ${nats_pid:-}; do kill -9 "$process" 2> /dev/null || true; done
  remove_hosts
  wait 2> /dev/null || true
  if [ $code -ne 0 ]; then tail -n 20 "$folder"/*.log; fi
  rm -rf "$folder"
  exit $code
}
trap finish EXIT

make_hosts
tc qdisc add dev "$id-3" root handle 1: htb default 1
tc class add dev "$id-3" parent 1: classid 1:1 htb rate "${line}bit" quantum 1514

export NATS_TOKEN="$id"
nats-server -a "$net.1" -p 4222 -js -sd "$folder/js" --auth "$NATS_TOKEN" 2> "$folder/nats.log" &
nats_pid=$!
readonly cluster="nats://$net.1:4222"
for n in 1 2 3; do
  ip netns exec "$id-$n" node scripts/launch.mjs agent --nats "$cluster" --name "host-$n" \
    --address "$net.1$n" > "$folder/agent-$n.log" 2>&1 &
  agents+=($!)
done
for n in 1 2 3; do
  until grep -q 'is ready' "$folder/agent-$n.log"; do
    kill -0 "${agents[$((n - 1))]}"
    sleep 0.1
  done
done

# trial <name>: the run of its scenario, and whether that has shown what it is for.
trial() {
  local name=$1 code=0 facts=()
  node scripts/launch.mjs sim "$folder/$name.yaml" --cluster "$cluster" --out "$folder/reports" --quiet || code=$?
  if [ "$name" = line ]; then facts=(rate="$line" carried="$(carried)"); fi
  node deploy/test/check-run.mjs "$name" "$code" "$(run_folder "$folder/reports" "$name")" "${facts[@]}"
}
# Bytes that the line has let through to host-3, as the kernel has counted them.
carried() {
  tc -s class show dev "$id-3" | sed -n 's/^ *Sent \([0-9]*\) bytes.*/\1/p'
}

cat > "$folder/line.yaml" << 'YAML'
description: A line of 20 Mbit/s before one of three hosts.
seed: 1
engine: cluster
content: { generate: { size: 10MiB, chunk_size: 256KiB } }
peers:
  seeder: { holds: all }
  near: {}
  far: {}
time_limit: 60s
expect: [integrity == 100%]
YAML
cat > "$folder/cut.yaml" << 'YAML'
description: The seeder and one leecher cannot reach each other for a while.
seed: 1
engine: cluster
content: { generate: { size: 4MiB, chunk_size: 64KiB } }
defaults: { link: { up: 8Mbit/s } }
peers:
  seeder: { holds: all }
  near: {}
  far: {}
faults:
  - { at: 1s, for: 2s, partition: { sides: [seeder + tracker, far] } }
time_limit: 60s
YAML
cat > "$folder/death.yaml" << 'YAML'
description: A host dies in mid-run.
seed: 1
engine: cluster
content: { generate: { size: 40MiB, chunk_size: 256KiB } }
defaults: { link: { up: 8Mbit/s } }
peers:
  seeder: { holds: all }
  near: {}
  far: {}
time_limit: 120s
YAML

echo '== a line of 20 Mbit/s before host-3'
trial line
echo '== a partition between host-1 and host-3'
trial cut
echo '== host-3 dies'
(
  until [ "$(grep -c 'takes part' "$folder/agent-3.log")" = 3 ]; do sleep 0.1; done
  sleep 3
  kill -9 "${agents[2]}"
) &
trial death
