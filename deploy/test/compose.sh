#!/usr/bin/env bash
# deploy/compose under a real Docker daemon of its own, without a registry: the two images are made of this machine's
# Node, nats-server and checkout, and the containers use the network of the machine. Ends with 1 where a run does not do
# what it must, with 77 and the reason where no daemon can run.
set -euo pipefail
cd "$(dirname "$0")/../.."

source deploy/test/trial.sh
require dockerd docker-compose nats-server ldd
[ "$(id -u)" = 0 ] || skip 'a Docker daemon needs root'
docker=$(PATH=/usr/bin:$PATH command -v docker) || skip 'docker is not installed'

folder=$(mktemp -d)
export DOCKER_HOST="unix://$folder/docker.sock"
compose() {
  docker-compose -p "swl$$" -f deploy/compose/compose.yaml -f "$folder/override.yaml" "$@"
}
finish() {
  local code=$?
  compose down --volumes > /dev/null 2>&1 || true
  if [ $code -ne 0 ]; then tail -n 20 "$folder"/*.log 2> /dev/null || true; fi
  kill "${daemon:-}" 2> /dev/null && wait "$daemon" 2> /dev/null || true
  # The daemon leaves the namespace of the host mounted.
  umount "$folder"/exec/netns/* 2> /dev/null || true
  rm -rf "$folder" 2> /dev/null || true
  exit $code
}
trap finish EXIT

dockerd --data-root "$folder/data" --exec-root "$folder/exec" --pidfile "$folder/pid" -H "$DOCKER_HOST" \
  --iptables=false --bridge=none > "$folder/dockerd.log" 2>&1 &
daemon=$!
for _ in $(seq 100); do
  "$docker" version > /dev/null 2>&1 && break
  kill -0 "$daemon" 2> /dev/null || skip "dockerd does not start here: $(tail -n 1 "$folder/dockerd.log" | cut -c1-200)"
  sleep 0.2
done
echo "Docker $("$docker" version --format '{{.Server.Version}}')"

# with_libraries <folder> <program>: the program and what it is linked with, at their own places.
with_libraries() {
  local file
  for file in "$2" $(ldd "$2" 2> /dev/null | grep -o '/[^ ]*' || true); do
    mkdir -p "$1$(dirname "$file")"
    cp -L "$file" "$1$file"
  done
}
node=$(readlink -f "$(command -v node)")
nats=$(readlink -f "$(command -v nats-server)")
mkdir -p "$folder/lab/lab" "$folder/lab/tmp" "$folder/nats/tmp" "$folder/nats/data"
with_libraries "$folder/lab" "$node"
with_libraries "$folder/nats" "$nats"
# The bundler is a native module, which looks at ldd to know its C library.
for module in $(find "$PWD/node_modules" -name '*.node'); do with_libraries "$folder/lab" "$module"; done
with_libraries "$folder/lab" "$(readlink -f "$(command -v ldd)")"
git ls-files | tar -c -T - | tar -x -C "$folder/lab/lab"
# The cache of builds is no part of the packages, and may be large.
tar -c --exclude=node_modules/.cache node_modules | tar -x -C "$folder/lab/lab"
tar -C "$folder/lab" -c . | "$docker" import --change 'WORKDIR /lab' \
  --change "ENTRYPOINT [\"$node\", \"scripts/launch.mjs\"]" - swarm-lab > /dev/null
tar -C "$folder/nats" -c . | "$docker" import --change "ENTRYPOINT [\"$nats\"]" - swarm-lab-nats > /dev/null
rm -rf "$folder/lab" "$folder/nats"

# Whether a container can start at all depends on much that is not ours.
timeout 60 "$docker" run --rm --network host --entrypoint "$node" swarm-lab --version > "$folder/run.log" 2>&1 \
  || skip "Docker starts no container here: $(tail -n 1 "$folder/run.log" | cut -c1-200)"

mkdir "$folder/reports"
cat > "$folder/override.yaml" << YAML
services:
  nats: { image: swarm-lab-nats, network_mode: host }
  agent: { network_mode: host, extra_hosts: ['nats:127.0.0.1'], command: ['agent', '--nats', 'nats://nats:4222', '--address', '127.0.0.1'] }
  coordinator:
    network_mode: host
    extra_hosts: ['nats:127.0.0.1']
    entrypoint: ['$node', 'scripts/launch.mjs', 'sim', '--cluster', 'nats://nats:4222', '--out', '/reports', '--agents', '3']
    volumes: ['$folder/reports:/reports']
YAML
export NATS_TOKEN=token-of-this-trial
compose up --no-build --detach --scale agent=3 nats agent > "$folder/up.log" 2>&1

experiment=(scenarios/picker-sweep.yaml --engine virtual --repeat 2)
echo "== an experiment on three agents: ${experiment[*]}"
compose run --rm coordinator "${experiment[@]}" --quiet > "$folder/experiment.log" 2>&1
as_on_one_machine "$(run_folder "$folder/reports" picker-sweep)" "${experiment[@]}"
echo '== one run over three agents'
code=0
compose run --rm coordinator scenarios/flash-crowd.yaml --engine cluster --set peers.leechers.count=8 \
  --set expect=null --quiet > "$folder/swarm.log" 2>&1 || code=$?
node deploy/test/check-run.mjs whole "$code" "$(run_folder "$folder/reports" flash-crowd)"
