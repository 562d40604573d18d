import type { Neighbour, Serving } from '../neighbours/neighbour.ts';

/** Only so many of a neighbour's requests are looked at: who is far away may have hundreds open. */
const LOOK_MAX = 16;
/** Later requests of the same neighbour may be served before one so many times: then it is next. */
const PASSED_MAX = 8;

/**
 * Where in its queue the request is that a neighbour is to be served next: the one for the chunk with the fewest
 * copies, the oldest of those, if it does not mind. What has begun goes on, and what was passed by others 8 times
 * waits no longer.
 *
 * @param neighbour has at least one request
 * @param copies how many neighbours hold a chunk
 */
export function nextRequest(
  { serving, anyOrder }: Pick<Neighbour, 'serving' | 'anyOrder'>,
  copies: (index: number) => number,
): number {
  const [oldest] = serving;
  if (!anyOrder || serving.length === 1 || oldest!.begun || oldest!.passed >= PASSED_MAX) return 0;
  let next = 0;
  let fewest = copies(oldest!.index);
  const end = Math.min(serving.length, LOOK_MAX);
  for (let at = 1; at < end; at++) {
    const count = copies(serving[at]!.index);
    if (count >= fewest) continue;
    next = at;
    fewest = count;
  }
  return next;
}

/** The request at a place in the queue is served before those that are older. */
export function bringForward(serving: Serving[], at: number): void {
  if (at === 0) return;
  for (let older = 0; older < at; older++) serving[older]!.passed++;
  serving.unshift(...serving.splice(at, 1));
}
