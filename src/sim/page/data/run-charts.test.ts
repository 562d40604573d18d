/** The charts of the small swarm, whose figures can be told by hand. */
import { describe, expect, it } from 'vitest';
import { measure, smallSwarm, testEnvironment } from '../../measure/fixture.ts';
import { isMissing, type Chart, type Missing } from '../shared/charts.ts';
import { openReplay } from '../shared/replay.ts';
import { runCharts } from './run-charts.ts';
import { StoryFold } from './story-fold.ts';

const { plan, record } = smallSwarm();
const fold = new StoryFold(plan);
for (const event of record.events) fold.see(event);
const result = measure(plan, record, testEnvironment);
const charts = runCharts(fold.story(result));

function has<T>(chart: Chart<T>): Exclude<Chart<T>, Missing> {
  if (isMissing(chart)) throw new Error(chart.missing);
  return chart as Exclude<Chart<T>, Missing>;
}

describe('the charts of a run', () => {
  it('tell when peers completed, beside the bound and the makespan', () => {
    expect(has(charts.completion)).toMatchObject({
      timesMs: [3000, 3500],
      counts: [1, 2],
      peers: 2,
      makespanMs: 3500,
    });
  });

  it('count the copies of the rarest chunk: one until somebody has the last one, too', () => {
    const { rarest, copiesMax } = has(charts.availability);
    expect(Math.min(...rarest)).toBe(result.swarm.availability!.min);
    expect(rarest.at(-1)).toBe(3);
    expect(copiesMax).toBe(3);
  });

  it('tell who served whom as the result does', () => {
    const { names, cells } = has(charts.flows).views[0]!;
    const flows = cells.map(([from, to, bytes, chunks]) => ({
      from: names[from],
      to: names[to],
      bytes,
      chunks,
    }));
    expect(flows).toEqual(expect.arrayContaining([...result.flows]));
    expect(flows).toHaveLength(result.flows.length);
  });

  it('say that uplinks sent what was measured', () => {
    const { layers, groups, summary } = has(charts.uplinks);
    expect(layers.map(({ name }) => name)).toHaveLength(6);
    for (const { shares } of groups) {
      expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 2);
    }
    expect(summary).toContain(`${(result.swarm.uploadUtilisation! * 100).toFixed(1)} %`);
  });

  it('do not speak of a makespan where there was none', () => {
    const { swarm } = result;
    const given = { ...result, swarm: { ...swarm, makespanMs: null } };
    expect(has(runCharts(fold.story(given)).goodput).summary).toContain('until the end of the run');
    expect(has(charts.goodput).summary).toContain('until the makespan');
  });

  it('say of a run that was stopped how far it came, and name as slowest one that had joined', () => {
    const story = fold.story(result);
    const [seeder, one, two] = result.peers;
    const peers = [
      seeder!,
      { ...one!, completedMs: null, completionMs: null, heldChunksAtEnd: 3 },
      { ...two!, joinedMs: null, completedMs: null, completionMs: null, heldChunksAtEnd: 0 },
    ];
    const stopped = { ...result, peers, ending: 'interrupted' as const };
    const slowest = (of: Partial<typeof story>) => has(runCharts({ ...story, ...of }).slowest).summary;
    expect(slowest({ result: stopped })).toMatch(
      /^leecher\/1 had the least when the run was interrupted: it joined .* and held 3 of 4 chunks\. It spent /,
    );
    expect(slowest({ result: { ...stopped, ending: 'aborted' } })).toContain('when the run was given up');
    expect(slowest({ result: { ...stopped, ending: 'time-limit' } })).toMatch(
      /^leecher\/2 did not complete: it never joined\. /,
    );
    expect(slowest({ result: stopped, goesOn: true })).toMatch(
      /^leecher\/1 has the least so far: it joined .* and holds 3 of 4 chunks\. It has spent .*The last chunk that reached it, /,
    );
    const nobody = { ...stopped, peers: [seeder!, { ...peers[1]!, joinedMs: null }, peers[2]!] };
    expect(runCharts({ ...story, result: nobody }).slowest).toEqual({
      missing: 'No peer that lacked anything had joined.',
    });
  });

  it('speak of the run so far while it goes on, and of no end', () => {
    const swarm = { ...result.swarm, makespanMs: null };
    const { completion, goodput, uplinks, availability } = runCharts({
      ...fold.story({ ...result, swarm }),
      goesOn: true,
    });
    expect(has(completion).summary).toContain('2 of 2 peers that had something to get have completed so far');
    expect(has(goodput).summary).toContain('on average so far');
    expect(has(uplinks).summary).toMatch(/^So far, /);
    expect(has(availability).summary).toContain('at least 1 copy; now 3.');
  });

  it('do not count a seeder whose join nobody has told of yet among those that completed', () => {
    const [seeder, ...leechers] = result.peers;
    const none = { joinedMs: null, completedMs: null, completionMs: null };
    const peers = [
      { ...seeder!, joinedMs: null, completionMs: null, completedMs: 0 },
      ...leechers.map((peer) => ({ ...peer, ...none })),
    ];
    const { completion, lanes } = runCharts({ ...fold.story({ ...result, peers }), goesOn: true });
    expect(has(completion).summary).toMatch(
      /^0 of 2 peers that had something to get have completed so far\./,
    );
    expect(has(lanes).summary).toBe('3 peers: 0 completed, 1 had everything at the start.');
  });

  it('say that a run ended before anybody could have completed, and that chunks were lost', () => {
    const bound = { ...result.swarm.bound, lowerBoundMs: 9000 };
    const availability = { min: 0, end: 0 };
    const swarm = { ...result.swarm, makespanMs: null, bound, availability };
    const story = fold.story({ ...result, swarm });
    const gone = { endMs: 3800, end: 'left' as const };
    const charts2 = runCharts({
      ...story,
      stays: story.stays.map((own) => own.map((stay) => ({ ...stay, ...gone }))),
    });
    expect(has(charts2.completion).summary).toContain(
      'No swarm on these links can complete before 9 s; this run ended before, after 4 s.',
    );
    expect(has(charts2.availability).summary).toContain(
      'Every chunk had a holder once; in the end 4 of 4 chunks had none.',
    );
  });

  it('count what no receipt tells of as sent at the end, and say that it counts as waiting', () => {
    const story = fold.story(result);
    const none = { atMs: [], tookMs: [], from: [], to: [], chunk: [], bytes: [], kind: [] };
    const peers = result.peers.map((peer, at) =>
      at === 0 ? peer : { ...peer, completedMs: null, completionMs: null, heldChunksAtEnd: 0 },
    );
    const stopped = { ...result, peers, ending: 'interrupted' as const };
    const swarm = { ...stopped.swarm, makespanMs: null };
    const cut = runCharts({ ...story, receipts: none, result: { ...stopped, swarm } });
    const [sending] = has(cut.uplinks).groups.find(({ name }) => name === 'seeder')!.shares;
    expect(sending).toBeCloseTo(result.peers[0]!.uploadUtilisation!, 2);
    expect(has(cut.uplinks).layers[0]!.values.at(-1)).toBeGreaterThan(0);
    expect(has(cut.slowest).summary).toContain('What was under way to it in the end counts as waiting.');
    expect(has(charts.slowest).summary).not.toContain('under way');
  });

  it('say where the host may have held the slowest peer up', () => {
    expect(has(charts.slowest).summary).not.toContain('host');
    const doubtful = { ...result, trust: { ...result.trust, level: 'doubtful' as const } };
    expect(has(runCharts(fold.story(doubtful)).slowest).summary).toMatch(/The host may have held it up, too/);
  });

  it('mark who went: all where they are few, some of many with the count of all, none that a crash fault took', () => {
    const story = fold.story(result);
    const stay = { joinMs: 0, heldChunks: 0, totalChunks: 4, receivedChunks: 0 };
    const many = Array.from({ length: 1000 }, (_, at) => ({ ...stay, endMs: at + 1, end: 'left' as const }));
    const stays = [many, [{ ...stay, endMs: 2000.04, end: 'crashed' as const }], []];
    const marked = (faults: typeof story.faults) => runCharts({ ...story, stays, faults });
    const { departures, goodput } = marked([]);
    expect([departures.left, departures.crashed, departures.marks.length]).toEqual([1000, 1, 400]);
    expect(departures.marks.at(-1)).toEqual({ name: story.names[1], atMs: 2000, crashed: true });
    expect(has(goodput).summary).toContain('Apart from faults, peers left 1,000 times and crashed once.');
    const fault = { name: 'dies', kind: 'crash', effect: undefined, fromMs: 1990, toMs: 1990 };
    expect(marked([{ ...fault, targets: [story.names[1]!] }]).departures.crashed).toBe(0);
    expect(charts.departures).toEqual({ marks: [], left: 0, crashed: 0 });
    expect(has(charts.goodput).summary).not.toContain('Apart from faults');
  });

  it('count every message that reached the tracker, also those that brought no news', () => {
    const at = (atMs: number, trackerReceived: number) => ({ ...result.samples[0]!, atMs, trackerReceived });
    const given = { ...result, samples: [at(0, 0), at(2000, 7), at(4000, 12)] };
    const { layers, bins } = has(runCharts(fold.story(given)).tracker);
    const sums = layers.map(({ name, values }) => [
      name,
      Math.round(values.reduce((sum, rate) => sum + (rate * bins.stepMs) / 1000, 0)),
    ]);
    expect(sums.at(-1)![0]).toBe('other announces and requests');
    expect(sums.reduce((sum, [, messages]) => sum + Number(messages), 0)).toBe(12);
  });

  it('count an announce of many chunks once, whatever its clock, and each chunk that a spec peer tells of', () => {
    const told = new StoryFold(plan);
    const announce = (peer: string, protocol: 'swarm' | 'spec', atMs: number): void =>
      told.see({
        type: 'chunk-announced',
        peer,
        protocol,
        atMs,
        index: 1,
        address: { host: 'localhost', port: 1 },
      });
    for (const atMs of [10, 10.006, 10.011]) announce('seeder', 'swarm', atMs);
    announce('leecher/1', 'swarm', 10.012);
    announce('seeder', 'swarm', 10.019);
    announce('seeder', 'swarm', 1010.02);
    for (const atMs of [2000, 2000]) announce('leecher/2', 'spec', atMs);
    expect(Array.from(told.story(result).tracker.atMs)).toEqual([10, 10.012, 1010.02, 2000, 2000]);
  });

  it('name the slowest peer, and account for all of its time', () => {
    const { name, pieces, states } = has(charts.slowest);
    expect(name).toBe('leecher/2');
    expect(states.reduce((sum, { ms }) => sum + ms, 0)).toBeCloseTo(3500, 6);
    expect(pieces.at(-1)!.toMs).toBe(3500);
  });

  it('replay what each peer holds at any instant', () => {
    const replay = openReplay(has(charts.replay));
    const heldAt = (atMs: number): number[] => replay.swarmAt(atMs).peers.map(({ held }) => held);
    expect(heldAt(999)).toEqual([4, 0, 0]);
    expect(heldAt(1000)).toEqual([4, 1, 0]);
    expect(heldAt(2750)).toEqual([4, 3, 3]);
    expect(replay.swarmAt(3100).peers.map(({ phase }) => phase)).toEqual(['complete', 'complete', 'present']);
    expect(replay.swarmAt(995).transfers).toEqual([{ from: 0, to: 1, progress: 0.5 }]);
    expect(replay.swarmAt(985).transfers).toEqual([]);
  });
});
