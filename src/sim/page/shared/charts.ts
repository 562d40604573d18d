/**
 * The data of the charts of a run's page, as it stands in the page: made in Node, drawn in the browser. Times in ms
 * from the start of the distribution, sizes in bytes, rates in bytes/s.
 */

/** In the place of a chart for which the stored run has no data. */
export interface Missing {
  readonly missing: string;
}

/** A sentence that tells what the chart shows, for those who do not see it. */
interface Told {
  readonly summary: string;
}

export type Chart<T> = (T & Told) | Missing;

export function isMissing<T>(chart: Chart<T>): chart is Missing {
  return 'missing' in chart;
}

/** Equal steps of time from 0. */
export interface TimeBins {
  readonly stepMs: number;
  readonly count: number;
}

export interface FaultMark {
  readonly name: string;
  readonly fromMs: number;
  /** Where it ended, or the run did. */
  readonly toMs: number;
  /** Over at once. */
  readonly instant: boolean;
  /** Names of peers, or `tracker`; perhaps only the first of them. */
  readonly targets: readonly string[];
}

/** Peers that left or crashed without a fault. */
export interface Departures {
  /** In order of time; perhaps only some of them, evenly. */
  readonly marks: readonly { readonly name: string; readonly atMs: number; readonly crashed: boolean }[];
  /** All that left, and all that crashed. */
  readonly left: number;
  readonly crashed: number;
}

export interface CompletionChart {
  /** When the peers that must complete did, in order; perhaps only some of them, evenly. */
  readonly timesMs: readonly number[];
  /** How many have completed at each of these times. */
  readonly counts: readonly number[];
  readonly peers: number;
  readonly boundMs: number | null;
  readonly makespanMs: number | null;
}

export interface Layered {
  readonly bins: TimeBins;
  readonly layers: readonly { readonly name: string; readonly values: readonly number[] }[];
}

export interface AvailabilityChart {
  readonly bins: TimeBins;
  /** The fewest copies of any chunk within each step. */
  readonly rarest: readonly number[];
  /** Copies of the rarest when the run was over. */
  readonly rarestAtEnd: number;
  readonly mean: readonly number[];
  /** Rows from chunk 1 on; each is the least of its chunks at the end of each step. */
  readonly rows: readonly {
    readonly fromChunk: number;
    readonly toChunk: number;
    readonly copies: readonly number[];
  }[];
  readonly copiesMax: number;
}

/** One way of putting senders and receivers together. */
export interface FlowView {
  readonly by: 'peer' | 'group' | 'region';
  readonly names: readonly string[];
  /** Position in `groups` of the page, for order and colour; -1: none. */
  readonly groups: readonly number[];
  /** [from, to, bytes, chunks] */
  readonly cells: readonly (readonly [number, number, number, number])[];
}

export interface FlowChart {
  readonly views: readonly FlowView[];
}

export interface Lane {
  readonly name: string;
  readonly group: number;
  readonly stays: readonly {
    readonly fromMs: number;
    readonly toMs: number;
    readonly end: 'left' | 'crashed' | 'stayed';
  }[];
  readonly completedMs: number | null;
  readonly hadAll: boolean;
  /** By step, 0 to 255 of `rateMax`. */
  readonly down: readonly number[];
  readonly up: readonly number[];
}

export interface LaneChart {
  readonly bins: TimeBins;
  /** Bytes/s that 255 stands for. */
  readonly rateMax: number;
  readonly lanes: readonly Lane[];
  readonly peers: number;
}

export interface ShareChart {
  readonly contentBytes: number;
  readonly bars: readonly {
    readonly name: string;
    readonly group: number;
    readonly uploadedBytes: number;
    readonly downloadedBytes: number;
    readonly ratio: number | null;
  }[];
  readonly peers: number;
  readonly meanBytes: number;
}

export interface LatencyChart {
  /** Each from `fromMs` on to the next one's. */
  readonly bars: readonly { readonly fromMs: number; readonly toMs: number; readonly chunks: number }[];
  readonly percentiles: readonly { readonly name: string; readonly ms: number }[];
  readonly count: number;
}

export interface UplinkChart extends Layered {
  /** By group: the share of its uplinks' capacity that went into each layer. */
  readonly groups: readonly { readonly name: string; readonly shares: readonly number[] }[];
}

export interface SlowestChart {
  readonly name: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly pieces: readonly { readonly fromMs: number; readonly toMs: number; readonly state: string }[];
  readonly states: readonly { readonly state: string; readonly ms: number }[];
}

/** Rows of numbers by `packRows`. */
export interface ReplayChart {
  readonly names: readonly string[];
  /** By peer: position in `RunCharts.groups`. */
  readonly groups: readonly number[];
  /** All peers of the run, also those that the replay leaves out. */
  readonly peers: number;
  /** Chunks that one transfer of the replay stands for. */
  readonly chunksEach: number;
  readonly totalChunks: number;
  /** Where the replay opens: in the middle of the transfer before which half of them ended; without any, half-way. */
  readonly openMs: number;
  /** [peer, position in `stepKinds`, tenths of a ms, chunks held], in order of time. */
  readonly steps: string;
  /** [from, to, tenths of a ms that it took, when it ended], in order of their end; `from` past `names`: one left out. */
  readonly transfers: string;
  readonly cuts: readonly ReplayCut[];
}

/** A partition. Where a peer is on no side, nothing keeps it from anybody. */
export interface ReplayCut {
  readonly name: string;
  readonly fromMs: number;
  readonly toMs: number;
  /** Only what the first side sends is held back. */
  readonly oneWay: boolean;
  /** The side of each peer that is shown, from 0; -1: none. */
  readonly sides: readonly number[];
  readonly tracker: number;
}

export interface RunCharts {
  readonly kind: 'run';
  readonly endMs: number;
  readonly groups: readonly string[];
  readonly faults: readonly FaultMark[];
  readonly departures: Departures;
  readonly completion: Chart<CompletionChart>;
  readonly goodput: Chart<Layered>;
  readonly availability: Chart<AvailabilityChart>;
  readonly flows: Chart<FlowChart>;
  readonly lanes: Chart<LaneChart>;
  readonly tracker: Chart<Layered>;
  readonly shares: Chart<ShareChart>;
  readonly latencies: Chart<LatencyChart>;
  readonly uplinks: Chart<UplinkChart>;
  readonly slowest: Chart<SlowestChart>;
  readonly replay: Chart<ReplayChart>;
}
