import { describe, expect, test } from 'vitest';
import { littlesRatio, meanLength, meanOpen, steadyState, type SteadySwarm } from './steady-state.ts';

const swarm: SteadySwarm = {
  arrivals: 0.1,
  upload: 0.01,
  download: 0.05,
  seederLeaves: 0.02,
  leecherLeaves: 0,
  effectiveness: 1,
};

describe("Qiu & Srikant's steady state", () => {
  test('uplinks limit while seeders leave sooner than they upload a file', () => {
    // 1/β = 100 s − 50 s.
    expect(steadyState(swarm)).toEqual({ leecherSeconds: 50, leechers: 5, seeders: 5 });
  });

  test('downlinks limit when seeders stay for longer than they upload a file', () => {
    const { leecherSeconds, leechers, seeders } = steadyState({ ...swarm, seederLeaves: 0.005 });
    expect(leecherSeconds).toBe(20);
    expect(leechers).toBe(2);
    expect(seeders).toBe(20);
  });

  test('leechers that give up shorten the mean time, and leave fewer seeders', () => {
    const { leecherSeconds, leechers, seeders } = steadyState({ ...swarm, leecherLeaves: 0.02 });
    expect(leecherSeconds).toBeCloseTo(25);
    expect(leechers).toBeCloseTo(2.5);
    expect(seeders).toBeCloseTo(2.5);
  });

  test('less effective sharing takes longer', () => {
    expect(steadyState({ ...swarm, effectiveness: 0.5 }).leecherSeconds).toBe(100);
  });
});

describe("Little's law", () => {
  const window = { from: 10, to: 30 };
  // Two that begin in the window and one that was there before; by hand: (4 + 10 + 2) / 20 are open.
  const spans = [
    { from: 0, to: 14 },
    { from: 12, to: 22 },
    { from: 20, to: 22 },
  ];

  test('counts only what lies in the window, and the whole length of what begins there', () => {
    expect(meanOpen(spans, window)).toBeCloseTo(0.8);
    expect(meanLength(spans, window)).toBe(6);
    expect(littlesRatio(spans, window)).toBeCloseTo(0.8 / (0.1 * 6));
  });

  test('holds exactly when nothing crosses an edge', () => {
    expect(littlesRatio(spans.slice(1), window)).toBeCloseTo(1);
  });

  test('has no data when nothing begins', () => {
    expect(meanLength([], window)).toBeNull();
    expect(littlesRatio([{ from: 0, to: 20 }], window)).toBeNull();
  });
});
