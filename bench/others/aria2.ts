import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { EngineError } from '../../src/core/errors.ts';
import { HttpTracker } from './http-tracker.ts';
import { outputOf, type Distribution, type OtherProgram } from './other-program.ts';
import { torrentOf } from './torrent-file.ts';

const FIRST_PORT = 26_881;
const LOOK_MS = 5;
const LIMIT_MS = 600_000;

/** aria2, a process for each peer, with a tracker of ours between them. undefined: it is not installed. */
export function findAria2(): OtherProgram | undefined {
  const version = /aria2 version (\S+)/.exec(outputOf('aria2c', '--version') ?? '')?.[1];
  if (version === undefined) return undefined;
  return {
    title: `aria2 ${version}`,
    about: 'from the start of the leechers’ processes, which find each other by an HTTP tracker',
    distribute,
  };
}

async function distribute(distribution: Distribution): Promise<number> {
  const { file, folder, leechers, chunkBytes, signal } = distribution;
  mkdirSync(folder, { recursive: true });
  const tracker = await HttpTracker.start();
  const torrent = join(folder, 'file.torrent');
  writeFileSync(torrent, torrentOf(file, chunkBytes, tracker.url));
  const children: ChildProcess[] = [];
  const start = (at: number, own: string, ...more: string[]): void => {
    children.push(spawn('aria2c', [...options(FIRST_PORT + at, own), ...more, torrent], { stdio: 'ignore' }));
  };
  try {
    start(0, dirname(file), '--bt-seed-unverified=true');
    const folders = Array.from({ length: leechers }, (_, at) => join(folder, String(at)));
    folders.forEach((own) => mkdirSync(own));
    // The seeder has announced itself by then.
    await delay(1000, undefined, { signal });
    const startMs = performance.now();
    folders.forEach((own, at) => start(at + 1, own));
    const isComplete = (own: string): boolean => {
      const path = join(own, basename(file));
      return existsSync(path) && !existsSync(`${path}.aria2`);
    };
    while (!folders.every(isComplete)) {
      const dead = children.find(({ exitCode }) => exitCode !== null);
      if (dead !== undefined) throw new EngineError(`aria2c ended with ${dead.exitCode}`);
      if (performance.now() - startMs > LIMIT_MS) throw new EngineError('aria2 took longer than 10 min');
      await delay(LOOK_MS, undefined, { signal });
    }
    return performance.now() - startMs;
  } finally {
    for (const child of children) child.kill('SIGKILL');
    tracker.stop();
  }
}

function options(port: number, folder: string): string[] {
  return [
    `--dir=${folder}`,
    `--listen-port=${port}`,
    '--seed-ratio=0.0',
    '--enable-dht=false',
    '--enable-dht6=false',
    '--bt-enable-lpd=false',
    '--bt-max-peers=0',
    '--bt-tracker-interval=1',
    '--file-allocation=none',
    '--allow-overwrite=true',
    '--disk-cache=64M',
    '--no-conf=true',
  ];
}
