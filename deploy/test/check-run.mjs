/**
 * Prints what a run of a trial has shown, and ends with 1 where that is not what the trial is about:
 *   node deploy/test/check-run.mjs <trial> <exit code of sim> <folder of the run> [<fact>=<number> …]
 *
 * A machine that was too busy makes a run `untrusted`, and sim ends with 3, whatever its figures are: that is allowed,
 * by name. What a busy machine may upset is not judged then; what it cannot (the rate of a line, who is complete with
 * which bytes, who died) is judged in any case.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** docs/errors.md#exit-codes */
const exitCodes = { ok: 0, inconclusive: 3, givenUp: 5 };
const MEBIBYTE = 2 ** 20;

const trials = { whole, line, cut, death, stopped };

/** A run over three hosts: all peers are complete. */
function* whole({ result: { verdict, trust, peers }, code, untrusted }) {
  yield untrusted
    ? said(code, verdict, 'inconclusive', 'data', 'the machine was too busy to tell more')
    : said(code, verdict, 'ok', null, 'the run is a pass');
  const intact = peers.filter(({ integrity, completedMs }) => integrity === 'intact' && completedMs !== null);
  yield [`${intact.length} of ${peers.length} peers are complete and intact`, intact.length === peers.length];
  const busy = trust.host.hosts.filter((host) => host.peers > 0 && !host.lost);
  yield [`${busy.length} of 3 hosts had peers and were there to the end`, busy.length === 3];
}

/** Facts: `rate`, bit/s of the line before the far peer's host; `carried`, bytes that the kernel has let through. */
function* line({ run, result, untrusted, facts: { rate, carried } }) {
  yield* whole(run);
  const bytes = result.plan.content.totalBytes;
  const atLeastMs = (bytes * 8_000) / rate;
  const { far, near } = completions(result);
  // A class may send a burst at once, and the clocks of hosts may differ by 10 ms.
  const sooner = 0.97 * atLeastMs;
  yield [
    `the far peer took ${seconds(far)}, and the line takes ${seconds(atLeastMs)} at least`,
    far >= sooner,
  ];
  yield [`the line has carried ${mebibytes(carried)} for ${mebibytes(bytes)} of content`, carried >= bytes];
  if (untrusted) return;
  yield [`the near peer took ${seconds(near)}, less than the far one`, near < far];
  yield [`the far peer took less than three times what the line takes`, far < 3 * atLeastMs];
}

/** Nothing of the seeder reaches the far peer while they are parted, and the near one goes on. */
function* cut({ run, result, events, untrusted }) {
  yield* whole(run);
  const parted = result.injected.find(({ kind }) => kind === 'fault');
  yield [
    `the partition has held something back: ${parted?.effect}`,
    /[1-9]\d* messages? held back/.test(parted?.effect),
  ];
  const seeder = events.find(({ type, peer }) => type === 'peer-joined' && peer === 'seeder').address;
  const chunks = events.filter(
    ({ type, from }) => type === 'chunk-received' && from.host === seeder.host && from.port === seeder.port,
  );
  const [began, ended] = ['fault-began', 'fault-ended'].map(
    (type) => events.find((event) => event.type === type)?.atMs,
  );
  // What was on its way as it began may still be read; half a second is long for that, unless the machine is too busy.
  const during = ({ atMs }) => atMs > began + 500 && atMs < ended;
  const ofFar = chunks.filter(({ peer }) => peer === 'far');
  const late = ofFar.filter(during).length;
  yield [`the far peer has ${ofFar.length} chunks of the seeder, from before or after`, ofFar.length > late];
  if (untrusted) return;
  yield [`it has ${late} from between ${seconds(began + 500)} and ${seconds(ended)}`, late === 0];
  const ofNear = chunks.filter((event) => event.peer === 'near' && during(event)).length;
  yield [`the near peer has ${ofNear} of the seeder from that time`, ofNear > 0];
}

/** The third host dies in mid-run, and the run says so. */
function* death({ result: { verdict, ending, abortedBy, trust }, code, untrusted }) {
  yield untrusted
    ? said(code, verdict, 'inconclusive', 'data', 'the machine was too busy to tell more')
    : said(code, verdict, 'givenUp', 'aborted', 'the run was given up');
  const why = 'host host-3 was lost: it was not heard of for 8 s';
  yield [`ended by ${ending}: ${abortedBy}`, ending === 'aborted' && abortedBy === why];
  const lost = trust.host.hosts.filter((host) => host.lost).map(({ name }) => name);
  yield [`lost: ${lost.join(', ')}, and no other host`, lost.join() === 'host-3'];
}

/** All programs of a run are told to stop, and what was measured is there. Who is first decides what ended it. */
function* stopped({ result: { ending, abortedBy }, events }) {
  const lost = ending === 'aborted' && /^host .* was lost: /.test(abortedBy);
  yield [`ended by ${ending}`, ending === 'interrupted' || lost];
  yield [`${events.length} events were written`, events.length > 1];
}

function said(code, { outcome, because }, name, expected, sentence) {
  const isSo = code === exitCodes[name] && because === expected;
  return [`${sentence}: exit code ${code}, ${outcome}${because === null ? '' : ` by ${because}`}`, isSo];
}

function completions({ peers }) {
  return Object.fromEntries(peers.map(({ name, completedMs }) => [name, completedMs ?? Number.NaN]));
}

function seconds(ms) {
  return ms === null ? 'none' : `${(ms / 1000).toFixed(2)} s`;
}

function mebibytes(bytes) {
  return `${(bytes / MEBIBYTE).toFixed(2)} MiB`;
}

function printFigures({ ending, abortedBy, swarm, trust, peers, injected }) {
  console.log(`ended by ${ending}${abortedBy === null ? '' : `: ${abortedBy}`}`);
  console.log(`makespan ${seconds(swarm.makespanMs)}; trust ${trust.level}`);
  for (const { name, completedMs } of peers)
    console.log(`  ${name} complete at ${seconds(completedMs ?? null)}`);
  for (const host of trust.host.hosts) {
    const clock = `clock ± ${host.clockErrorMs.toFixed(2)} ms`;
    console.log(
      `  ${host.name} at ${host.address}: ${host.peers} peers, ${clock}${host.lost ? ', lost' : ''}`,
    );
  }
  for (const { kind, target, effect } of injected) console.log(`  ${kind} of ${target}: ${effect}`);
}

const [trial, code, folder, ...given] = process.argv.slice(2);
if (!existsSync(join(folder, 'result.json'))) {
  console.log(`NOT SO: sim has ended with ${code} and left no result.json in ${folder}`);
  process.exit(1);
}
const result = JSON.parse(readFileSync(join(folder, 'result.json'), 'utf8'));
const events = readFileSync(join(folder, 'events.jsonl'), 'utf8').trimEnd().split('\n');
const run = {
  result,
  events: events.map((line) => JSON.parse(line)),
  code: Number(code),
  untrusted: result.trust.level === 'untrusted',
  facts: Object.fromEntries(given.map((fact) => [fact.split('=')[0], Number(fact.split('=')[1])])),
};
printFigures(result);
for (const [sentence, isSo] of trials[trial]({ ...run, run })) {
  console.log(isSo ? `  so: ${sentence}` : `  NOT SO: ${sentence}`);
  if (!isSo) process.exitCode = 1;
}
