# What all trials need. To be sourced, from the root of the checkout.

# skip <why>: this machine cannot do the trial. 77 is what automake's tests end with then; .ci/run tells it apart from
# a trial that was done.
skip() {
  echo "skipped: $1"
  exit 77
}

require() {
  [ "$(uname)" = Linux ] || skip 'network namespaces and containers are a thing of Linux'
  for tool in "$@"; do
    command -v "$tool" > /dev/null || skip "$tool is not installed"
  done
}

# run_folder <reports> <scenario>: of its one run, or of its one experiment.
run_folder() {
  local found=("$1/$2"/*/)
  [ ${#found[@]} -eq 1 ] || { echo "${#found[@]} runs in $1/$2, not one" >&2; return 1; }
  printf '%s' "${found[0]%/}"
}

# results_of <experiment's folder>: the checksum of each file that must not depend on who has done the runs.
results_of() {
  (cd "$1" && find . -name events.jsonl -o -name experiment.csv | sort | xargs sha256sum)
}

# as_on_one_machine <experiment's folder> <scenario and options of sim…>: the same without a cluster, byte for byte.
as_on_one_machine() {
  local cluster=$1 alone files
  shift
  alone=$(mktemp -d)
  node scripts/launch.mjs sim "$@" --out "$alone" --quiet
  results_of "$(run_folder "$alone" "$(basename "$1" .yaml)")" > "$alone/sums"
  results_of "$cluster" > "$alone/sums-of-cluster"
  diff "$alone/sums" "$alone/sums-of-cluster" || { echo 'NOT SO: the results are those of one machine'; return 1; }
  files=$(wc -l < "$alone/sums")
  # The table of the experiment, and the events of two runs at least.
  [ "$files" -ge 3 ] || { echo "only $files files were compared"; return 1; }
  echo "  so: events and table are those of one machine, byte for byte ($files files)"
  rm -rf "$alone"
}
