#!/bin/sh
# `throughput`, by which WebTorrent measures what it downloads and uploads, tells less than passes: 3 % less by default, over
# 5 s, and 14 % less over 1 s. It keeps the sums at the ends of the last tenths of a second, one for each tenth of the time
# over which it measures. From the oldest of them to now is one tenth less than that, and the present tenth is only half
# over on average; what passed meanwhile is divided by the whole time all the same. In the first 0.9 s it tells the bytes
# so far as if they were a rate.
#
# A steady 1,000,000 bytes/s, told to it each 10 ms for a minute; means of what it answers in the second half:
#
#     over 1 s: 855000 bytes/s, from 810000 to 900000
#     over 2 s: 927500 bytes/s, from 905000 to 950000
#     over 5 s: 971000 bytes/s, from 962000 to 980000
#     over 20 s: 992750 bytes/s, from 990500 to 995000
#     over 5 s, after the first half second: 500000 bytes/s
#
# Seen with throughput 1.0.2 on Node 20; webtorrent 3.0.21 depends on it. The clock that it reads, process.hrtime, is
# replaced, so that the figures are exact. Its README says that it measures over so many seconds. What helps: to count the
# bytes and divide them by the time oneself, or to measure over 20 s.
#
# Needs node and npm. Fails when the behaviour is another.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "private": true, "type": "module" }' >package.json
npm install --silent --no-audit --no-fund throughput@1.0.2

cat >steady.js <<'JS'
const BYTES_PER_SEC = 1_000_000;
const STEP_MS = 10;
let nowMs = 0;
process.hrtime = () => [Math.floor(nowMs / 1000), (nowMs % 1000) * 1e6];
const { default: throughput } = await import('throughput');

/** What it answers after each step of a minute. */
function answers(seconds) {
  const speed = throughput(seconds);
  return Array.from({ length: 60_000 / STEP_MS }, () => {
    const answer = speed((BYTES_PER_SEC * STEP_MS) / 1000);
    nowMs += STEP_MS;
    return answer;
  });
}

const seen = { 1: 855_000, 2: 927_500, 5: 971_000, 20: 992_750 };
for (const [seconds, expected] of Object.entries(seen)) {
  const half = answers(Number(seconds)).slice(-30_000 / STEP_MS);
  const mean = Math.round(half.reduce((sum, answer) => sum + answer, 0) / half.length);
  console.log(`over ${seconds} s: ${mean} bytes/s, from ${Math.min(...half)} to ${Math.max(...half)}`);
  if (mean !== expected) process.exitCode = 1;
}
const early = answers(5)[500 / STEP_MS - 1];
console.log(`over 5 s, after the first half second: ${early} bytes/s`);
if (early !== BYTES_PER_SEC / 2) process.exitCode = 1;
JS
node steady.js
