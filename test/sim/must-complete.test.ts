import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { SimDesk } from './run-sim.ts';

let desk: SimDesk;
beforeEach(() => {
  desk = new SimDesk(inject('bundleFolder'));
});
afterEach(() => desk.close());

const CHUNKS = 16;

/** A seeder and three leechers `a`; with 4 Mbit/s up they need about a second, with 64 kbit/s half a minute. */
function scenario({
  of = '',
  more = '',
  up = '4Mbit/s',
}: {
  of?: string;
  more?: string;
  up?: string;
}): string {
  return desk.scenario(
    'excused',
    `
description: Who must complete?
seed: 1
content: { generate: { size: 256KiB, chunk_size: 16KiB } }
defaults: { link: { up: ${up} } }
peers: { seeder: { holds: all }, a: { count: 3${of} } }
time_limit: 60s
${more}
`,
  );
}

const ALL = 'expect: [integrity == 100%, completed == 100%]';

describe('a run waits for all that must complete', () => {
  it.each([
    ['are to be killed later', { more: `faults: [{ at: 50s, crash: a }]\n${ALL}` }],
    ['would be killed if a condition held', { more: `faults: [{ when: elapsed > 59s, crash: a }]\n${ALL}` }],
    [
      'are killed in the moment of their completion',
      { of: ', session: { leave: { from: completion, how: crash } }', more: 'expect: [integrity == 100%]' },
    ],
    ['are to leave later', { of: ', session: { leave: { after: 50s } }', more: ALL }],
    [
      'are to leave later, as a trace has it',
      {
        of: ', arrival: { trace: [{ join: 0s, leave: 50s }, { join: 0s, leave: 55s }, { join: 0.2s }] }',
        more: ALL,
      },
    ],
  ])('also when they %s', async (_, changes) => {
    const { code, stdout } = await desk.run([scenario(changes)]);
    expect(code).toBe(0);
    expect(stdout).toContain('4 of 4 peers complete, 4 intact;');
    const { peers, swarm, ending } = desk.result();
    expect(ending).toBe('completed');
    expect(peers.map(({ heldChunksAtEnd }) => heldChunksAtEnd)).toEqual([CHUNKS, CHUNKS, CHUNKS, CHUNKS]);
    expect(swarm.usefulBytes).toBe(3 * 256 * 1024);
    expect(swarm.makespanMs).toBe(Math.max(...peers.map(({ completedMs }) => completedMs!)));
    expect(swarm.bound.efficiency).toBeLessThanOrEqual(1.001);
  });

  it('and has failed when one of them is still there and incomplete at the time limit', async () => {
    const file = scenario({ of: ', session: { leave: { after: 50s } }' });
    const { code, stdout } = await desk.run([
      file,
      '--set',
      'time_limit=2s',
      '--set',
      'defaults.link.latency=3s',
    ]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/1 of 4 peers complete[^]*a\/1: it did not complete/);
  });

  it('but not for whom the user does not: seeders alone prove nothing then', async () => {
    const { code, stdout } = await desk.run([scenario({ of: ', must_complete: false' })]);
    expect(code).toBe(3);
    expect(stdout).toContain('No peer that lacked a chunk had to complete');
  });
});

describe('who has gone before it had completed', () => {
  it('is excused, and only it', async () => {
    const more = `faults: [{ when: progress(a) >= 20%, crash: a/1 }]\n${ALL}`;
    const { code, stdout } = await desk.run([scenario({ up: '1Mbit/s', more })]);
    expect(code).toBe(0);
    expect(stdout).toContain('3 of 3 peers complete, 3 intact; 2 of 2 thresholds hold');
    const { peers, swarm } = desk.result();
    expect(peers.map(({ mustComplete }) => mustComplete)).toEqual([true, false, true, true]);
    expect(peers[1]!.heldChunksAtEnd).toBeLessThan(CHUNKS);
    expect(swarm.makespanMs).toBe(Math.max(peers[2]!.completedMs!, peers[3]!.completedMs!));
  });

  it('is not excused where the user says that it must complete', async () => {
    const of = ', must_complete: true, session: { leave: { after: 1s, how: crash } }';
    const { code } = await desk.run([scenario({ up: '64kbit/s', of })]);
    expect(code).toBe(1);
    expect(desk.result()).toMatchObject({
      ending: 'stalled',
      verdict: { completedPeers: 1, peersToComplete: 4 },
    });
  });

  it('leaves nothing to judge by when it is everybody', async () => {
    const more = `faults: [{ when: joined(a) >= 100%, crash: a }]\n${ALL}`;
    const { code, stdout } = await desk.run([scenario({ up: '64kbit/s', more })]);
    expect(code).toBe(3);
    expect(stdout).toContain('All 3 peers that had to complete left or died before they could');
    const { expectations, ending } = desk.result();
    expect(ending).toBe('stalled');
    expect(expectations.map(({ measured, outcome }) => [measured, outcome])).toEqual([
      [null, 'inconclusive'],
      [null, 'inconclusive'],
    ]);
  });
});
