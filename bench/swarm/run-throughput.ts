/** Star and swarm in turns, the same bytes on the same host within the same seconds. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { hostWarnings, probeHost } from '../host.ts';
import type { HostShare, ThroughputResult, ThroughputRun } from '../report/report.ts';
import { runStar } from '../star/star.ts';
import { pairedRatio } from '../statistics.ts';
import type { ThroughputCase } from './cases.ts';
import { planOf } from './plans.ts';
import { runSwarm } from './run-swarm.ts';
import { StarFile } from './star-file.ts';

export interface SwarmWorkers {
  readonly peerWorker: URL;
  readonly starWorker: URL;
}

export async function runThroughput(
  benchmark: ThroughputCase,
  repeats: number,
  workers: SwarmWorkers,
  signal: AbortSignal,
): Promise<ThroughputResult> {
  const { name, leechers, fileBytes, chunkBytes } = benchmark;
  const usefulBytes = leechers * fileBytes;
  const starFile = new StarFile(fileBytes, leechers);
  const runs: ThroughputRun[] = [];
  try {
    for (let repeat = 1; repeat <= repeats; repeat++) {
      const star = await measureStar(benchmark, starFile, workers.starWorker, signal);
      const plan = planOf(benchmark, `bench/${repeat}`);
      const { result, makespanMs, host } = await runSwarm(plan, workers.peerWorker, signal);
      runs.push({
        goodputBytesPerSec: (usefulBytes * 1000) / makespanMs,
        starBytesPerSec: (usefulBytes * 1000) / star.ms,
        makespanMs,
        starMs: star.ms,
        setupMs: result.setupMs,
        seederLoad: result.swarm.seederLoad,
        waste: result.swarm.waste,
        host,
        starHost: star.host,
      });
    }
  } finally {
    starFile.remove();
  }
  const ratio = pairedRatio(
    runs.map((run) => run.goodputBytesPerSec),
    runs.map((run) => run.starBytesPerSec),
  );
  const warnings = mostDisturbed(runs);
  return { kind: 'throughput', name, leechers, fileBytes, chunkBytes, runs, ratio, warnings };
}

async function measureStar(
  { leechers, fileBytes }: ThroughputCase,
  { path, folder, hash }: StarFile,
  workerFile: URL,
  signal: AbortSignal,
): Promise<{ readonly ms: number; readonly host: HostShare }> {
  const received = join(folder, 'received');
  const probe = probeHost();
  try {
    const ms = await runStar({
      workerFile,
      file: path,
      fileBytes,
      hash,
      folder: received,
      receivers: leechers,
      signal,
    });
    return { ms, host: probe.read() };
  } finally {
    // What is gone before the system wrote it back does not disturb what comes next.
    rmSync(received, { recursive: true, force: true });
  }
}

function mostDisturbed(runs: readonly ThroughputRun[]): string[] {
  const hosts = runs.flatMap(({ host, starHost }) => [host, starHost]);
  return hostWarnings(hosts.reduce((a, b) => (a.othersCpuShare > b.othersCpuShare ? a : b)));
}
