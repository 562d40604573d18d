import { formatDuration } from '../../units/format.ts';
import type { AvailabilityChart, Chart } from '../shared/charts.ts';
import { count, lacksEvents } from './sentences.ts';
import type { SwarmStory } from './swarm-story.ts';
import { binAt, binsOf, rounded } from './time-bins.ts';
import { walk, type SwarmState } from './walk.ts';

const STEPS = 80;
const ROWS_MAX = 50;

export function availabilityChart(story: SwarmStory): Chart<AvailabilityChart> {
  const lacking = lacksEvents(story);
  if (lacking !== null) return lacking;
  if (story.initial.includes(undefined)) {
    return {
      missing: 'It is not known which chunks each peer held at the start, so copies cannot be counted.',
    };
  }
  const bins = binsOf(story.endMs, STEPS);
  const chunks = story.plan.content.totalChunks;
  const each = Math.ceil(chunks / ROWS_MAX);
  const rows = Array.from({ length: Math.ceil(chunks / each) }, (_, row) => ({
    fromChunk: row * each + 1,
    toChunk: Math.min(chunks, (row + 1) * each),
    copies: [] as number[],
  }));
  const least = new Array<number>(STEPS).fill(Infinity);
  const mean: number[] = [];
  let copiesMax = 0;
  let before = 0;
  let lost = 0;
  walk(story, bins.stepMs, STEPS, {
    step(step, swarm) {
      for (const row of rows) row.copies.push(rarestOf(swarm, row.fromChunk - 1, row.toChunk));
      const rarest = rarestOf(swarm, 0, chunks);
      // Between departures copies only grow, so a step is least at its start or after one.
      least[step] = Math.min(least[step]!, rarest, step === 0 ? Infinity : before);
      before = rarest;
      lost = swarm.copies.reduce((sum, copies) => sum + (copies === 0 ? 1 : 0), 0);
      mean.push(swarm.copies.reduce((sum, copies) => sum + copies, 0) / chunks);
      for (const copies of swarm.copies) copiesMax = Math.max(copiesMax, copies);
    },
    left(atMs, swarm) {
      const step = binAt(bins, atMs);
      least[step] = Math.min(least[step]!, rarestOf(swarm, 0, chunks));
    },
  });
  const figures = story.result.swarm.availability;
  const average = Number((mean.at(-1) ?? 0).toPrecision(3));
  const end = story.goesOn ? 'now' : 'in the end';
  const ofAll = `${lost.toLocaleString('en-US')} of ${count(chunks, 'chunk')}`;
  const told =
    figures === null
      ? 'There was no instant at which every chunk had a holder.'
      : figures.min > 0
        ? `From the instant on when every chunk had a holder, the rarest had at least ${figures.min === 1 ? '1 copy' : `${figures.min.toLocaleString('en-US')} copies`}; ${end} ${figures.end.toLocaleString('en-US')}.`
        : lost > 0
          ? `Every chunk had a holder once; ${end} ${ofAll} had none.`
          : `Every chunk had a holder once, then some had none for a while; ${end} the rarest had ${figures.end.toLocaleString('en-US')}.`;
  return {
    bins,
    rarest: least,
    rarestAtEnd: before,
    mean: rounded(mean),
    rows,
    copiesMax,
    summary: `${told} On average a chunk had ${average === 1 ? '1 copy' : `${average.toLocaleString('en-US')} copies`} at ${formatDuration(story.endMs)}.`,
  };
}

function rarestOf({ copies }: SwarmState, from: number, to: number): number {
  let rarest = Infinity;
  for (let chunk = from; chunk < to; chunk++) rarest = Math.min(rarest, copies[chunk]!);
  return rarest;
}
