/** Prints what the trials of deploy/test look at, of a result.json: node deploy/test/figures.mjs <file> */
import { readFileSync } from 'node:fs';

const { verdict, ending, abortedBy, swarm, trust, peers, injected } = JSON.parse(
  readFileSync(process.argv[2], 'utf8'),
);
const seconds = (ms) => (ms === null ? 'none' : `${(ms / 1000).toFixed(2)} s`);
console.log(`${verdict.outcome}, ended by ${ending}${abortedBy === null ? '' : `: ${abortedBy}`}`);
console.log(`makespan ${seconds(swarm.makespanMs)}; trust ${trust.level}`);
for (const { name, completedMs } of peers)
  console.log(`  ${name} complete at ${seconds(completedMs ?? null)}`);
for (const host of trust.host.hosts ?? []) {
  console.log(
    `  ${host.name} at ${host.address}: ${host.peers} peers, clock ± ${host.clockErrorMs.toFixed(2)} ms${host.lost ? ', lost' : ''}`,
  );
}
for (const { kind, target, effect } of injected) console.log(`  ${kind} of ${target}: ${effect}`);
