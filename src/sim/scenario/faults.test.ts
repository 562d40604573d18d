import { describe, expect, test } from 'vitest';
import { mistakeLines, planOf, small } from './fixture.ts';

const peers = 'peers: { seeder: { holds: all }, leechers: { count: 10 } }\n';
const faultsOf = (...faults: readonly string[]) =>
  planOf(`${small}${peers}faults:\n${faults.map((fault) => `  - ${fault}\n`).join('')}`).faults;
const effectOf = (fault: string): unknown => faultsOf(fault)[0]!.effect;
/** From the third line on. */
const mistakesIn = (...faults: readonly string[]): string[] =>
  mistakeLines(`${small}${peers}faults:\n${faults.map((fault) => `  - ${fault}\n`).join('')}`);

describe('a fault goes into the plan', () => {
  test('with each kind of effect', () => {
    expect(effectOf('{ at: 1s, crash: leechers/1-2 }')).toEqual({
      kind: 'crash',
      peers: ['leechers/1', 'leechers/2'],
      returnAfterMs: null,
      keepChunks: true,
    });
    expect(effectOf('{ at: 1s, crash: { peers: seeder, return_after: 2s, keep_chunks: false } }')).toEqual({
      kind: 'crash',
      peers: ['seeder'],
      returnAfterMs: 2000,
      keepChunks: false,
    });
    expect(effectOf('{ pause: seeder }')).toEqual({ kind: 'pause', peers: ['seeder'] });
    expect(effectOf('{ partition: { sides: [seeder + tracker, leechers/1], one_way: true } }')).toEqual({
      kind: 'partition',
      sides: [['seeder', 'tracker'], ['leechers/1']],
      oneWay: true,
    });
    expect(effectOf('{ slow_down: { peers: seeder, factor: 0.1 } }')).toEqual({
      kind: 'slow-down',
      peers: ['seeder'],
      factor: 0.1,
    });
    expect(effectOf('{ latency_spike: { peers: seeder, add: 200ms } }')).toMatchObject({
      kind: 'latency-spike',
      addMs: 200,
    });
    expect(effectOf('{ at: 1s, reset: { peers: seeder + tracker, probability: 30% } }')).toEqual({
      kind: 'reset',
      peers: ['seeder', 'tracker'],
      probability: 0.3,
    });
    expect(effectOf('{ at: 1s, reset: { peers: seeder } }')).toMatchObject({ probability: 1 });
    expect(effectOf('{ black_hole: leechers/3 }')).toEqual({ kind: 'black-hole', peers: ['leechers/3'] });
    expect(effectOf('{ tracker_down: { forgets: true } }')).toEqual({ kind: 'tracker-down', forgets: true });
    expect(effectOf('{ corrupt: { peers: seeder, probability: 5% } }')).toMatchObject({ probability: 0.05 });
    expect(effectOf('{ lie: leechers/1 }')).toEqual({ kind: 'lie', peers: ['leechers/1'] });
    expect(effectOf('{ free_ride: leechers/1 }')).toEqual({ kind: 'free-ride', peers: ['leechers/1'] });
    expect(effectOf('{ disk_full: leechers/1 }')).toEqual({ kind: 'disk-full', peers: ['leechers/1'] });
    expect(effectOf('{ slow_disk: { peers: seeder, rate: 100kB/s } }')).toMatchObject({ bytesPerSec: 1e5 });
  });

  test('at a time, drawn or not, or when a condition holds, for a time, again and again', () => {
    expect(
      faultsOf('{ name: outage, at: 2s, for: 1s, every: 5s, times: 3, pause: seeder }')[0],
    ).toMatchObject({
      name: 'outage',
      when: { kind: 'time', atMs: 2000 },
      forMs: 1000,
      again: { everyMs: 5000, times: 2 },
    });
    // 60 s long: again at 7, 12, … 57 s.
    expect(faultsOf('{ at: 2s, for: 1s, every: 5s, pause: seeder }')[0]!.again).toEqual({
      everyMs: 5000,
      times: 11,
    });
    expect(
      faultsOf('{ when: completed(leechers - leechers/1) >= 50%, delay: 500ms, pause: seeder }')[0]!.when,
    ).toMatchObject({
      kind: 'condition',
      delayMs: 500,
      condition: { value: 0.5, figure: { kind: 'completed', unit: 'share', peers: { length: 9 } } },
    });
    const [first, second] = faultsOf(
      '{ at: { uniform: { min: 1s, max: 9s } }, for: { exponential: { mean: 2s } }, pause: seeder }',
      '{ at: { uniform: { min: 1s, max: 9s } }, pause: leechers }',
    );
    expect([first!.name, second!.name]).toEqual(['pause 1', 'pause 2']);
    expect(first!.when).not.toEqual(second!.when);
    expect(first!.forMs).toBeGreaterThan(0);
    expect(second!.forMs).toBeNull();
  });

  test('with a count or a share of its peers drawn, whatever other faults there are', () => {
    const half = '{ name: half, at: 1s, crash: { peers: leechers, share: 50% } }';
    const [alone] = faultsOf(half);
    expect(alone!.effect).toMatchObject({ peers: { length: 5 } });
    expect(faultsOf('{ at: 2s, crash: { peers: leechers, count: 3 } }', half)[1]).toEqual(alone);
    expect(faultsOf('{ at: 2s, crash: { peers: leechers, count: 3 } }')[0]!.effect).toMatchObject({
      peers: { length: 3 },
    });
  });

  test('with another candidate taking at most one place', () => {
    const drawn = (count: number): readonly string[] => {
      const text = `${small}peers: { seeder: { holds: all }, leechers: { count: ${count} } }
faults: [{ at: 1s, crash: { peers: leechers, count: 5 } }]`;
      const { effect } = planOf(text).faults[0]!;
      return effect.kind === 'crash' ? effect.peers : [];
    };
    const before = drawn(10);
    expect(drawn(11).filter((name) => !before.includes(name)).length).toBeLessThanOrEqual(1);
  });

  test('with sides that have nobody in common, the rest among them', () => {
    const sidesOf = (sides: string) => {
      const { effect } = faultsOf(`{ partition: { sides: ${sides} } }`)[0]!;
      return effect.kind === 'partition' ? effect.sides : [];
    };
    expect(sidesOf('[leechers, rest]')[1]).toEqual(['seeder']);
    const [half, others] = sidesOf('[{ peers: all, share: 50% }, rest]');
    expect(half!.length + others!.length).toBe(11);
    expect(half!.filter((name) => others!.includes(name))).toEqual([]);
    const drawn = sidesOf('[{ peers: leechers, count: 4 }, { peers: leechers, count: 6 }]');
    expect(new Set(drawn.flat()).size).toBe(10);
  });
});

describe('mistakes of faults are told with place and fix:', () => {
  test('a set in which nobody is, by what makes it empty', () => {
    expect(
      mistakesIn(
        '{ at: 1s, pause: leechers - leechers }',
        '{ at: 1s, pause: (seeder & leechers) + (seeder - all) }',
      ),
    ).toEqual([
      '4:22 faults.0.pause: the set is empty; the difference is empty; take away fewer peers',
      '5:22 faults.1.pause: the set is empty; the set is empty; change it',
    ]);
  });

  test('whom they hit', () => {
    expect(
      mistakesIn(
        '{ at: 1s, crash: seeder + leecher/3 }',
        '{ pause: { peers: leechers, count: 11 } }',
        '{ pause: { peers: leechers, share: 1% } }',
        '{ pause: { peers: leechers, share: 1%, count: 1 } }',
        '{ pause: leechers & seeder }',
        '{ pause: tracker }',
        '{ partition: { sides: [all - seeder, leechers/3 + seeder] } }',
        '{ partition: { sides: [all, rest] } }',
        '{ partition: { sides: [seeder] } }',
      ),
    ).toMatchInlineSnapshot(`
      [
        "4:31 faults.0.crash: there is no group, region, location or profile "leecher"; did you mean "leechers"?",
        "5:40 faults.1.pause.count: 11 of 10 peers; allowed: 1 to 10",
        "6:40 faults.2.pause.share: is less than one of 10 peers; raise it, or use count",
        "7:7 faults.3.pause: count and share exclude each other; keep one",
        "8:14 faults.4.pause: the set is empty; the sets on both sides of the & have no peer in common; change one of them",
        "9:14 faults.5.pause: the tracker is not allowed here; choose from seeder, leechers, all",
        "10:42 faults.6.partition.sides.1: leechers/3 is also in side 1; put each peer on one side only, for example by a difference such as all - europe",
        "11:20 faults.7.partition.sides: rest is empty; leave at least one peer out of the other sides",
        "12:20 faults.8.partition.sides: has fewer than 2 items; for example [europe + tracker, asia] or [leechers/1-3, rest]",
      ]
    `);
  });

  test('when they begin and how long they last', () => {
    expect(
      mistakesIn(
        '{ at: 1s, when: elapsed > 2s, pause: seeder }',
        '{ at: 2min, pause: seeder }',
        '{ crash: seeder }',
        '{ at: 1s, for: 2s, reset: { peers: seeder } }',
        '{ at: 1s, delay: 2s, pause: seeder }',
        '{ at: 1s, times: 2, pause: seeder }',
        '{ at: 1s, every: 2s, pause: seeder }',
        '{ at: 1s, every: 2s, for: 3s, pause: seeder }',
        '{ at: 1s, every: 2s, crash: seeder }',
        '{ when: completed(leechers) >= 11, pause: seeder }',
        '{ when: completed(leechrs) >= 1, pause: seeder }',
      ),
    ).toMatchInlineSnapshot(`
      [
        "4:5 faults.0: at and when exclude each other; keep one; delay counts from when",
        "5:11 faults.1.at: would begin after the end of the run at 1 min 00 s; raise time_limit, or begin earlier",
        "6:5 faults.2: crash needs a start; add at or when",
        "7:5 faults.3: for and reset exclude each other: a reset is over at once; remove for, or use every",
        "8:22 faults.4.delay: has no effect without when; use at, or add when",
        "9:22 faults.5.times: has no effect without every; add every, or remove times",
        "10:22 faults.6.every: needs for: without it the fault never ends, so it cannot begin again; add for, or remove every",
        "11:22 faults.7.every: begins again after 2 s, before for has passed; make every longer than for",
        "12:22 faults.8.every: needs crash.return_after: without it the fault never ends, so it cannot begin again; add crash.return_after, or remove every",
        "13:13 faults.9.when: can never hold: there are 10 of them; compare with 10 or less",
        "14:23 faults.10.when: there is no group, region, location or profile "leechrs"; did you mean "leechers"?",
      ]
    `);
  });

  test('what they do', () => {
    expect(
      mistakesIn(
        '{ at: 1s }',
        '{ at: 1s, pause: seeder, lie: leechers }',
        '{ at: 1s, explode: seeder }',
        '{ at: 1s, slow_down: { peers: seeder, factor: 0 } }',
        '{ at: 1s, crash: { peers: seeder, keep_chunks: true } }',
        '{ at: 1s, corrupt: { peers: seeder, probability: 0.5 } }',
        '{ at: 1s, corrupt: seeder }',
        '{ name: a, pause: seeder }',
        '{ name: a, lie: leechers }',
        '{ name: "1", lie: leechers }',
      ),
    ).toMatchInlineSnapshot(`
      [
        "4:5 faults.0: names no kind of fault; add one of crash, pause, partition, slow_down, latency_spike, reset, black_hole, tracker_down, corrupt, lie, free_ride, disk_full, slow_disk",
        "5:5 faults.1: pause and lie are several faults; write one item for each",
        "6:15 faults.2.explode: unknown key; known: pause, lie, name, delay, for, every … and 14 more",
        "7:51 faults.3.slow_down.factor: 0 is too small; allowed: above 0 to 1000",
        "8:52 faults.4.crash.keep_chunks: has no effect without return_after: the peers stay away; add return_after, or remove keep_chunks",
        "9:54 faults.5.corrupt.probability: 0.5 has no unit; write 0.5%",
        "10:24 faults.6.corrupt: must be a map of keys, not "seeder"; for example { peers: leechers/1, probability: 5% }",
        "12:13 faults.8.name: a second fault is called "a"; give each its own name",
        "13:13 faults.9.name: "1" is not allowed here; a letter, then letters, digits, blanks, - or _, up to 40",
      ]
    `);
  });
});
