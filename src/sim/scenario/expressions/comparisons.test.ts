import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readCondition } from './conditions.ts';
import type { KnownMetric, KnownMetrics } from './known-metrics.ts';
import { readThreshold } from './thresholds.ts';

const share = { unit: 'share', reach: { least: 0, most: 1 }, mayAlwaysHold: false } as const;
const known: Readonly<Record<string, KnownMetric>> = {
  makespan: { unit: 'ms', reach: { least: 0, most: 60_000 }, mayAlwaysHold: true },
  'completion.p95': { unit: 'ms', reach: { least: 0, most: 60_000 }, mayAlwaysHold: true },
  goodput: { unit: 'bytes/s', reach: { least: 0, most: Infinity }, mayAlwaysHold: false },
  uploaded: { unit: 'bytes', reach: { least: 0, most: Infinity }, mayAlwaysHold: false },
  waste: share,
  overhead: { ...share, reach: { least: 0, most: Infinity } },
  bans: { unit: 'count', reach: { least: 0, most: Infinity, step: 1 }, mayAlwaysHold: false },
  '(leechers & europe).waste': share,
  '(europe).waste': share,
};
const metrics: KnownMetrics = {
  find: (path) => known[path],
  paths: () => ['makespan', 'completion.p95', 'goodput', 'uploaded', 'waste', 'bans'],
  scopes: () => ['seeder', 'leechers', 'europe', 'leechers/1'],
  isSet: (name) => name === 'europe',
};

function condition(text: string): unknown {
  const reading = readCondition(text);
  return reading.ok ? reading.condition : [reading.at, `${reading.message}; ${reading.suggestion}`];
}

function threshold(text: string): unknown {
  const reading = readThreshold(text, metrics);
  if (!reading.ok) return [reading.at, `${reading.message}; ${reading.suggestion}`];
  const { metric, comparison, value } = reading.threshold;
  return [metric, comparison, value];
}

describe('a condition', () => {
  test('compares a count or a share of peers, a share of bytes, a time, or copies', () => {
    const leechers = { kind: 'named', name: 'leechers', at: 0 };
    expect(condition('completed(leechers) >= 50%')).toEqual({
      text: 'completed(leechers) >= 50%',
      figure: { kind: 'completed', peers: leechers, unit: 'share' },
      comparison: '>=',
      value: 0.5,
    });
    expect(condition('alive(leechers)<3')).toMatchObject({
      figure: { kind: 'alive', unit: 'count' },
      value: 3,
    });
    expect(condition('joined != 3')).toMatchObject({ figure: { kind: 'joined', peers: null }, value: 3 });
    expect(condition('progress > 12.5%')).toMatchObject({ figure: { kind: 'progress' }, value: 0.125 });
    expect(condition('elapsed > 1.5min')).toMatchObject({ figure: { kind: 'elapsed' }, value: 90_000 });
    expect(condition('availability < 1')).toMatchObject({ figure: { kind: 'availability' }, value: 1 });
  });

  test('that cannot be read is told with its place and fix', () => {
    expect(condition('completed')).toEqual([0, expect.stringContaining('"completed" has no comparison')]);
    expect(condition('completed = 3')).toEqual([10, '"=" is not a comparison; write ==']);
    expect(condition('complete > 3')).toEqual([
      0,
      '"complete" is not a figure of a running swarm; did you mean "completed"?',
    ]);
    expect(condition('completed(leechers >= 3')).toEqual([
      9,
      'this ( is not closed before the comparison; add )',
    ]);
    expect(condition('completed(leechers +) >= 3')).toEqual([20, expect.stringContaining('should follow')]);
    expect(condition('completed > many')).toEqual([
      12,
      expect.stringContaining('neither a count nor a share'),
    ]);
    expect(condition('completed > 120%')).toEqual([12, '120% is more than 100%; allowed: 0% to 100%']);
    expect(condition('elapsed > 30')).toEqual([10, '30 has no unit; write 30ms or 30s']);
    expect(condition('elapsed(all) > 30s')).toEqual([8, expect.stringContaining('of the whole swarm')]);
    expect(condition('progress > ')).toEqual([11, expect.stringContaining('is missing')]);
  });
});

describe('a threshold', () => {
  test('has the unit of its metric', () => {
    expect(threshold('completion.p95 < 30s')).toEqual(['completion.p95', '<', 30_000]);
    expect(threshold('goodput>=8Mbit/s')).toEqual(['goodput', '>=', 1e6]);
    expect(threshold('uploaded == 1MiB')).toEqual(['uploaded', '==', 2 ** 20]);
    expect(threshold('waste < 2%')).toEqual(['waste', '<', 0.02]);
    expect(threshold('waste < 0.02')).toEqual(['waste', '<', 0.02]);
    expect(threshold('bans == 0')).toEqual(['bans', '==', 0]);
  });

  test('may be of a set of peers', () => {
    expect(threshold('(leechers & europe).waste < 2%')).toEqual(['(leechers & europe).waste', '<', 0.02]);
    expect(threshold('europe.waste < 2%')).toEqual(['(europe).waste', '<', 0.02]);
    expect(threshold('(leechers +).waste < 2%')).toEqual([11, expect.stringContaining('should follow')]);
    expect(threshold('(leechers) < 2%')).toEqual([
      0,
      expect.stringContaining('a set of peers without a metric'),
    ]);
  });

  test('that cannot be read is told with its place and fix', () => {
    expect(threshold('completion.p59 < 1s')).toEqual([
      0,
      '"completion.p59" is not a metric; did you mean "completion.p95"?',
    ]);
    expect(threshold('makespan < 30')).toEqual([11, '30 has no unit; write 30ms or 30s']);
    expect(threshold('waste < 2s')).toEqual([8, expect.stringContaining('a share such as 80%')]);
    expect(threshold('bans < 5%')).toEqual([7, expect.stringContaining('a plain number such as 3')]);
    expect(threshold('makespan 30s')).toEqual([0, expect.stringContaining('has no comparison')]);
  });
});

describe('a threshold of peers that are not there', () => {
  test('suggests the group or set of a similar name', () => {
    const fix = (text: string): string => (threshold(text) as [number, string])[1].replace(/^.*metric; /, '');
    expect(fix('lechers.makespan > 2s')).toBe(
      'did you mean "leechers"? But makespan is a figure of the whole swarm; write it alone',
    );
    expect(fix('lecher.anything > 2s')).toBe('did you mean "leechers"?');
    expect(fix('europ.waste < 2%')).toBe('did you mean "europe.waste"?');
    expect(fix('leechrs/1.overheads < 2%')).toBe('did you mean "leechers/1"?');
  });

  test('or tells what there is', () => {
    const fix = (text: string): string => (threshold(text) as [number, string])[1].replace(/^.*metric; /, '');
    const ofAll = 'makespan is a figure of the whole swarm; write it alone';
    expect(fix('europe.makespan > 2s')).toBe(ofAll);
    expect(fix('(leechers & europe).makespan > 2s')).toBe(ofAll);
    expect(fix('completion.whatever < 1s')).toBe('known: completion.p95');
    expect(fix('mars.makespan < 1s')).toBe('known: makespan, completion.p95, goodput, uploaded, waste, bans');
  });
});

describe('a threshold that tells nothing is a mistake:', () => {
  test('a share beyond all, with what was probably meant', () => {
    expect(threshold('waste < 200%')).toEqual([
      8,
      'can never fail: waste is 0% to 100%; compare with above 0% to 100%',
    ]);
    expect(threshold('waste < 2')).toEqual([8, 'can never fail: waste is 0% to 100%; did you mean 2%?']);
    expect(threshold('waste == 100')).toEqual([9, 'can never hold: waste is 0% to 100%; did you mean 100%?']);
    expect(threshold('waste >= 400')).toEqual([
      9,
      'can never hold: waste is 0% to 100%; compare with above 0% to 100%',
    ]);
    expect(threshold('waste <= 1')).toEqual([
      9,
      'can never fail: waste is 0% to 100%; compare with 0% to below 100%',
    ]);
    expect(threshold('waste == 1')).toEqual(['waste', '==', 1]);
  });

  test('a share that may be above all, unless it is written as one', () => {
    expect(threshold('overhead < 2')).toEqual([11, '2 is 200%; write 2% or 200%']);
    expect(threshold('overhead < 200%')).toEqual(['overhead', '<', 2]);
  });

  test('less than nothing, parts of what is counted, and what comes after the end of the run', () => {
    expect(threshold('bans >= 0')).toEqual([
      8,
      'can never fail: bans is 0 or more; compare with more than 0',
    ]);
    expect(threshold('bans != 1.5')).toEqual([
      8,
      'can never fail: bans is 0 or more; compare with 0 or more',
    ]);
    expect(threshold('goodput < 0B/s')).toEqual([
      10,
      'can never hold: goodput is 0B/s or more; compare with more than 0B/s',
    ]);
    expect(threshold('makespan > 90s')).toEqual([
      11,
      'can never hold: makespan is 0s to 60s; compare with 0s to below 60s',
    ]);
    expect(threshold('makespan < 90s')).toEqual(['makespan', '<', 90_000]);
  });
});

test('any text is a condition, a threshold, or a mistake within it', () => {
  const words = fc.constantFrom(
    'completed',
    '(',
    ')',
    'all',
    ' ',
    '>=',
    '<',
    '=',
    '50%',
    '3',
    's',
    'waste',
    'elapsed',
  );
  const text = fc.oneof(
    fc.string(),
    fc.array(words, { maxLength: 8 }).map((parts) => parts.join('')),
  );
  fc.assert(
    fc.property(text, (written) => {
      for (const reading of [readCondition(written), readThreshold(written, metrics)]) {
        if (reading.ok) continue;
        expect(reading.at).toBeGreaterThanOrEqual(0);
        expect(reading.at).toBeLessThanOrEqual(written.length);
      }
    }),
    { numRuns: 1000 },
  );
});
