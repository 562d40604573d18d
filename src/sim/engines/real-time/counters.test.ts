import { describe, expect, it } from 'vitest';
import { copyFields, trafficFields } from '../run/node-counters.ts';
import { allocateCounters, workerCounters, nodeCounters } from './counters.ts';

describe('counters', () => {
  it('are seen by every view of one slot, and by no other', () => {
    const buffer = allocateCounters(3, 2);
    const all = [0, 1, 2].map((slot) => nodeCounters(buffer, slot));
    for (const [slot, counters] of all.entries()) {
      counters.payloadSentBytes = slot + 1;
      counters.usefulBytes += 10 * (slot + 1);
    }
    const hosts = [0, 1].map((slot) => workerCounters(buffer, slot));
    hosts.forEach((counters, slot) => {
      counters.loopDelayP99Ms = 100 + slot;
      counters.loopDelayMaxMs = 200 + slot;
    });
    for (const slot of [0, 1, 2]) {
      const again = nodeCounters(buffer, slot);
      expect([again.payloadSentBytes, again.usefulBytes, again.messagesSent]).toEqual([
        slot + 1,
        10 * (slot + 1),
        0,
      ]);
    }
    expect(hosts.map(({ loopDelayP99Ms, loopDelayMaxMs }) => [loopDelayP99Ms, loopDelayMaxMs])).toEqual([
      [100, 200],
      [101, 201],
    ]);
  });

  it('hold byte counts far above 32 bits exactly', () => {
    const counters = nodeCounters(allocateCounters(1, 1), 0);
    counters.payloadSentBytes = 2 ** 52;
    counters.payloadSentBytes += 1;
    expect(counters.payloadSentBytes).toBe(2 ** 52 + 1);
  });

  it('are copied as plain data', () => {
    const counters = nodeCounters(allocateCounters(1, 1), 0);
    counters.messagesSent = 7;
    const copy = copyFields(counters, trafficFields);
    counters.messagesSent = 8;
    expect(structuredClone(copy)).toMatchObject({ messagesSent: 7, payloadSentBytes: 0 });
  });
});
