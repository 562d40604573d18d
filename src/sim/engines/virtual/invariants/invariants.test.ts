import { describe, expect, it } from 'vitest';
import { toPlainError } from '../../../../core/errors.ts';
import type { SwarmEvent } from '../../../../core/events.ts';
import { expand } from '../../../expand/expand.ts';
import { brokenBuilds } from '../../../fuzz/broken-builds.ts';
import { parseScenario } from '../../../scenario/parse.ts';
import type { Build } from '../build.ts';
import { virtualEngine } from '../virtual-engine.ts';
import { Shown } from './shown-chunks.ts';

const swarm = `
seed: 1
engine: virtual
content: { generate: { size: 1MiB, chunk_size: 64KiB } }
defaults: { link: { up: 8Mbit/s, down: 8Mbit/s, latency: 5ms } }
peers: { seeder: { holds: all }, leechers: { count: 3 } }
time_limit: 10min
`;

/** The message of the error that ends a run; its ending when nothing is broken. */
async function run(text: string, { build, thorough }: { build?: Build; thorough: boolean }): Promise<string> {
  const plan = expand(parseScenario(text, 'invariants.yaml'));
  const engine = virtualEngine({ thorough, ...(build && { build }) });
  try {
    return (await engine.run(plan, { signal: new AbortController().signal })).ending;
  } catch (error) {
    expect(toPlainError(error)).toMatchObject({ name: 'InvariantError', code: 'LOCAL_PROTOCOL' });
    return (error as Error).message;
  }
}

function leakingBy(factor: number): Build {
  return {
    network(transport, control) {
      control.setRateFactor(factor);
      return transport;
    },
  };
}

describe.each([false, true])('a run in virtual time (looked at thoroughly: %s)', (thorough) => {
  it('runs to its end where nothing is broken', async () => {
    expect(await run(swarm, { thorough })).toBe('completed');
  });

  it('allows for spoilt chunks of which nobody is told a hash', async () => {
    const plain = swarm.replace('seeder: { holds: all }', 'seeder: { holds: all, protocol: spec }');
    expect(
      await run(`${plain}faults: [{ corrupt: { peers: seeder, probability: 50% } }]\n`, { thorough }),
    ).toBe('completed');
  });

  it('ends where a peer accepts a chunk without verifying it, naming time, peer, chunk and event', async () => {
    const second = swarm.replace('peers: {', 'peers: { poisoner: { holds: all },');
    const poisoned = `${second}faults: [{ corrupt: { peers: poisoner, probability: 50% } }]\n`;
    expect(await run(poisoned, { thorough })).toBe('completed');
    expect(await run(poisoned, { thorough, build: brokenBuilds['unverified-chunks'] })).toMatch(
      /^invariant broken \(no chunk is accepted whose hash is wrong\) at \d+\.\d{3} s, leechers\/\d: chunk \d+ counts .*; event: \{"type":"chunk-received"/,
    );
  });

  it('ends where a chunk is forgotten, naming who lacks it and who has it', async () => {
    expect(await run(swarm, { thorough, build: brokenBuilds['forgetful-picker'] })).toMatch(
      /^invariant broken \(who stays connected to one that has what it lacks makes progress\) at .* s, leechers\/\d and seeder: .* lacks chunk 16/,
    );
  });

  it('ends where links carry a thousandth more than their rate', async () => {
    const long = swarm.replace('1MiB', '32MiB');
    expect(await run(long, { thorough })).toBe('completed');
    expect(await run(long, { thorough, build: leakingBy(1.001) })).toMatch(
      /^invariant broken \(nobody (uploads more than its rate allows|downloads faster than its link)\)/,
    );
  });

  it('allows for rates that change, at once or little by little, and for links that are slowed down', async () => {
    const changing = swarm.replace(
      'latency: 5ms',
      'latency: 5ms, changes: [{ at: 300ms, over: 500ms, up: 2Mbit/s }, { at: 2s, down: 1Mbit/s }]',
    );
    const slowed = `${changing}faults: [{ at: 1s, for: 1s, slow_down: { peers: all, factor: 0.3 } }]\n`;
    expect(await run(slowed, { thorough })).toBe('completed');
  });

  it('ends where the tracker does not know what a peer holds, naming peer and chunk', async () => {
    const quiet = swarm.replace('engine: virtual', 'engine: virtual\ntracker: { announce_interval: 5s }');
    expect(await run(quiet, { thorough: true, build: brokenBuilds['silent-announcer'] })).toMatch(
      /^invariant broken \(after quiet the tracker knows the peers that are there\) at .* s, seeder: it holds chunk 1, which the tracker does not know/,
    );
  });

  it('ends where messages vanish, naming both ends and the bytes', async () => {
    expect(await run(swarm, { thorough, build: brokenBuilds['losing-link'] })).toMatch(
      /^invariant broken \(of each pair, bytes sent are received, under way or lost\) at .* s, .* and .*: \d+ bytes sent, \d+ received/,
    );
  });
});

describe('a run that is looked at thoroughly', () => {
  it('tells the same events, and ends at the same time', async () => {
    const runs = await Promise.all(
      [false, true].map(async (thorough) => {
        const told: SwarmEvent[] = [];
        const plan = expand(parseScenario(swarm, 'invariants.yaml'));
        const { signal } = new AbortController();
        const { elapsedMs } = await virtualEngine({ thorough }).run(plan, {
          signal,
          onEvent: (event) => told.push(event),
        });
        return { elapsedMs, told };
      }),
    );
    expect(runs[1]).toEqual(runs[0]);
  });
});

describe('a chunk is requested only from a peer that announced it', () => {
  const peers = ['leecher', 'seeder'] as const;

  it('by the swarm protocol on that connection', () => {
    const shown = new Shown(9);
    shown.received({ type: 'bitfield', bits: Uint8Array.of(0x80, 0) });
    shown.received({ type: 'have', index: 3 });
    shown.received({ type: 'have-many', indices: [5, 9] });
    for (const index of [1, 3, 5, 9]) expect(() => shown.requested(index, 0, peers)).not.toThrow();
    expect(() => shown.requested(2, 1500, peers)).toThrow(
      'invariant broken (a chunk is requested only from a peer that announced it) at 1.500 s, leecher and seeder: ' +
        'chunk 2 is requested, which seeder has not shown on this connection',
    );
  });
});
