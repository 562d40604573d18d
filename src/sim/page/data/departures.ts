/** Who went without a fault that took it, and when. */
import type { Departures } from '../shared/charts.ts';
import { times } from './sentences.ts';
import type { SwarmStory } from './swarm-story.ts';
import { thinned } from './time-bins.ts';

/** More ticks than that cannot be told apart. */
const MARKS_MAX = 400;
/** A crash that is seen so much later is still of the fault that caused it. */
const CRASH_SEEN_MS = 1000;

export function departuresOf({ names, stays, faults }: SwarmStory): Departures {
  const isOfFault = (peer: string, atMs: number): boolean =>
    faults.some(
      ({ kind, targets, fromMs }) =>
        kind === 'crash' && targets.includes(peer) && Math.abs(atMs - fromMs) <= CRASH_SEEN_MS,
    );
  const all = stays
    .flatMap((own, at) =>
      own.flatMap(({ end, endMs: atMs }) => {
        const name = names[at]!;
        const crashed = end === 'crashed';
        return end === 'stayed' || (crashed && isOfFault(name, atMs)) ? [] : [{ name, atMs, crashed }];
      }),
    )
    .sort((a, b) => a.atMs - b.atMs);
  const crashed = all.filter((one) => one.crashed).length;
  return {
    marks: thinned(all, MARKS_MAX).map((one) => ({ ...one, atMs: Math.round(one.atMs * 10) / 10 })),
    left: all.length - crashed,
    crashed,
  };
}

/** ` Apart from faults, peers left 12 times and crashed once.`; empty: none did. */
export function departureSentence({ left, crashed }: Departures): string {
  const told = [
    ...(left > 0 ? [`left ${times(left)}`] : []),
    ...(crashed > 0 ? [`crashed ${times(crashed)}`] : []),
  ];
  return told.length === 0 ? '' : ` Apart from faults, peers ${told.join(' and ')}.`;
}
