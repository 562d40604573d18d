import { describe, expect } from 'vitest';
import { eventsOf } from '../fault-run.ts';
import { effect, runAsWritten, runYaml, type EffectRun } from './effect.ts';
import { expectInOrder, expectNotBefore, plannedJoins, times } from './moments.ts';
import { once } from './observed.ts';

/** 64 KiB through 4 Mbit/s take 131 ms, through 1 Mbit/s 524 ms. */
const pair = (up: string) => `
content: { generate: { size: 64KiB, chunk_size: 16KiB } }
peers:
  seeder: { holds: all, link: { up: ${up} } }
  leecher: {}
`;
const SLOW_MS = 520;

/** With nothing else said, for all who compare with it. */
const plainRun = once(() => runYaml(pair('1Mbit/s')));

const pacedDown = ({ record }: EffectRun) =>
  record.peers.find(({ name }) => name === 'leecher')!.shaping.bytesPacedDown;

describe('a scenario of several files', () => {
  effect('extends', 'the keys of a file stand over those of the one that it extends', async () => {
    const base = pair('4Mbit/s').replace('leecher: {}', 'leecher: { link: { down: 8Mbit/s } }');
    const files = { 'base.yaml': base };
    const asItIs = await runYaml('extends: base.yaml', files);
    const changed = await runYaml(
      `extends: base.yaml
peers: { seeder: { link: { up: 1Mbit/s } }, leecher: { link: { down: } } }`,
      files,
    );
    expect(asItIs.result.swarm).toMatchObject({ usefulBytes: 65_536 });
    expect(asItIs.result.swarm.makespanMs).toBeGreaterThan(125);
    expect(pacedDown(asItIs)).toBeGreaterThan(0);
    expect(changed.result.swarm).toMatchObject({ usefulBytes: 65_536 });
    expect(changed.result.swarm.makespanMs).toBeGreaterThan(SLOW_MS);
    // A key without a value has removed the downlink's limit.
    expect(pacedDown(changed)).toBe(0);
  });

  effect(
    'include',
    'of included files the last counts most, more than what is extended and less than the file itself',
    async () => {
      const run = await runYaml(
        `include: [medium.yaml, slow.yaml]
peers: { leecher: { arrival: { at: 100ms } } }
extends: base.yaml`,
        {
          'base.yaml': pair('4Mbit/s'),
          'medium.yaml': `peers: { seeder: { link: { up: 2Mbit/s } }, leecher: { arrival: { at: 1h } } }`,
          'slow.yaml': `peers: { seeder: { link: { up: 1Mbit/s } } }`,
        },
      );
      expect(run.result.swarm).toMatchObject({ usefulBytes: 65_536 });
      expectNotBefore(times(run, 'peer-joined', 'leecher'), [100]);
      expect(run.result.swarm.makespanMs).toBeGreaterThan(100 + SLOW_MS);
    },
  );

  effect('variables', 'a value is that of the variable, be it a part of a text or a map', async () => {
    const run = await runYaml(`
variables: { rate: 1, link: { up: "\${rate}Mbit/s" }, crowd: 2 }
content: { generate: { size: 64KiB, chunk_size: 16KiB } }
peers:
  seeder: { holds: all, link: "\${link}" }
  leechers: { count: "\${crowd}" }
`);
    expect(run.result.swarm.usefulBytes).toBe(2 * 65_536);
    expect(run.result.swarm.makespanMs).toBeGreaterThan(SLOW_MS);
  });
});

describe('what is drawn', () => {
  effect('seed', 'decides the bytes of the content', async () => {
    const hashesOf = async (seed: number): Promise<Set<string>> => {
      // In virtual time a chunk has no bytes.
      const { record } = await runAsWritten(`
seed: ${seed}
content: { generate: { size: 64KiB, chunk_size: 16KiB } }
peers: { seeder: { holds: all }, leecher: {} }
engine: { peers_per_worker: 2 }
`);
      return new Set(eventsOf(record, 'chunk-announced').map(({ index, hash }) => `${index} ${hash}`));
    };
    const first = await hashesOf(1);
    expect(first.size).toBe(4);
    expect(await hashesOf(1)).toEqual(first);
    expect([...(await hashesOf(15))].filter((one) => first.has(one))).toEqual([]);
  });

  effect('seed', 'decides when peers join', async () => {
    const scenario = (seed: number) => `
seed: ${seed}
content: { generate: { size: 64KiB, chunk_size: 16KiB } }
peers:
  seeder: { holds: all }
  leechers: { count: 3, arrival: { uniform: { from: 0s, to: 800ms } } }
`;
    const first = await runYaml(scenario(1));
    const again = await runYaml(scenario(1));
    const other = await runYaml(scenario(15));
    expect(again.plan).toEqual(first.plan);
    for (const run of [first, again, other]) {
      const planned = plannedJoins(run.plan.peers, 'leechers');
      const joined = planned.map((_, at) => times(run, 'peer-joined', `leechers/${at + 1}`)[0]!);
      expectNotBefore(joined, planned);
      expectInOrder(joined, planned);
    }
    expect(plannedJoins(other.plan.peers, 'leechers')).not.toEqual(
      plannedJoins(first.plan.peers, 'leechers'),
    );
  });
});

describe('the end of a run', () => {
  effect(
    'until',
    'a run ends when all are complete, or waits for every planned return, as told',
    async () => {
      const returning = (keys: string) => `${keys}
content: { generate: { size: 64KiB, chunk_size: 16KiB } }
time_limit: 40s
peers:
  seeder: { holds: all, link: { up: 8Mbit/s } }
  leechers: { count: 3, session: { leave: { after: 1500ms }, return: { after: 500ms } } }
`;
      const ended = await runYaml(returning(''));
      const waited = await runYaml(returning('until: sessions'));
      for (const { result } of [ended, waited]) {
        expect(result).toMatchObject({
          ending: 'completed',
          verdict: { outcome: 'pass', completedPeers: 4 },
        });
        expect(result.swarm.makespanMs).toBeGreaterThan(0);
      }
      expect(times(ended, 'peer-left', 'leechers/1')).toEqual([]);
      expectNotBefore(times(waited, 'peer-joined', 'leechers/1'), [0, 2000]);
    },
  );

  effect('until', 'a run that waits on is complete, although it is then given up', async () => {
    const { result } = await runYaml(`until: sessions
content: { generate: { size: 64KiB, chunk_size: 16KiB } }
abort_on: ["elapsed > 2s"]
time_limit: 40s
peers:
  seeder: { holds: all, link: { up: 8Mbit/s } }
  leechers: { count: 3, session: { leave: { after: 30s }, return: { after: 1s } } }
`);
    expect(result).toMatchObject({ ending: 'completed', abortedBy: null, verdict: { outcome: 'pass' } });
    expect(result.swarm.makespanMs).toBeLessThan(result.elapsedMs);
  });

  effect('time_limit', 'a run that is not over by then ends there, and has failed', async () => {
    const short = await runYaml(`time_limit: 200ms\n${pair('1Mbit/s')}`);
    expect(short.result.ending).toBe('time-limit');
    expect(short.result.elapsedMs).toBeGreaterThanOrEqual(200);
    expect(short.result.verdict).toMatchObject({ outcome: 'fail', because: 'swarm', completedPeers: 1 });
    expect(short.result.swarm.usefulBytes).toBeLessThan(65_536);
    const long = await plainRun();
    expect(long.result.ending).toBe('completed');
    expect(long.result.elapsedMs).toBeGreaterThan(SLOW_MS);
    expect(long.result.verdict).toMatchObject({ outcome: 'pass', completedPeers: 2 });
  });

  effect('abort_on', 'a run is given up as soon as a condition holds, and has failed', async () => {
    const given = await runYaml(`abort_on: [completed >= 2, elapsed > 200ms]\n${pair('1Mbit/s')}`);
    expect(given.result).toMatchObject({ ending: 'aborted', abortedBy: 'elapsed > 200ms' });
    expect(given.result.elapsedMs).toBeGreaterThan(200);
    expect(given.result.verdict).toMatchObject({ outcome: 'fail', because: 'aborted', completedPeers: 1 });
    expect(given.result.swarm.usefulBytes).toBeLessThan(65_536);
    const kept = await plainRun();
    expect(kept.result).toMatchObject({ ending: 'completed', abortedBy: null });
    expect(kept.result.verdict).toMatchObject({ outcome: 'pass', completedPeers: 2 });
  });
});

describe('what is told of a run', () => {
  effect(
    ['expect', 'description'],
    'thresholds are judged by what was measured, beside the sentence of the scenario',
    async () => {
      const plain = await plainRun();
      const judged = await runYaml(`
description: Does a pair of peers share a file?
expect: ['makespan > 500ms', 'leecher.uploaded >= 1B', 'seeder.waste < 1%']
${pair('1Mbit/s')}`);
      const { swarm, expectations } = judged.result;
      expect(expectations).toMatchObject([
        { text: 'makespan > 500ms', measured: swarm.makespanMs, outcome: 'pass' },
        { text: 'leecher.uploaded >= 1B', measured: 0, outcome: 'fail' },
        { text: 'seeder.waste < 1%', measured: null, outcome: 'inconclusive' },
      ]);
      expect(judged.result.verdict).toMatchObject({ outcome: 'fail', because: 'expectations' });
      expect(plain.result.verdict).toMatchObject({ outcome: 'pass', because: null });
      expect(judged.result.scenario.description).toBe('Does a pair of peers share a file?');
      expect(plain.result.scenario.description).toBe('');
      // They change nothing of what is run.
      expect({ ...judged.plan, scenario: plain.plan.scenario, expect: [] }).toEqual(plain.plan);
    },
  );
});
