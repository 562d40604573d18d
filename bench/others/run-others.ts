/** Our swarm and another program in turns: the same bytes to as many, on the same host within the same seconds. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '../../src/core/errors.ts';
import { hostWarnings, probeHost } from '../host.ts';
import type { RatioResult } from '../report/report.ts';
import { pairedRatio } from '../statistics.ts';
import type { ThroughputCase } from '../swarm/cases.ts';
import { planOf } from '../swarm/plans.ts';
import { runSwarm } from '../swarm/run-swarm.ts';
import { StarFile } from '../swarm/star-file.ts';
import { findAria2 } from './aria2.ts';
import { findLibtorrent } from './libtorrent.ts';
import type { OtherProgram } from './other-program.ts';

/** How much faster than libtorrent the swarm is to be. */
const GOAL = 1.2;

/** A program that is slow is told apart from ours in fewer rounds; of a single one there is no interval. */
const ENOUGH_MS = 60_000;

interface Known {
  readonly find: () => OtherProgram | undefined;
  readonly install: string;
}

const KNOWN: Readonly<Record<string, Known>> = {
  libtorrent: { find: findLibtorrent, install: 'apt-get install python3-libtorrent' },
  aria2: { find: findAria2, install: 'apt-get install aria2' },
};

/** @throws {ConfigError} one is not known, or not installed */
export function otherPrograms(names: readonly string[]): readonly OtherProgram[] {
  return names.map((name) => {
    const known = KNOWN[name];
    if (known === undefined) {
      throw new ConfigError(`--peers ${name}: the benchmark knows ${Object.keys(KNOWN).join(' and ')}`);
    }
    const program = known.find();
    if (program === undefined)
      throw new ConfigError(`--peers ${name}: it is not installed; ${known.install}`);
    return program;
  });
}

export interface OthersRun {
  readonly repeats: number;
  readonly peerWorker: URL;
  readonly signal: AbortSignal;
}

/** Whether so many rounds, which took so long together, do. */
export function isEnough(rounds: number, elapsedMs: number, repeats: number): boolean {
  return rounds >= repeats || (rounds > 0 && elapsedMs >= ENOUGH_MS);
}

/** At most `repeats` rounds, and no further one after a minute. */
export async function runAgainst(
  program: OtherProgram,
  benchmark: ThroughputCase,
  { repeats, peerWorker, signal }: OthersRun,
): Promise<RatioResult> {
  const { name, leechers, fileBytes, chunkBytes } = benchmark;
  const probe = probeHost();
  const file = new StarFile(fileBytes, leechers);
  const ours: number[] = [];
  const theirs: number[] = [];
  const startMs = performance.now();
  try {
    for (let repeat = 1; !isEnough(repeat - 1, performance.now() - startMs, repeats); repeat++) {
      const folder = join(file.folder, 'received');
      theirs.push(await program.distribute({ file: file.path, folder, leechers, chunkBytes, signal }));
      rmSync(folder, { recursive: true, force: true });
      ours.push((await runSwarm(planOf(benchmark, `bench/${repeat}`), peerWorker, signal)).makespanMs);
    }
  } finally {
    file.remove();
  }
  const host = probe.read();
  const bytes = leechers * fileBytes;
  const speeds = (makespans: readonly number[]): number[] => makespans.map((ms) => (bytes * 1000) / ms);
  return {
    kind: 'ratio',
    name: `${name.replace(/^swarm: /, '')}, against ${program.title}`,
    what: `goodput of the swarm / of ${program.title} (${program.about})`,
    values: ours.map((ms, at) => theirs[at]! / ms),
    interval: pairedRatio(speeds(ours), speeds(theirs)),
    goal: { is: 'at least', value: GOAL },
    host,
    warnings: hostWarnings(host),
  };
}
