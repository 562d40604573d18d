#!/usr/bin/env bash
# deploy/slurm under a real Slurm of three nodes, which are three network namespaces of this machine. Everything is
# removed at the end. Exit 0 also where that is not possible, with the reason.
set -euo pipefail
cd "$(dirname "$0")/../.."

source deploy/test/namespaces.sh
require ip nats-server munged slurmctld slurmd sbatch scontrol

readonly id="sls$$"
readonly net=10.231.78
folder=$(mktemp -d)
chmod 755 "$folder"
daemons=()

finish() {
  local code=$?
  for process in "${daemons[@]}"; do kill -TERM "$process" 2> /dev/null || true; done
  sleep 1
  for process in "${daemons[@]}"; do kill -9 "$process" 2> /dev/null || true; done
  remove_hosts
  if [ $code -ne 0 ]; then tail -n 15 "$folder"/*.log 2> /dev/null || true; fi
  rm -rf "$folder"
  exit $code
}
trap finish EXIT
make_hosts

munge_user=$(stat -c %U /etc/munge)
mkdir "$folder/munge"
dd if=/dev/urandom of="$folder/munge/key" bs=128 count=1 2> /dev/null
chmod 400 "$folder/munge/key"
chown -R "$munge_user" "$folder/munge"
chmod 711 "$folder/munge"
runuser -u "$munge_user" -- munged --foreground --key-file "$folder/munge/key" --socket "$folder/munge/socket" \
  --pid-file "$folder/munge/pid" --log-file "$folder/munge/log" --seed-file "$folder/munge/seed" > "$folder/munged.log" 2>&1 &
daemons+=($!)

export SLURM_CONF="$folder/slurm.conf"
mkdir "$folder/state"
cat > "$SLURM_CONF" << CONF
ClusterName=lab
SlurmctldHost=$(hostname -s)($net.1)
AuthType=auth/munge
AuthInfo=socket=$folder/munge/socket
SlurmUser=root
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool-%n
SlurmctldPidFile=$folder/ctld.pid
SlurmdPidFile=$folder/slurmd-%n.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SlurmdParameters=config_overrides
MpiDefault=none
ReturnToService=2
KillWait=5
NodeName=host-[1-3] NodeAddr=$net.1[1-3] CPUs=2 State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES OverSubscribe=YES:4 State=UP
CONF
if [ -d /sys/fs/cgroup/memory ]; then echo 'CgroupPlugin=cgroup/v1' > "$folder/cgroup.conf"; fi

slurmctld -D > "$folder/slurmctld.log" 2>&1 &
daemons+=($!)
for n in 1 2 3; do
  ip netns exec "$id-$n" slurmd -D -N "host-$n" > "$folder/slurmd-$n.log" 2>&1 &
  daemons+=($!)
done
for _ in $(seq 100); do
  idle=$(ip netns exec "$id-1" sinfo -h -t idle -o %D 2> /dev/null || true)
  [ "$idle" = 3 ] && break
  sleep 0.2
done
[ "${idle:-0}" = 3 ] || skip "Slurm does not come up here: ${idle:-no} idle nodes, not 3"

echo "Slurm $(slurmctld -V | cut -d' ' -f2): 3 nodes idle"

job() {
  local name=$1
  shift
  ip netns exec "$id-1" sbatch --wait --nodes=3 --output="$folder/$name.log" deploy/slurm/swarm-lab.sbatch \
    "$@" --out "$folder/reports" > /dev/null || { echo "the job $name has failed"; exit 1; }
}

echo '== an experiment of 12 runs in virtual time'
job experiment scenarios/picker-sweep.yaml --engine virtual --repeat 2
tail -n 12 "$folder/experiment.log"
echo '== one run of real peers over the three nodes'
job swarm scenarios/flash-crowd.yaml --engine cluster --set peers.leechers.count=8 --set expect=null
node deploy/test/figures.mjs "$(ls -d "$folder"/reports/flash-crowd/*/ | tail -n 1)result.json"
echo '== scancel in mid-run'
running=$(ip netns exec "$id-1" sbatch --parsable --nodes=3 --output="$folder/cancelled.log" \
  deploy/slurm/swarm-lab.sbatch scenarios/steady-state.yaml --engine cluster --set expect=null --out "$folder/reports")
until grep -q 'ready in' "$folder/cancelled.log" 2> /dev/null; do
  [ -n "$(ip netns exec "$id-1" squeue -h -j "$running" 2> /dev/null)" ] || { echo 'the job has ended by itself'; exit 1; }
  sleep 0.2
done
ip netns exec "$id-1" scancel "$running"
while [ -n "$(ip netns exec "$id-1" squeue -h -j "$running" 2> /dev/null)" ]; do sleep 0.2; done
pgrep -f "agent --nats nats://$net" > /dev/null && { echo 'agents are left'; exit 1; }
echo 'nothing is left of a cancelled job'
