#!/usr/bin/env bash
# deploy/slurm under a real Slurm of three nodes, which are three network namespaces of this machine. Everything is
# removed at the end. Ends with 1 where a job does not do what it must, with 77 and the reason where Slurm cannot run.
set -euo pipefail
cd "$(dirname "$0")/../.."

source deploy/test/trial.sh
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
  sleep 3
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

# Whether it can start anything depends on much that is not ours.
timeout 30 ip netns exec "$id-1" srun --nodes=3 true > "$folder/srun.log" 2>&1 \
  || skip "Slurm starts no job here: $(tail -n 1 "$folder/srun.log" | cut -c1-200)"
echo "Slurm $(slurmctld -V | cut -d' ' -f2): 3 nodes idle"

# job <name> <arguments of sim…>: until it is over; its exit code is sim's.
job() {
  local name=$1
  shift
  ip netns exec "$id-1" sbatch --wait --nodes=3 --output="$folder/$name.log" deploy/slurm/swarm-lab.sbatch \
    "$@" --out "$folder/reports" > /dev/null
}
# left_in_order <name>: the job's agents have left by themselves; none had to be killed.
left_in_order() {
  if grep 'Killed' "$folder/$1.log" || ! grep -qx 'all agents have left' "$folder/$1.log"; then
    echo "NOT SO: the agents of the job $1 have left by themselves"
    return 1
  fi
  echo '  so: all agents have left by themselves'
}

experiment=(scenarios/picker-sweep.yaml --engine virtual --repeat 2)
echo "== an experiment in virtual time: ${experiment[*]}"
job experiment "${experiment[@]}"
as_on_one_machine "$(run_folder "$folder/reports" picker-sweep)" "${experiment[@]}"
left_in_order experiment
echo '== one run of real peers over the three nodes'
code=0
job swarm scenarios/flash-crowd.yaml --engine cluster --set peers.leechers.count=8 --set expect=null || code=$?
node deploy/test/check-run.mjs whole "$code" "$(run_folder "$folder/reports" flash-crowd)"
left_in_order swarm
echo '== scancel in mid-run'
running=$(ip netns exec "$id-1" sbatch --parsable --nodes=3 --output="$folder/cancelled.log" \
  deploy/slurm/swarm-lab.sbatch scenarios/steady-state.yaml --engine cluster --set expect=null --out "$folder/reports")
is_there() { [ -n "$(ip netns exec "$id-1" squeue -h -j "$running" 2> /dev/null)" ]; }
until grep -q 'ready in' "$folder/cancelled.log" 2> /dev/null; do
  is_there || { echo 'NOT SO: the job was still there'; exit 1; }
  sleep 0.2
done
# The swarm is under way by then; no program says so in a log.
sleep 5
ip netns exec "$id-1" scancel "$running"
while is_there; do sleep 0.2; done
if pgrep -af "agent --nats nats://$net|nats-server -c .*/nats.conf"; then
  echo 'NOT SO: nothing is left of a cancelled job'
  exit 1
fi
echo '  so: nothing is left of a cancelled job'
left_in_order cancelled
node deploy/test/check-run.mjs stopped 130 "$(run_folder "$folder/reports" steady-state)"
