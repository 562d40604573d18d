/** When a fault happens, for how long and how often. */
import { describe, expect } from 'vitest';
import type { FaultRecord } from '../../../src/sim/engines/engine.ts';
import type { RecordedRun } from '../../../src/sim/measure/fixture.ts';
import { eventsOf, faultRecord, KIB } from '../fault-run.ts';
import { effect, runYaml } from './effect.ts';
import { longestSilenceMs, runToCompletion, swarmWith } from './fault-scenario.ts';

/** Timers of Node may be so early. */
const EARLY_MS = 1;

const lastedMs = ({ beganMs, endedMs }: FaultRecord): number => endedMs! - beganMs!;

/** Of what both leechers want, 0 to 1. */
function receivedBy(record: RecordedRun, atMs: number): number {
  const received = eventsOf(record, 'chunk-received').filter((event) => event.atMs <= atMs);
  return received.reduce((sum, { bytes }) => sum + bytes, 0) / (2 * 512 * KIB);
}

describe('a fault', () => {
  effect('faults[].name', 'is what it did and whom it killed are reported under', async () => {
    const { record, result } = await runYaml(
      swarmWith(
        [
          '{ name: power cut, when: progress >= 30%, crash: leechers/1 }',
          '{ when: progress >= 30%, crash: leechers/2 }',
        ],
        { leechers: 3 },
      ),
    );
    const killers = eventsOf(record, 'peer-crashed').map(({ peer, fault }) => `${peer}: ${fault}`);
    expect(killers.toSorted()).toEqual(['leechers/1: power cut', 'leechers/2: crash 1']);
    const injected = result.injected.filter(({ kind }) => kind === 'fault');
    expect(injected.map(({ name, target, hit }) => ({ name, target, hit }))).toEqual([
      { name: 'power cut', target: 'leechers/1', hit: true },
      { name: 'crash 1', target: 'leechers/2', hit: true },
    ]);
  });

  effect('faults[].at', 'happens at its time, and not before', async () => {
    const { record } = await runYaml(
      swarmWith(
        ['{ name: first, at: 200ms, crash: leechers/1 }', '{ name: then, at: 600ms, crash: leechers/2 }'],
        {
          leechers: 3,
          link: '{ up: 128KiB/s }',
          more: 'abort_on: [elapsed > 1s]',
        },
      ),
    );
    const crashes = eventsOf(record, 'peer-crashed');
    expect(crashes.map(({ peer, fault }) => `${peer} ${fault}`)).toEqual([
      'leechers/1 first',
      'leechers/2 then',
    ]);
    for (const [at, plannedMs] of [200, 600].entries()) {
      const { beganMs, hits, ...fault } = record.faults[at]!;
      expect(fault.plannedMs).toBe(plannedMs);
      expect(hits).toBe(1);
      expect(beganMs).toBeGreaterThanOrEqual(plannedMs - EARLY_MS);
      expect(crashes[at]!.atMs).toBeGreaterThanOrEqual(plannedMs - EARLY_MS);
    }
  });

  effect(
    ['faults[].when', 'faults[].delay'],
    'begins when so much has come in, or so long after that',
    async () => {
      const { record } = await runYaml(
        swarmWith([
          '{ name: early, when: progress >= 25%, for: 50ms, latency_spike: { peers: all, add: 1ms } }',
          '{ name: late, when: progress >= 75%, for: 50ms, latency_spike: { peers: all, add: 1ms } }',
          '{ name: delayed, when: progress >= 25%, delay: 250ms, for: 50ms, latency_spike: { peers: all, add: 1ms } }',
        ]),
      );
      const [early, late, delayed] = ['early', 'late', 'delayed'].map(
        (name) => faultRecord(record, name).beganMs!,
      ) as [number, number, number];
      expect(receivedBy(record, early)).toBeGreaterThanOrEqual(0.25);
      expect(receivedBy(record, late)).toBeGreaterThanOrEqual(0.75);
      expect(early).toBeLessThan(late);
      expect(delayed - early).toBeGreaterThanOrEqual(250 - EARLY_MS);
      for (const { hits } of record.faults) expect(hits).toBeGreaterThan(0);
    },
  );

  effect('faults[].for', 'lasts so long: for a peer that is stopped nothing comes in', async () => {
    const { record } = await runToCompletion([
      '{ name: short, when: progress >= 30%, for: 200ms, pause: leechers/1 }',
      '{ name: long, when: progress >= 30%, for: 1200ms, pause: leechers/2 }',
    ]);
    expect(lastedMs(faultRecord(record, 'short'))).toBeGreaterThanOrEqual(200 - EARLY_MS);
    expect(lastedMs(faultRecord(record, 'long'))).toBeGreaterThanOrEqual(1200 - EARLY_MS);
    // It begins and ends for the peer by messages to its thread, which are late on a busy machine.
    expect(longestSilenceMs(record, 'leechers/2')).toBeGreaterThan(700);
    expect(longestSilenceMs(record, 'leechers/2')).toBeGreaterThan(longestSilenceMs(record, 'leechers/1'));
  });

  effect(
    ['faults[].every', 'faults[].times'],
    'happens again after so long: so often, or to the end of the run',
    async () => {
      const { record } = await runToCompletion(
        [
          '{ name: twice, at: 100ms, for: 150ms, every: 300ms, times: 2, pause: leechers/1 }',
          '{ name: on and on, at: 100ms, for: 150ms, every: 300ms, pause: leechers/2 }',
        ],
        { link: '{ up: 256KiB/s }' },
      );
      const timesOf = (fault: string): readonly FaultRecord[] =>
        record.faults.filter(({ name, beganMs }) => name === fault && beganMs !== null);
      expect(record.faults.filter(({ name }) => name === 'twice')).toHaveLength(2);
      expect(timesOf('twice')).toHaveLength(2);
      // 512 KiB at 256 KiB/s take two seconds and more.
      expect(timesOf('on and on').length).toBeGreaterThan(3);
      for (const { occurrence, beganMs } of [...timesOf('twice'), ...timesOf('on and on')]) {
        expect(beganMs).toBeGreaterThanOrEqual(100 + (occurrence - 1) * 300 - EARLY_MS);
      }
      const held = (fault: string): number => timesOf(fault).reduce((sum, { hits }) => sum + hits, 0);
      expect(held('on and on')).toBeGreaterThan(held('twice'));
    },
  );
});
