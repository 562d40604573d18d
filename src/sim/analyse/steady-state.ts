/**
 * The steady state of a swarm into which leechers come all the time: Qiu & Srikant, Modeling and performance analysis of
 * BitTorrent-like peer-to-peer networks, SIGCOMM 2004. The file has size 1, so rates are in files a second.
 */

export interface SteadySwarm {
  /** λ: leechers that arrive, a second; > 0. */
  readonly arrivals: number;
  /** μ: upload of a peer, in files/s; > 0. */
  readonly upload: number;
  /** c: download of a peer, in files/s; > 0. */
  readonly download: number;
  /** γ: rate at which a seeder leaves, per second; > 0. */
  readonly seederLeaves: number;
  /** θ: rate at which a leecher gives up, per second; 0: none does. */
  readonly leecherLeaves: number;
  /** η: effectiveness of sharing, (0, 1]. */
  readonly effectiveness: number;
}

export interface SteadyState {
  /** T: mean time as a leecher, in seconds, whether it completes or gives up. */
  readonly leecherSeconds: number;
  /** x: mean number of leechers. */
  readonly leechers: number;
  /** y: mean number of seeders. */
  readonly seeders: number;
}

/** `1/β = max(1/c, (1/η)·(1/μ − 1/γ))`; for γ ≤ μ the seeders alone suffice, and only downlinks limit. */
export function steadyState(swarm: SteadySwarm): SteadyState {
  const { arrivals, upload, download, seederLeaves, leecherLeaves, effectiveness } = swarm;
  const beta = 1 / Math.max(1 / download, (1 / upload - 1 / seederLeaves) / effectiveness);
  const stay = 1 + leecherLeaves / beta;
  return {
    leecherSeconds: 1 / (leecherLeaves + beta),
    leechers: arrivals / (beta * stay),
    seeders: arrivals / (seederLeaves * stay),
  };
}

/** A time that somebody spent in a state, in any unit; `to` is Infinity for one who stays. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Mean number of spans that are open at a time, over the window. */
export function meanOpen(spans: readonly Span[], window: Span): number {
  const overlaps = spans.map(({ from, to }) =>
    Math.max(0, Math.min(to, window.to) - Math.max(from, window.from)),
  );
  return overlaps.reduce((sum, overlap) => sum + overlap, 0) / (window.to - window.from);
}

/** Mean length of the spans that begin in the window; null: none does. */
export function meanLength(spans: readonly Span[], window: Span): number | null {
  const own = beginningIn(spans, window);
  return own.length === 0 ? null : own.reduce((sum, { from, to }) => sum + to - from, 0) / own.length;
}

/**
 * Little's law: (mean number that is open) / (rate at which they begin × mean length), 1 but for what crosses the edges
 * of the window. null: none begins in it.
 */
export function littlesRatio(spans: readonly Span[], window: Span): number | null {
  const length = meanLength(spans, window);
  if (length === null || length === 0) return null;
  const rate = beginningIn(spans, window).length / (window.to - window.from);
  return meanOpen(spans, window) / (rate * length);
}

function beginningIn(spans: readonly Span[], { from, to }: Span): Span[] {
  return spans.filter((span) => span.from >= from && span.from < to);
}
