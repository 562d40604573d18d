import { mean } from 'simple-statistics';
import { describe, expect, test } from 'vitest';
import { ConfigError } from '../../core/errors.ts';
import { parseScenario } from '../scenario/parse.ts';
import { expand } from './expand.ts';
import { derivedSeed } from './seeds.ts';

const content = 'content: { generate: { size: 1MiB, chunk_size: 64KiB } }\n';
const seeder = '  seeder: { holds: all }\n';
const drawn = `{ holds: { share: 50% }, link: { up: { uniform: { min: 1MB/s, max: 9MB/s } }, latency: { exponential: { mean: 20ms } } }, arrival: { uniform: { from: 0s, to: 9s } } }`;

function planOf(peers: string, seed?: string) {
  const scenario = parseScenario(`${content}peers:\n${seeder}${peers}`, 'x.yaml');
  return expand(scenario, seed === undefined ? {} : { seed });
}

function planOfGroup(group: string) {
  return planOf(`  g: ${group}\n`).peers.filter((peer) => peer.group === 'g');
}

describe('expansion', () => {
  test('is the same for the same seed and another for another', () => {
    const group = `  g: ${drawn}\n`;
    expect(planOf(group, 'a')).toEqual(planOf(group, 'a'));
    expect(planOf(group, 'a').peers[1]!.link).not.toEqual(planOf(group, 'b').peers[1]!.link);
  });

  test('draws the same for a peer whatever other groups, peers and keys there are', () => {
    const alone = planOf(`  g: ${drawn}\n`).peers[1]!;
    const [, , ...among] = planOf(`  f: ${drawn}\n  g: ${drawn.replace('{', '{ count: 3, ')}\n`).peers;
    expect(among[0]).toEqual({ ...alone, name: 'g/1' });
    const more = planOfGroup(
      drawn.replace('latency:', 'down: { exponential: { mean: 1MB/s } }, latency:'),
    )[0]!;
    expect(more).toEqual({ ...alone, link: { ...alone.link, downBytesPerSec: more.link.downBytesPerSec } });
  });

  test('names peers by group and number, a single one by its group', () => {
    expect(planOf('  g: { count: 2 }\n').peers.map((peer) => peer.name)).toEqual(['seeder', 'g/1', 'g/2']);
  });

  test('gives every peer a seed and a draw of its own', () => {
    const peers = planOfGroup(drawn.replace('{', '{ count: 50, '));
    expect(new Set(peers.map((peer) => peer.seed)).size).toBe(50);
    expect(new Set(peers.map((peer) => peer.link.latencyMs)).size).toBe(50);
    expect(new Set(peers.map((peer) => JSON.stringify(peer.holds))).size).toBe(50);
  });

  test('spaces arrivals', () => {
    const peers = planOfGroup('{ count: 3, arrival: { at: 1s, spaced: 250ms } }');
    expect(peers.map((peer) => peer.sessions[0].joinMs)).toEqual([1000, 1250, 1500]);
  });

  test('lets a Poisson process arrive in order at its rate, earlier peers unmoved by later ones', () => {
    const joinsOf = (count: number): number[] =>
      planOfGroup(`{ count: ${count}, arrival: { at: 1s, poisson: { rate: 100/s } } }`).map(
        (peer) => peer.sessions[0].joinMs,
      );
    const joins = joinsOf(2000);
    expect(joins).toEqual([...joins].sort((a, b) => a - b));
    expect(joins[0]).toBeGreaterThan(1000);
    expect(mean(joins.map((join, index) => join - (joins[index - 1] ?? 1000)))).toBeCloseTo(10, 0);
    expect(joinsOf(10)).toEqual(joins.slice(0, 10));
  });

  test('turns leaves and returns into sessions', () => {
    const sessionsOf = (session: string): unknown =>
      planOfGroup(`{ arrival: { at: 1s }, session: ${session} }`)[0]!.sessions;
    expect(sessionsOf('{}')).toEqual([{ joinMs: 1000, leave: null }]);
    expect(
      sessionsOf('{ leave: { after: 2s, how: crash }, return: { after: 500ms, keep_chunks: false } }'),
    ).toEqual([
      { joinMs: 1000, leave: { how: 'crash', from: 'start', afterMs: 3000, keepChunks: false } },
      { joinMs: 3500, leave: null },
    ]);
    expect(sessionsOf('{ leave: { after: 2s, from: start } }')).toEqual([
      { joinMs: 1000, leave: { how: 'graceful', from: 'start', afterMs: 2000, keepChunks: true } },
    ]);
    expect(sessionsOf('{ leave: { after: 2s, from: completion } }')).toEqual([
      { joinMs: 1000, leave: { how: 'graceful', from: 'completion', afterMs: 2000, keepChunks: true } },
    ]);
  });

  test('counts a return after a completion from the leave, and has each stay but the last end like the first', () => {
    const [leecher] = planOfGroup(
      '{ arrival: { at: 1s }, session: { leave: { from: completion, how: crash }, return: { after: 2s, times: 2, keep_chunks: false } } }',
    );
    const leave = { how: 'crash', from: 'completion', afterMs: 0, keepChunks: false };
    expect(leecher!.sessions).toEqual([
      { joinMs: 1000, leave },
      { awayMs: 2000, leave },
      { awayMs: 2000, leave: null },
    ]);
  });

  test('draws the times of each stay anew, the same with and without a return and wherever they count from', () => {
    const seeding = '{ exponential: { mean: 5s } }';
    const away = '{ uniform: { min: 1s, max: 9s } }';
    const timesOf = (from: string, more = `, return: { after: ${away}, times: 2 }`): number[] => {
      const session = `{ leave: { from: ${from}, after: ${seeding} }${more} }`;
      return planOfGroup(`{ session: ${session} }`)[0]!.sessions.flatMap((stay) => [
        ...('awayMs' in stay ? [stay.awayMs] : []),
        ...(stay.leave === null ? [] : [stay.leave.afterMs]),
      ]);
    };
    const times = timesOf('completion');
    expect(new Set(times).size).toBe(4);
    expect(timesOf('completion', '')).toEqual([times[0]]);
    const [first, second] = timesOf('join');
    expect(first).toBe(times[0]);
    expect(second).toBeCloseTo(times[0]! + times[1]! + times[2]!, 2);
  });

  test('never lets a peer leave before it joins, and caps what a heavy tail draws', () => {
    const early = planOfGroup(
      '{ arrival: { at: 1s }, session: { leave: { from: start, after: { uniform: { min: 0s, max: 1ms } } } } }',
    );
    expect(early[0]!.sessions[0].leave!.afterMs).toBe(1000);
    const late = planOfGroup(
      '{ count: 50, session: { leave: { after: { pareto: { min: 10h, alpha: 0.01 } } } } }',
    );
    expect(Math.max(...late.map((peer) => peer.sessions[0].leave!.afterMs))).toBe(24 * 3600 * 1000);
  });

  test('excuses nobody beforehand whom a fault or the session may take away, but whom the user excuses', () => {
    const peers = `${seeder}  g: { count: 2, session: { leave: { after: 9s } } }\n  h: { must_complete: false }\n`;
    const yaml = `${content}peers:\n${peers}faults: [{ at: 50s, crash: g }]`;
    expect(expand(parseScenario(yaml, 'x.yaml')).peers.map(({ mustComplete }) => mustComplete)).toEqual([
      'unless-gone',
      'unless-gone',
      'unless-gone',
      false,
    ]);
  });

  test('draws the share of chunks that was asked for', () => {
    const [peer] = planOfGroup('{ holds: { share: 25% } }');
    expect(peer!.holds.kind === 'chunks' && peer!.holds.indices).toHaveLength(4);
  });

  test('refuses a seed by which nobody holds some chunk', () => {
    const scenario = parseScenario(`${content}peers: { few: { count: 2, holds: { share: 50% } } }`, 'x.yaml');
    expect(() => expand(scenario, { seed: 's' })).toThrow(ConfigError);
    expect(() => expand(scenario, { seed: 's' })).toThrow(
      /with seed s, no peer holds chunks .*raise the share/,
    );
  });
});

test('repeats get seeds of their own, the first the scenario’s', () => {
  expect([1, 2, 3].map((repeat) => derivedSeed('7', repeat))).toEqual(['7', '7#2', '7#3']);
});
