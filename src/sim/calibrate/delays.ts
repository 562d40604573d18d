import { quantile } from 'simple-statistics';
import { seededRandom } from '../../core/random.ts';
import { describeDistribution, sampleDistribution } from '../plan/distributions.ts';
import type { Distribution, PlannedLink, PlannedRegions } from '../plan/plan.ts';
import type { CalibrationCase, Finding } from './finding.ts';
import { NotAvailable } from './finding.ts';
import { Rig } from './rig.ts';
import { ksTwoSample } from './tests.ts';

export const LATENCY_MEDIAN_TOLERANCE_MS = 1;
export const LATENCY_P99_TOLERANCE_MS = 3;

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
  },
): Promise<number[]> {
  const rig = new Rig();
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
    const random = seededRandom('calibration/gaps');
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
  return [
    {
      ...common,
      setting: `${setting}, median`,
      measured: at(delays, 0.5),
      error: at(errors, 0.5),
      tolerance: LATENCY_MEDIAN_TOLERANCE_MS,
    },
    {
      ...common,
      setting: `${setting}, 99th percentile`,
      measured: at(delays, 0.99),
      error: at(errors, 0.99),
      tolerance: LATENCY_P99_TOLERANCE_MS,
    },
  ];
}

/** Half of the latency is at each end. */
export function latencyCase(oneWayMs: number, count: number): CalibrationCase {
  const half = { latencyMs: oneWayMs / 2 };
  return {
    name: `latency ${oneWayMs} ms`,
    async run() {
      const delays = await measureDelays({ from: half, to: half }, { count, connections: 1 });
      return latencyFindings('one-way latency', 'single messages', oneWayMs, delays);
    },
  };
}

/** What one place adds to another, told by the addresses at the ends of a connection. */
export function regionCase(count: number): CalibrationCase {
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
        { count, connections: 1, regions },
      );
      const back = await measureDelays(
        { from: { region: 'far', latencyMs: 5 }, to: { region: 'near', latencyMs: 3 } },
        { count, connections: 1, regions },
      );
      return [
        ...latencyFindings('delay between regions', 'there', 50, there),
        ...latencyFindings('delay between regions', 'back', 71, back),
      ];
    },
  };
}

/** Jitter as it is measured against a sample drawn by another seed. */
export function jitterCase(jitterMs: Distribution, count: number): CalibrationCase {
  const random = seededRandom('calibration/reference');
  const setting = describeDistribution(jitterMs, (value) => `${value} ms`);
  return {
    name: `jitter ${setting}`,
    async run() {
      const latencyMs = 10;
      const measured = await measureDelays(
        { from: { latencyMs, jitterMs }, to: {} },
        { count, connections: 40 },
      );
      const drawn = Array.from({ length: 5000 }, () => latencyMs + sampleDistribution(jitterMs, random));
      const { p } = ksTwoSample(measured, drawn);
      const median = (values: readonly number[]) =>
        values.length === 0 ? Number.NaN : quantile([...values], 0.5);
      return [
        {
          knob: 'jitter',
          setting: `${setting}, Kolmogorov–Smirnov`,
          unit: 'ms',
          configured: median(drawn),
          measured: median(measured),
          error: measured.length === count ? p : Number.NaN,
          errorUnit: 'p',
          tolerance: SIGNIFICANCE,
        },
      ];
    },
  };
}
