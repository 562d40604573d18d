/** The program on the engine in virtual time: what a user sees of it. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { SimDesk } from './run-sim.ts';

const scenario = `
content: { generate: { size: 1MiB, chunk_size: 32KiB } }
defaults: { link: { up: 8Mbit/s, down: 8Mbit/s, latency: 20ms } }
peers:
  seeder: { holds: all }
  leechers: { count: 4 }
engine: virtual
`;

let desk: SimDesk;
beforeAll(() => (desk = new SimDesk(inject('bundleFolder'))));
afterAll(() => desk.close());

/** Every file of the given name below a folder, in the order of their paths. */
function textsOf(folder: string, name: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith(name) && !path.startsWith('latest'))
    .sort()
    .map((path) => readFileSync(join(folder, path), 'utf8'));
}

const twoRegions = `
content: { generate: { size: 1MiB, chunk_size: 32KiB } }
regions:
  delays: { europe: { asia: 50ms } }
  capacity: { europe: { asia: 400kbit/s } }
defaults: { link: { up: 8Mbit/s, down: 8Mbit/s } }
peers:
  seeder: { holds: all, region: europe }
  near: { count: 4, region: europe }
  far: { count: 4, region: asia }
engine: virtual
expect: [integrity == 100%]
`;

describe('a run in virtual time', () => {
  it('sends no more from region to region than their capacity, which sockets refuse', async () => {
    const file = desk.scenario('regions', twoRegions);
    const { code, stdout, stderr } = await desk.run([file, '--out', 'regions']);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(stdout).toContain('The lower bound is set by the capacity between regions.');
    const [result] = textsOf(join(desk.folder, 'regions'), 'result.json');
    const { swarm } = JSON.parse(result!) as {
      swarm: { makespanMs: number; bound: { lowerBoundMs: number; efficiency: number } };
    };
    // 1 MiB over 50,000 bytes/s.
    expect(swarm.bound.lowerBoundMs).toBeCloseTo(20_971.52, 6);
    expect(swarm.makespanMs).toBeGreaterThan(swarm.bound.lowerBoundMs);

    const refused = await desk.run([file, '--engine', 'threads']);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(/regions\.capacity .*--engine virtual/);
  });

  it('says so, and takes no room on the disk', async () => {
    const { code, stdout, stderr } = await desk.run([desk.scenario('single', scenario)]);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(stdout).toMatch(/virtual engine · 5 peers/);
    expect(desk.leftovers()).toEqual([]);
  });

  it('of a sweep gives the same events whichever of its runs are at the same time', async () => {
    const sweep = `${scenario}sweep: { product: { policy.picker: [random, rarest-first] } }\nrepeat: 2\n`
      .replace('defaults: {', 'defaults: { policy: { upload_slots: 3, super_seeding: off },')
      .replace('policy.picker', 'defaults.policy.picker');
    const file = desk.scenario('sweep', sweep);
    const outcomes = [];
    for (const out of ['one', 'other']) {
      const { code, stderr } = await desk.run([file, '--out', out]);
      expect({ code, stderr }).toMatchObject({ code: 0 });
      outcomes.push(textsOf(join(desk.folder, out), 'events.jsonl'));
    }
    expect(outcomes[0]).toHaveLength(4);
    expect(new Set(outcomes[0]).size).toBe(4);
    expect(outcomes[1]).toEqual(outcomes[0]);
  });

  it('of many repeats is interrupted with 130, and what is finished by then is written', async () => {
    const run = desk.start([desk.scenario('many', scenario), '--repeat', '3000', '--out', 'many']);
    await run.says(/ of 3000 runs/);
    run.signal('SIGINT');
    const { code, stdout } = await run.ended;
    expect(code).toBe(130);
    expect(stdout).toContain('report: ');
    const [experiment] = textsOf(join(desk.folder, 'many'), 'experiment.json');
    const { ending, runs } = JSON.parse(experiment!) as { ending: string; runs: unknown[] };
    expect(ending).toBe('interrupted');
    expect(runs.length).toBeGreaterThanOrEqual(30);
    const folders = readdirSync(join(desk.folder, 'many'), { recursive: true, encoding: 'utf8' });
    expect(folders.filter((path) => path.includes('.draft'))).toEqual([]);
  });

  it('refuses what needs sockets, and is checked for repeating', async () => {
    const file = desk.scenario('port', scenario.replace('engine: virtual', ''));
    for (const virtual of [[file, '--engine', 'virtual'], [desk.scenario('own', scenario)]]) {
      const refused = await desk.run([...virtual, '--tracker-port', '5100']);
      expect(refused.code).toBe(2);
      expect(refused.stderr).toMatch(/--tracker-port .*virtual time.*--engine threads/);
    }
    const checked = await desk.run([file, '--check-determinism']);
    expect(checked.code).toBe(0);
    expect(checked.stderr).toMatch(/port, seed 1: both runs gave the same \d+ events and the same result/);
    expect(existsSync(join(desk.folder, 'reports', 'port'))).toBe(false);
  });
});
