/** What TCP's ways and the course of time do to a link's throughput. */
import { SECOND_MS } from '../../core/units.ts';
import type { PlannedLink } from '../plan/plan.ts';
import { SIGNIFICANCE } from './delays.ts';
import { excusedByLateness, percentOff, type CalibrationCase, type Finding } from './finding.ts';
import { HEAD_BYTES, steadyRate } from './rates.ts';
import { Rig, type Passage } from './rig.ts';
import { binomialTest } from './significance-tests.ts';

const THROUGHPUT_TOLERANCE_PERCENT = 3;

/** A part of a chunk with its frame is then one segment. */
export const SEGMENT_BYTES = 1460;

interface Measurement {
  readonly warmUpMs: number;
  readonly measureMs: number;
  /** Addresses of the ends, where links know one another. */
  readonly hosts?: readonly [string, string];
}

/** Payload that arrives on one connection within the time. */
async function flow(
  from: Partial<PlannedLink>,
  to: Partial<PlannedLink>,
  { warmUpMs, measureMs, hosts }: Measurement,
): Promise<Passage[]> {
  const rig = new Rig();
  try {
    const sender = rig.end('from', from, hosts && { host: hosts[0] });
    const receiver = await rig.receive(rig.end('to', to, hosts && { host: hosts[1] }));
    rig.flood(sender, receiver.address);
    await rig.sleep(warmUpMs);
    const fromMs = rig.clock.now();
    await rig.sleep(measureMs);
    return receiver.payload.filter(({ atMs }) => atMs >= fromMs && atMs < fromMs + measureMs);
  } finally {
    rig.close();
  }
}

/** The same rate at both ends, with 200 ms of latency one way and with none. */
export function latencyThroughputCase(bytesPerSec: number, measureMs: number): CalibrationCase {
  return {
    name: 'throughput under latency',
    async run() {
      const times = { warmUpMs: 1500, measureMs };
      const rates = { upBytesPerSec: bytesPerSec, downBytesPerSec: bytesPerSec };
      const without = steadyRate(await flow(rates, rates, times));
      const half = { ...rates, latencyMs: 100 };
      const withLatency = steadyRate(await flow(half, half, times));
      const finding: Finding = {
        knob: 'throughput under latency',
        setting: '200 ms one way against none',
        unit: 'bytes/s',
        configured: without,
        measured: withLatency,
        error: percentOff(withLatency, without),
        errorUnit: '%',
        tolerance: THROUGHPUT_TOLERANCE_PERCENT,
      };
      // Begin and end of two measurements.
      return [excusedByLateness(finding, 'loopDelayMaxMs', 400 / measureMs)];
    },
  };
}

/** A TCP window lets so many bytes through a round trip. `measureMs`: whole round trips of 100 ms. */
export function windowCase(measureMs: number): CalibrationCase {
  const bytes = 128 * 1024;
  const roundTripMs = 100;
  return {
    name: 'TCP window',
    async run() {
      const window = { bytes, slowStart: false };
      const passages = await flow(
        { latencyMs: roundTripMs / 2, window },
        {},
        { warmUpMs: 10.5 * roundTripMs, measureMs },
      );
      const received = passages.reduce((sum, passage) => sum + passage.bytes, 0);
      const measured = (received * SECOND_MS) / measureMs;
      const configured = (bytes * SECOND_MS) / roundTripMs;
      const finding: Finding = {
        knob: 'TCP window',
        setting: '128 KiB, 100 ms round trip',
        unit: 'bytes/s',
        configured,
        measured,
        error: percentOff(measured, configured),
        errorUnit: '%',
        tolerance: THROUGHPUT_TOLERANCE_PERCENT,
      };
      // Two timers a round trip: on the way there, and for the acknowledgement.
      return [excusedByLateness(finding, 'loopDelayP99Ms', 200 / roundTripMs)];
    },
  };
}

/** A rate that moves in a straight line, as bytes that came through meanwhile. */
export function changeCase(rampMs: number): CalibrationCase {
  return {
    name: 'rate that changes',
    async run() {
      const rig = new Rig();
      try {
        const [low, high] = [500_000, 2_500_000];
        const startMs = 500;
        const changes = [{ atMs: startMs, overMs: rampMs, upBytesPerSec: high }];
        const from = rig.end('from', { upBytesPerSec: low, changes });
        const receiver = await rig.receive(rig.end('to', {}));
        const zeroMs = rig.clock.now();
        from.control.setStartMs(zeroMs);
        rig.flood(from, receiver.address);
        await rig.sleep(startMs + rampMs + 100);
        const beginMs = zeroMs + startMs;
        const measured = from.released
          .filter(({ atMs }) => atMs > beginMs && atMs <= beginMs + rampMs)
          .reduce((sum, { bytes }) => sum + bytes, 0);
        const configured = (((low + high) / 2) * rampMs) / SECOND_MS;
        const finding: Finding = {
          knob: 'rate that changes',
          setting: `4 to 20 Mbit/s within ${rampMs} ms`,
          unit: 'bytes',
          configured,
          measured,
          error: percentOff(measured, configured),
          errorUnit: '%',
          tolerance: 2,
        };
        // What is late at the end is late at the highest rate.
        const perMs = (100 * high) / ((low + high) / 2) / rampMs;
        return [excusedByLateness(finding, 'loopDelayMaxMs', perMs)];
      } finally {
        rig.close();
      }
    },
  };
}

/** Stalls are told by the gaps between arrivals, not by the shaper's own count. Each run draws others. */
export function lossCase(segments: number, seed: string): CalibrationCase {
  let runs = 0;
  const loss = { probability: 0.02, segmentBytes: SEGMENT_BYTES, timeoutMs: 40 };
  return {
    name: 'loss',
    async run() {
      const rig = new Rig(`${seed}/loss/${++runs}`);
      try {
        const from = rig.end('from', { loss });
        const receiver = await rig.receive(rig.end('to', {}));
        const blockBytes = SEGMENT_BYTES - HEAD_BYTES;
        const bytes = segments * blockBytes;
        const startMs = rig.clock.now();
        rig.flood(from, receiver.address, { blockBytes, bytes });
        const received = () => receiver.payload.reduce((sum, one) => sum + one.bytes, 0);
        await rig.until(() => received() >= bytes, segments * loss.probability * loss.timeoutMs * 3 + 2000);
        let stalls = 0;
        let lastMs = startMs;
        for (const { atMs } of receiver.payload) {
          stalls += Math.round((atMs - lastMs) / loss.timeoutMs);
          lastMs = atMs;
        }
        return lossFindings(segments, loss.probability, stalls, from.control.totals(), received() === bytes);
      } finally {
        rig.close();
      }
    },
  };
}

function lossFindings(
  segments: number,
  probability: number,
  stalls: number,
  counted: { readonly segments: number; readonly stalls: number },
  isComplete: boolean,
): Finding[] {
  const setting = `${probability * 100} % of ${segments} segments`;
  return [
    {
      knob: 'loss',
      setting: `${setting}, stalls seen, binomial test`,
      unit: 'count',
      configured: segments * probability,
      measured: stalls,
      error: isComplete ? binomialTest(stalls, segments, probability).p : Number.NaN,
      errorUnit: 'p',
      tolerance: SIGNIFICANCE,
    },
    {
      knob: 'loss',
      setting: `${setting}, stalls counted by the link`,
      unit: 'count',
      configured: stalls,
      measured: counted.stalls,
      error: stalls === 0 ? Number.NaN : percentOff(counted.stalls, stalls),
      errorUnit: '%',
      tolerance: 1,
    },
  ];
}

/** One seeder sends the whole file to each of n leechers: never faster than its uplink carries n files. */
export function sumCase(leechers: number, fileBytes: number, bytesPerSec: number): CalibrationCase {
  return {
    name: 'sums',
    async run() {
      const rig = new Rig();
      try {
        const seeder = rig.end('seeder', { upBytesPerSec: bytesPerSec });
        const startMs = rig.clock.now();
        const receivers = await Promise.all(
          Array.from({ length: leechers }, (_, i) => rig.receive(rig.end(`leecher ${i}`, {}))),
        );
        for (const { address } of receivers) rig.flood(seeder, address, { bytes: fileBytes });
        const payload = () => receivers.flatMap((receiver) => receiver.payload);
        const boundMs = (leechers * fileBytes * SECOND_MS) / bytesPerSec;
        await rig.until(
          () => payload().reduce((sum, { bytes }) => sum + bytes, 0) >= leechers * fileBytes,
          3 * boundMs + 2000,
        );
        const makespanMs = Math.max(...payload().map(({ atMs }) => atMs)) - startMs;
        const efficiency = boundMs / makespanMs;
        return [
          {
            knob: 'sums',
            setting: `1 seeder, ${leechers} leechers: bound / makespan`,
            unit: 'share',
            configured: 1,
            measured: efficiency,
            error: (efficiency - 1) * 100,
            errorUnit: '%',
            tolerance: 0.1,
            isUpperLimit: true,
          },
        ];
      } finally {
        rig.close();
      }
    },
  };
}
