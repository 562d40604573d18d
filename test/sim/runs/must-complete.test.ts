import { describe, expect, it } from 'vitest';
import { exitCodeOfVerdict } from '../../../src/cli/program/exit-codes.ts';
import { renderTerminal } from '../../../src/sim/report/terminal.ts';
import type { RunResult } from '../../../src/sim/result/result.ts';
import { runYaml } from '../effects/effect.ts';

const CHUNKS = 16;

interface Judged {
  readonly code: number;
  readonly page: string;
  readonly result: RunResult;
}

/** A seeder and three leechers `a`; with 4 Mbit/s up they need about a second, with 64 kbit/s half a minute. */
async function judged({
  of = '',
  more = '',
  link = 'up: 4Mbit/s',
  timeLimit = '60s',
}: {
  of?: string;
  more?: string;
  link?: string;
  timeLimit?: string;
}): Promise<Judged> {
  const { result } = await runYaml(`
description: Who must complete?
seed: 1
content: { generate: { size: 256KiB, chunk_size: 16KiB } }
defaults: { link: { ${link} } }
peers: { seeder: { holds: all }, a: { count: 3${of} } }
time_limit: ${timeLimit}
${more}
`);
  return {
    code: exitCodeOfVerdict(result.verdict.because),
    page: renderTerminal(result, { colours: false }),
    result,
  };
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
    const { code, page, result } = await judged(changes);
    expect(code).toBe(0);
    expect(page).toContain('4 of 4 peers complete, 4 intact;');
    const { peers, swarm, ending } = result;
    expect(ending).toBe('completed');
    expect(peers.map(({ heldChunksAtEnd }) => heldChunksAtEnd)).toEqual([CHUNKS, CHUNKS, CHUNKS, CHUNKS]);
    expect(swarm.usefulBytes).toBe(3 * 256 * 1024);
    expect(swarm.makespanMs).toBe(Math.max(...peers.map(({ completedMs }) => completedMs!)));
    expect(swarm.bound.efficiency).toBeLessThanOrEqual(1.001);
  });

  it('and has failed when one of them is still there and incomplete at the time limit', async () => {
    const { code, page } = await judged({
      of: ', session: { leave: { after: 50s } }',
      link: 'up: 4Mbit/s, latency: 3s',
      timeLimit: '2s',
    });
    expect(code).toBe(1);
    expect(page).toMatch(/1 of 4 peers complete[^]*a\/1: it did not complete/);
  });

  it('but not for whom the user does not: seeders alone prove nothing then', async () => {
    const { code, page } = await judged({ of: ', must_complete: false' });
    expect(code).toBe(3);
    expect(page).toContain('No peer that lacked a chunk had to complete');
  });
});

describe('who has gone before it had completed', () => {
  it('is excused, and only it', async () => {
    const more = `faults: [{ when: progress(a) >= 20%, crash: a/1 }]\n${ALL}`;
    const { code, page, result } = await judged({ link: 'up: 1Mbit/s', more });
    expect(code).toBe(0);
    expect(page).toContain('3 of 3 peers complete, 3 intact; 2 of 2 thresholds hold');
    const { peers, swarm } = result;
    expect(peers.map(({ mustComplete }) => mustComplete)).toEqual([true, false, true, true]);
    expect(peers[1]!.heldChunksAtEnd).toBeLessThan(CHUNKS);
    expect(swarm.makespanMs).toBe(Math.max(peers[2]!.completedMs!, peers[3]!.completedMs!));
  });

  it('is not excused where the user says that it must complete', async () => {
    const of = ', must_complete: true, session: { leave: { after: 1s, how: crash } }';
    const { code, result } = await judged({ link: 'up: 64kbit/s', of });
    expect(code).toBe(1);
    expect(result).toMatchObject({
      ending: 'stalled',
      verdict: { completedPeers: 1, peersToComplete: 4 },
    });
  });

  it('leaves nothing to judge by when it is everybody', async () => {
    const more = `faults: [{ when: joined(a) >= 100%, crash: a }]\n${ALL}`;
    const { code, page, result } = await judged({ link: 'up: 64kbit/s', more });
    expect(code).toBe(3);
    expect(page).toContain('All 3 peers that had to complete left or died before they could');
    const { expectations, ending } = result;
    expect(ending).toBe('stalled');
    expect(expectations.map(({ measured, outcome }) => [measured, outcome])).toEqual([
      [null, 'inconclusive'],
      [null, 'inconclusive'],
    ]);
  });
});
