import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { folderOfTest } from '../../../test/support/folder-of-test.ts';
import { designExperiment } from './design.ts';

let folder: string;
beforeEach(() => {
  folder = folderOfTest('design-');
});

const design = (more: string, sets: readonly string[] = []) => {
  const file = join(folder, 'swarm.yaml');
  writeFileSync(
    file,
    `content: { generate: { size: 1MiB } }
peers: { seeder: { holds: all, link: { up: "\${rate}" } }, g: { count: 2 } }
seed: 5
variables: { rate: 1MB/s }
${more}`,
  );
  return designExperiment({ file, sets });
};

describe('an experiment', () => {
  test('gives every arm the same seeds, those of the repeats', () => {
    const { plans } = design('sweep: { product: { peers.g.count: [1, 2] } }\nbaseline: {}\nrepeat: 2');
    const seedsOf = (arm: string): string[] =>
      plans.filter(({ variant }) => variant!.arm === arm).map(({ seed }) => seed);
    for (const arm of ['baseline', 'count=1', 'count=2']) expect(seedsOf(arm)).toEqual(['5', '5#2']);
  });

  test('is a single run when its sweep is removed by --set, which then counts', () => {
    const { plans } = design('sweep: { product: { peers.g.count: [1, 2] } }\nbaseline: {}\nrepeat: 2', [
      'sweep=null',
      'baseline=null',
      'repeat=1',
      'peers.g.count=7',
    ]);
    expect(plans.map(({ peers, variant }) => [peers.length, variant])).toEqual([[8, null]]);
  });

  test('refuses arms that differ in nothing but their names', () => {
    const alike = /the arms "rate=1MB\/s" and "rate=2MB\/s" of the sweep are the same run/;
    const sweep = 'sweep: { product: { variables.rate: [1MB/s, 2MB/s] } }';
    expect(() => design(sweep)).not.toThrow();
    expect(() => design(sweep, ['peers.seeder.link.up=3MB/s'])).toThrow(alike);
    const seeds = 'sweep: { product: { variables.s: [1, 2] } }\n';
    expect(() => design(seeds).plans, 'a variable that is not there').toThrow(/there is no variable "s"/);
  });

  test('may have a baseline that is like one of its arms', () => {
    const { arms } = design('sweep: { product: { peers.g.count: [2, 3] } }\nbaseline: {}');
    expect(arms.map(({ name }) => name)).toEqual(['baseline', 'count=2', 'count=3']);
  });
});

describe('a run without a time limit of its own', () => {
  test('may plan whatever comes before the limit that follows from its bound, and nothing after it', () => {
    const returning = (after: string) =>
      `defaults: { session: { leave: { after: 1s }, return: { after: ${after} } } }`;
    const slow = ['variables.rate=1Mbit/s', 'content.generate.size=4MiB'];
    // 4 MiB through 1 Mbit/s take 33.6 s.
    expect(design(returning('90s'), slow).plans[0]!.timeLimitMs).toBe(335_545);
    expect(() => design(returning('90s'))).toThrow(
      /would come back after the end of the run at 1 min 00 s; raise time_limit/,
    );
    expect(() => design(returning('400s'), slow)).toThrow(/after the end of the run at 5 min 35\.545 s/);
  });

  test('may take ten times what latency takes until the farthest peer has a chunk', () => {
    const { plans } = design('', ['peers.g.link.latency=2500ms']);
    // Ten one-way trips to the tracker and the seeder, which is at no distance itself.
    expect(plans[0]).toMatchObject({ timeLimitMs: 250_000 });
    expect(plans[0]).not.toHaveProperty('notices');
  });

  test('may take ten times its lower bound, and a minute at least', () => {
    const limitOf = (more: string, ...sets: string[]) =>
      design(more, ['variables.rate=1Mbit/s', ...sets]).plans[0]!.timeLimitMs;
    expect(limitOf('', 'content.generate.size=20MB')).toBe(1_600_000);
    expect(limitOf('')).toBe(83_887);
    expect(limitOf('', 'content.generate.size=1kB')).toBe(60_000);
    expect(limitOf('time_limit: 30s')).toBe(30_000);
  });
});
