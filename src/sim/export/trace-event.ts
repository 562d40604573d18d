/**
 * Events of the Trace Event Format (Chrome's JSON), which Perfetto and others show.
 * https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU
 */

export type TraceArgs = Readonly<Record<string, string | number>>;

/** A process of the trace is a group of peers, a thread a peer. */
export interface TraceTrack {
  readonly pid: number;
  readonly tid: number;
}

export type TraceEvent = TraceTrack & {
  readonly name: string;
  /** Microseconds. */
  readonly ts: number;
  readonly args?: TraceArgs;
} & (
    | { readonly ph: 'X'; readonly cat: string; readonly dur: number }
    | { readonly ph: 'b' | 'e'; readonly cat: string; readonly id: number }
    | { readonly ph: 'i'; readonly cat: string; readonly s: 't' | 'g' }
    | { readonly ph: 'C' }
    | { readonly ph: 'M' }
  );

const US_PER_MS = 1000;

export function microseconds(ms: number): number {
  return Math.round(ms * US_PER_MS);
}

/** What happens between two times on a track, so that others of the track lie within it or outside. */
export function slice(
  track: TraceTrack,
  {
    name,
    cat,
    fromMs,
    toMs,
    args,
  }: { name: string; cat: string; fromMs: number; toMs: number; args?: TraceArgs },
): TraceEvent {
  const ts = microseconds(fromMs);
  return {
    ...track,
    name,
    cat,
    ph: 'X',
    ts,
    dur: microseconds(toMs) - ts,
    ...(args === undefined ? {} : { args }),
  };
}

/** What may overlap with others of its kind: each has an id of its own. */
export function overlapping(
  track: TraceTrack,
  {
    name,
    cat,
    id,
    fromMs,
    toMs,
    args,
  }: { name: string; cat: string; id: number; fromMs: number; toMs: number; args: TraceArgs },
): TraceEvent[] {
  const common = { ...track, name, cat, id };
  return [
    { ...common, ph: 'b', ts: microseconds(fromMs), args },
    { ...common, ph: 'e', ts: microseconds(toMs) },
  ];
}
