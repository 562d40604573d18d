/**
 * That no run below a folder of reports was faster than its lower bound, and no uplink carried more than it can:
 *   node scripts/check-bounds.mjs <reports>
 * Prints the runs that came nearest. Exits with 1 when one went beyond, or when there is nothing to judge.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** What the shaper's rates are off by at most, see docs/model.md. */
const SHAPER_ERROR = 0.001;
/** A single write may exceed a moment's capacity; so uplinks are judged that carried a MiB or more. */
const UPLINK_ERROR = 0.02;
const UPLINK_BYTES_MIN = 2 ** 20;
const SHOWN = 5;

const [reports] = process.argv.slice(2);
if (reports === undefined) {
  console.error('usage: node scripts/check-bounds.mjs <reports>');
  process.exit(2);
}

const results = readdirSync(reports, { recursive: true, withFileTypes: true })
  // `latest` is a link to one of the others.
  .filter((entry) => entry.isFile() && entry.name === 'result.json')
  .map(({ parentPath, path, name }) => JSON.parse(readFileSync(join(parentPath ?? path, name), 'utf8')));
const runs = results
  .filter(({ swarm }) => swarm.bound.efficiency !== null)
  .map(({ scenario, seed, swarm }) => ({
    run: `${scenario.name}, seed ${seed}`,
    efficiency: swarm.bound.efficiency,
  }))
  .sort((a, b) => b.efficiency - a.efficiency);
const uplinks = results.flatMap(({ scenario, seed, peers }) =>
  peers
    .filter(
      ({ uploadUtilisation, uploadedBytes }) =>
        uploadUtilisation !== null && uploadedBytes >= UPLINK_BYTES_MIN,
    )
    .map(({ name, uploadUtilisation }) => ({
      run: `${scenario.name}, seed ${seed}, uplink of ${name}`,
      share: uploadUtilisation,
    })),
);

const percent = (share) => `${(share * 100).toFixed(2)} %`;
const beyond = [
  ...runs
    .filter(({ efficiency }) => efficiency > 1 + SHAPER_ERROR)
    .map(({ run, efficiency }) => `${run}: efficiency ${percent(efficiency)}`),
  ...uplinks
    .filter(({ share }) => share > 1 + UPLINK_ERROR)
    .map(({ run, share }) => `${run}: ${percent(share)} of its capacity`),
];
console.log(
  `${runs.length} runs with a lower bound, ${uplinks.length} limited uplinks; nearest to the bound:`,
);
for (const { run, efficiency } of runs.slice(0, SHOWN))
  console.log(`  ${percent(efficiency).padStart(9)}  ${run}`);
for (const line of beyond) console.error(`beyond what the links allow: ${line}`);
if (runs.length === 0) console.error(`no run below ${reports} has a lower bound: nothing was checked`);
process.exit(beyond.length > 0 || runs.length === 0 ? 1 : 0);
