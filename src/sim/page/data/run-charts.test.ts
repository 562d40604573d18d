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

  it('mark who went: all where they are few, some of many with the count of all, none that a crash fault took', () => {
    const story = fold.story(result);
    const stay = { joinMs: 0, heldChunks: 0, totalChunks: 4, receivedChunks: 0 };
    const many = Array.from({ length: 1000 }, (_, at) => ({ ...stay, endMs: at + 1, end: 'left' as const }));
    const stays = [many, [{ ...stay, endMs: 2000.04, end: 'crashed' as const }], []];
    const marked = (faults: typeof story.faults) => runCharts({ ...story, stays, faults });
    const { departures, goodput } = marked([]);
    expect([departures.left, departures.crashed, departures.marks.length]).toEqual([1000, 1, 400]);
    expect(departures.marks.at(-1)).toEqual({ name: story.names[1], atMs: 2000, crashed: true });
    expect(has(goodput).summary).toContain('Apart from faults, peers left 1,000 times and crashed 1 time.');
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
