import { quantile } from 'simple-statistics';
import { pick, seededRandom } from '../../core/random.ts';
import { describeDistribution, sampleDistribution } from '../plan/distributions.ts';
import type { Distribution, PlannedLink, PlannedRegions } from '../plan/plan.ts';
import type { CalibrationCase, Finding } from './finding.ts';
import { excusedByLateness, lateText, NotAvailable } from './finding.ts';
import { Rig } from './rig.ts';
import { ksTwoSample } from './significance-tests.ts';

const LATENCY_MEDIAN_TOLERANCE_MS = 1;
const LATENCY_P99_TOLERANCE_MS = 3;

/** Of fewer messages the 99th percentile is the largest: a single late timer would decide. */
const P99_MESSAGES_MIN = 200;

/** A correct shaper fails a statistical test so often. */
export const SIGNIFICANCE = 0.001;

/** Messages follow one another after a time between these, so that they meet all phases of the timers. */
const GAP_MS_MIN = 4;
const GAP_MS_MAX = 9;

/** Sends single messages and returns the time that each was under way, in ms. */
async function measureDelays(
  ends: { readonly from: Partial<PlannedLink>; readonly to: Partial<PlannedLink> },
  options: {
    readonly count: number;
    /** They take turns, so that a message has its connection to itself for as long as it may take. */
    readonly connections: number;
    readonly regions?: PlannedRegions;
    readonly seed: string;
  },
): Promise<number[]> {
  const rig = new Rig(options.seed);
  try {
    const place = (host: string) => (options.regions === undefined ? {} : { host, regions: options.regions });
    const from = rig.end('from', ends.from, place('127.11.0.1'));
    const to = rig.end('to', ends.to, place('127.11.0.2'));
    const receiver = await rig.receive(to);
    const connections = Array.from({ length: options.connections }, () =>
      rig.connect(from, receiver.address),
    );
    // The first message of each connection waits for its making.
    for (const connection of connections) connection.send({ type: 'have', index: 1 });
    if (!(await rig.until(() => receiver.messages.length === connections.length, 20_000))) {
      throw new NotAvailable('the connections could not be made');
    }
    const random = seededRandom(`${options.seed}/gaps`);
    const sentMs: number[] = [];
    for (let i = 0; i < options.count; i++) {
      await rig.sleep(GAP_MS_MIN + random.next() * (GAP_MS_MAX - GAP_MS_MIN));
      sentMs.push(rig.clock.now());
      connections[i % connections.length]!.send({ type: 'have', index: i + 2 });
    }
    const all = connections.length + options.count;
    await rig.until(() => receiver.messages.length === all, 20_000);
    return receiver.messages
      .slice(connections.length)
      .flatMap(({ atMs, message }) => (message.type === 'have' ? [atMs - sentMs[message.index - 2]!] : []));
  } finally {
    rig.close();
  }
}

function latencyFindings(
  knob: string,
  setting: string,
  configuredMs: number,
  delays: readonly number[],
): Finding[] {
  const errors = delays.map((delay) => Math.abs(delay - configuredMs));
  const common = { knob, unit: 'ms', configured: configuredMs, errorUnit: 'ms' } as const;
  const at = (values: readonly number[], share: number) =>
    values.length === 0 ? Number.NaN : quantile([...values], share);
  const median: Finding = {
    ...common,
    setting: `${setting}, median`,
    measured: at(delays, 0.5),
    error: at(errors, 0.5),
    tolerance: LATENCY_MEDIAN_TOLERANCE_MS,
  };
  const p99: Finding = {
    ...common,
    setting: `${setting}, 99th percentile`,
    measured: at(delays, 0.99),
    error: at(errors, 0.99),
    tolerance: LATENCY_P99_TOLERANCE_MS,
  };
  // A timer at each end.
  return [
    excusedByLateness(median, 'loopDelayP99Ms', 2),
    ...(delays.length < P99_MESSAGES_MIN ? [] : [excusedByLateness(p99, 'loopDelayMaxMs', 2)]),
  ];
}

/** Half of the latency is at each end. */
export function latencyCase(oneWayMs: number, count: number, seed: string): CalibrationCase {
  const half = { latencyMs: oneWayMs / 2 };
  return {
    name: `latency ${oneWayMs} ms`,
    async run() {
      const delays = await measureDelays({ from: half, to: half }, { count, connections: 1, seed });
      return latencyFindings('one-way latency', 'single messages', oneWayMs, delays);
    },
  };
}

/** What one place adds to another, told by the addresses at the ends of a connection. */
export function regionCase(count: number, seed: string): CalibrationCase {
  const regions = {
    names: ['near', 'far'],
    delayMs: [
      [1, 42],
      [63, 2],
    ],
  };
  return {
    name: 'regions',
    async run() {
      if (process.platform !== 'linux') {
        throw new NotAvailable('only Linux has a loopback address for each peer');
      }
      const there = await measureDelays(
        { from: { region: 'near', latencyMs: 3 }, to: { region: 'far', latencyMs: 5 } },
        { count, connections: 1, regions, seed },
      );
      const back = await measureDelays(
        { from: { region: 'far', latencyMs: 5 }, to: { region: 'near', latencyMs: 3 } },
        { count, connections: 1, regions, seed },
      );
      return [
        ...latencyFindings('delay between regions', 'there', 50, there),
        ...latencyFindings('delay between regions', 'back', 71, back),
      ];
    },
  };
}

const REFERENCE_DRAWS = 5000;

/** Delays like any other, to find out by how much timers are off: they count whole milliseconds, so parts of one matter. */
const CONSTANTS_MS = [20.1, 20.3, 20.5, 20.7, 20.9];

/**
 * Jitter as it is measured against a sample of the same distribution, drawn apart, each draw with an error of timers as
 * constant delays have it: where many draws are nearly alike, half a millisecond would tell the two apart, and that is
 * judged by the rows of latency. Each run draws both anew.
 */
export function jitterCase(jitterMs: Distribution, count: number, seed: string): CalibrationCase {
  const latencyMs = 10;
  const jitter = describeDistribution(jitterMs, (value) => `${value} ms`);
  const setting = `${latencyMs} ms and ${jitter}: median of ${REFERENCE_DRAWS} reference draws, measured median`;
  const median = (values: readonly number[]) =>
    values.length === 0 ? Number.NaN : quantile([...values], 0.5);
  let runs = 0;
  return {
    name: `jitter ${jitter}`,
    async run() {
      const own = `${seed}/jitter ${jitter}/${++runs}`;
      const random = seededRandom(`${own}/reference`);
      const measured = await measureDelays(
        { from: { latencyMs, jitterMs }, to: {} },
        { count, connections: 40, seed: own },
      );
      const errors: number[] = [];
      for (const constantMs of CONSTANTS_MS) {
        const delays = await measureDelays(
          { from: { latencyMs: constantMs }, to: {} },
          { count: Math.ceil(count / CONSTANTS_MS.length), connections: 40, seed: own },
        );
        errors.push(...delays.map((delayMs) => delayMs - constantMs));
      }
      const drawn = Array.from(
        { length: REFERENCE_DRAWS },
        () => latencyMs + sampleDistribution(jitterMs, random),
      );
      const reference = drawn.map((delayMs) => delayMs + (pick(errors, random) ?? Number.NaN));
      const isComplete = measured.length === count;
      return [
        {
          knob: 'jitter',
          setting: `${setting}, Kolmogorov–Smirnov`,
          unit: 'ms',
          configured: median(drawn),
          measured: median(measured),
          error: isComplete ? ksTwoSample(measured, reference).p : Number.NaN,
          errorUnit: 'p',
          tolerance: SIGNIFICANCE,
          excuse: ({ loopDelayP99Ms }) =>
            isComplete && fitsEarlier(measured, reference, loopDelayP99Ms)
              ? lateText(loopDelayP99Ms)
              : undefined,
        },
      ];
    },
  };
}

/** Whether the measured delays fit the reference when timers made all of them longer, by up to `lateMs`. */
function fitsEarlier(measured: readonly number[], drawn: readonly number[], lateMs: number): boolean {
  const stepMs = 0.25;
  for (let shiftMs = stepMs; shiftMs <= lateMs + stepMs; shiftMs += stepMs) {
    const earlier = measured.map((delayMs) => delayMs - shiftMs);
    if (ksTwoSample(earlier, drawn).p >= SIGNIFICANCE) return true;
  }
  return false;
}
