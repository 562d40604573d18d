#!/usr/bin/env bash
# The Python libraries that tests read exports with, in node_modules/.cache/python-tools: pandas and pyarrow for the lines
# of docs/analysis.md, the client library of Prometheus as a parser of OpenMetrics. Where the package index cannot be
# reached, Debian's packages take their place; they have no reader of Parquet, for which the test then has another one.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

tools=node_modules/.cache/python-tools
if [ -x "$tools/bin/python" ] && "$tools/bin/python" -c 'import pandas, pyarrow, prometheus_client' 2>/dev/null; then
  exit 0
fi
rm -rf "$tools"
if python3 -m venv "$tools" &&
  "$tools/bin/python" -m pip install --quiet --retries 1 --timeout 20 --only-binary :all: pandas pyarrow prometheus_client; then
  exit 0
fi
rm -rf "$tools"
echo "python-tools: the package index cannot be reached; taking Debian's packages instead" >&2
if ! /usr/bin/python3 -c 'import pandas, prometheus_client' 2>/dev/null; then
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq python3-pandas python3-prometheus-client
fi
