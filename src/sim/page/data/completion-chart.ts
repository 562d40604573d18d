import { hadToComplete } from '../../result/completion-times.ts';
import { formatDuration } from '../../units/format.ts';
import type { Chart, CompletionChart } from '../shared/charts.ts';
import { count } from './sentences.ts';
import type { SwarmStory } from './swarm-story.ts';
import { thinned } from './time-bins.ts';

const POINTS_MAX = 1000;

export function completionChart({ result, endMs, goesOn }: SwarmStory): Chart<CompletionChart> {
  const wanting = result.peers.filter(hadToComplete);
  if (wanting.length === 0) return { missing: 'No peer had anything to get.' };
  const times = wanting.flatMap(({ completedMs }) => completedMs ?? []).sort((a, b) => a - b);
  const points = thinned(
    times.map((ms, at) => ({ ms, complete: at + 1 })),
    POINTS_MAX,
  );
  const { makespanMs, bound } = result.swarm;
  const reached = `${times.length.toLocaleString('en-US')} of ${count(wanting.length, 'peer')} that had something to get ${goesOn ? 'have completed so far' : 'completed'}`;
  const when =
    times.length === 0
      ? ''
      : `, the first after ${formatDuration(times[0]!)}, half of those after ${formatDuration(times[Math.ceil(times.length / 2) - 1]!)}, the last after ${formatDuration(times.at(-1)!)}`;
  const isBefore =
    makespanMs === null && !goesOn && bound.lowerBoundMs !== null && endMs < bound.lowerBoundMs;
  const theory =
    bound.lowerBoundMs === null
      ? ' No lower bound can be told.'
      : ` No swarm on these links can complete before ${formatDuration(bound.lowerBoundMs)}${isBefore ? `; this run ended before, after ${formatDuration(endMs)}` : ''}.`;
  return {
    timesMs: points.map(({ ms }) => Math.round(ms * 10) / 10),
    counts: points.map(({ complete }) => complete),
    peers: wanting.length,
    boundMs: bound.lowerBoundMs,
    makespanMs,
    summary: `${reached}${when}.${theory}`,
  };
}
