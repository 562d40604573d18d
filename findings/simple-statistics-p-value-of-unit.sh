#!/bin/sh
# The p-value of `permutationTest` of simple-statistics depends on the unit of the figures. It counts the rearrangements
# whose difference of means is at least the observed one, compares them by `>=`, and loses those that are equal but for the
# last bit. Decimal figures with one or two places, as durations in seconds are, have such ties: the p-value is then too
# small, here half of what it is, and at 5 % a difference is called significant that is not.
#
# Seven makespans, three before a change and four after it. Two of the 35 arrangements are as extreme as the observed one,
# so that p is 2/35; both calls below get the same random numbers, 100,000 rearrangements, and two sides:
#
#     counted exactly:        p = 0.057
#     seconds (10.2, ...):    p = 0.028
#     milliseconds (10200):   p = 0.057
#
# Seen with simple-statistics 7.12.1 on Node 20. Its documentation calls the result "the probability of observing the
# difference between groups (as or more extreme than what we did)". What helps: integers, as milliseconds and bytes are.
#
# Needs node and npm. Fails when the behaviour is another.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "private": true, "type": "module" }' >package.json
npm install --silent --no-audit --no-fund simple-statistics@7.12.1

cat >unit.js <<'JS'
import { permutationTest } from 'simple-statistics';

const REARRANGEMENTS = 100_000;
const before = [11, 10.2, 10.8];
const after = [12.6, 11.6, 11.8, 13.2];
const milliseconds = (seconds) => seconds.map((value) => Math.round(value * 1000));

/** The same numbers at each call: a linear congruential generator modulo 2^48. */
function randomNumbers() {
  let state = 1n;
  return () => {
    state = (state * 25214903917n + 11n) & 0xffffffffffffn;
    return Number(state) / 2 ** 48;
  };
}

/** Every choice of three of the seven, in integers: differences of means times 12 have no fractions. */
function countedExactly(x, y) {
  const all = [...x, ...y];
  const sum = all.reduce((total, value) => total + value, 0);
  const extremeness = (part) => Math.abs(part * y.length - (sum - part) * x.length);
  const observed = extremeness(x.reduce((total, value) => total + value, 0));
  let asExtreme = 0;
  let arrangements = 0;
  for (let chosen = 0; chosen < 2 ** all.length; chosen++) {
    const part = all.filter((_, at) => chosen & (1 << at));
    if (part.length !== x.length) continue;
    arrangements++;
    if (extremeness(part.reduce((total, value) => total + value, 0)) >= observed) asExtreme++;
  }
  return asExtreme / arrangements;
}

const exact = countedExactly(milliseconds(before), milliseconds(after));
const test = (x, y) => permutationTest(x, y, 'two_side', REARRANGEMENTS, randomNumbers());
const inSeconds = test(before, after);
const inMilliseconds = test(milliseconds(before), milliseconds(after));
console.log(`counted exactly:        p = ${exact.toFixed(3)}`);
console.log(`seconds (10.2, ...):    p = ${inSeconds.toFixed(3)}`);
console.log(`milliseconds (10200):   p = ${inMilliseconds.toFixed(3)}`);
// Five standard errors of a proportion of 0.057 among 10,000 are 0.012.
const isNear = (measured, expected) => Math.abs(measured - expected) < 0.0037;
process.exitCode = isNear(inMilliseconds, exact) && isNear(inSeconds, exact / 2) ? 0 : 1;
JS
node unit.js
