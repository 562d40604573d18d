#!/usr/bin/env bash
# One run over three hosts with a real network between them: three network namespaces joined by a bridge, the third
# behind a line of 20 Mbit/s (tc, HTB), which is the ground truth. Everything is removed at the end.
# Prints what was measured; exit 0 also where namespaces are not allowed, with the reason.
set -euo pipefail
cd "$(dirname "$0")/../.."

source deploy/test/namespaces.sh
require ip tc nats-server

readonly id="swl$$"
readonly net=10.231.77
readonly line=20mbit
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
tc class add dev "$id-3" parent 1: classid 1:1 htb rate "$line"

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

run() {
  node scripts/launch.mjs sim "$folder/$1.yaml" --cluster "$cluster" --out "$folder/reports" --quiet || echo "exit code $?"
}
result() {
  node deploy/test/figures.mjs "$folder/reports/$1"/*/result.json
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
expect: [integrity == 100%, completion.max >= 4.2s, completion.max < 5.5s]
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

echo "== a line of $line before host-3: the far peer needs 4.2 s at least for 10 MiB"
run line
result line
echo '== a partition between host-1 and host-3'
run cut
result cut
echo '== host-3 dies'
(
  until [ "$(grep -c 'takes part' "$folder/agent-3.log")" = 3 ]; do sleep 0.1; done
  sleep 3
  kill -9 "${agents[2]}"
) &
run death
result death
