/** What a stream must keep: its slow beginning, and its order. */
import { lateText, percentOff, type CalibrationCase, type Finding } from './finding.ts';
import { SEGMENT_BYTES } from './flows.ts';
import type { HostReading } from './host-watch.ts';
import { HEAD_BYTES } from './rates.ts';
import { Rig } from './rig.ts';

const SLOW_START_TOLERANCE_PERCENT = 2;

/** Segments of the first round trip (RFC 6928). */
const INITIAL_SEGMENTS = 10;

/** A connection begins with 10 segments and doubles them each round trip. */
export function slowStartCase(): CalibrationCase {
  const roundTripMs = 100;
  const rounds = 4;
  return {
    name: 'slow start',
    async run() {
      const rig = new Rig();
      try {
        const window = { bytes: 8 * 1024 * 1024, slowStart: true };
        const from = rig.end('from', { latencyMs: roundTripMs / 2, window });
        const receiver = await rig.receive(rig.end('to', {}));
        rig.flood(from, receiver.address, { blockBytes: SEGMENT_BYTES - HEAD_BYTES });
        await rig.until(() => receiver.payload.length > 0, 5000);
        await rig.sleep(rounds * roundTripMs);
        const firstMs = receiver.payload[0]?.atMs ?? Number.NaN;
        // Half a round trip after those of a round have arrived, none of the next may have.
        return [1, rounds].map((round) => {
          const untilMs = firstMs + (round - 0.5) * roundTripMs;
          const measured = receiver.payload.filter(({ atMs }) => atMs < untilMs).length;
          return slowStartFinding(round, Number.isNaN(firstMs) ? Number.NaN : measured, roundTripMs);
        });
      } finally {
        rig.close();
      }
    },
  };
}

function slowStartFinding(rounds: number, measured: number, roundTripMs: number): Finding {
  const configured = INITIAL_SEGMENTS * (2 ** rounds - 1);
  const error = percentOff(measured, configured);
  return {
    knob: 'slow start',
    setting: `segments of the first ${rounds === 1 ? 'round trip' : `${rounds} round trips`} of ${roundTripMs} ms`,
    unit: 'count',
    configured,
    measured,
    error,
    errorUnit: '%',
    tolerance: SLOW_START_TOLERANCE_PERCENT,
    excuse: (host) => (error < 0 ? slowerByHost(host, rounds, roundTripMs) : undefined),
  };
}

/** Two timers a round trip, and one that is later than the others: only half a round trip loses segments. */
function slowerByHost(
  { loopDelayP99Ms, loopDelayMaxMs }: HostReading,
  rounds: number,
  roundTripMs: number,
): string | undefined {
  const mostMs = 2 * rounds * loopDelayP99Ms + loopDelayMaxMs;
  return mostMs >= roundTripMs / 2 ? lateText(loopDelayMaxMs) : undefined;
}

/** Jitter never reorders a stream, however close its messages are. */
export function orderCase(messages: number, seed: string): CalibrationCase {
  const connections = 4;
  const jitterMs = { kind: 'uniform', min: 0, max: 60 } as const;
  let runs = 0;
  return {
    name: 'order',
    async run() {
      const rig = new Rig(`${seed}/order/${++runs}`);
      try {
        const from = rig.end('from', { latencyMs: 1, jitterMs });
        const receiver = await rig.receive(rig.end('to', { jitterMs }));
        const streams = Array.from({ length: connections }, () => rig.connect(from, receiver.address));
        for (let i = 0; i < messages; i++) {
          streams[i % connections]!.send({ type: 'have', index: i + 1 });
          if (i % connections === connections - 1) await rig.sleep(1);
        }
        const isComplete = await rig.until(() => receiver.messages.length === messages, 20_000);
        const reordered = countReordered(receiver.messages);
        return [
          {
            knob: 'order',
            setting: `${messages} messages, 1 ms apart on each of ${connections} connections, jitter of 0 to 60 ms at each end: arrived out of order`,
            unit: 'count',
            configured: 0,
            measured: isComplete ? reordered : Number.NaN,
            error: isComplete ? reordered : Number.NaN,
            errorUnit: 'count',
            tolerance: 0,
            isUpperLimit: true,
          },
        ];
      } finally {
        rig.close();
      }
    },
  };
}

/** Those that came after one that was sent later on the same connection. */
export function countReordered(
  messages: readonly { readonly connection: number; readonly message: { readonly type: string } }[],
): number {
  const latest = new Map<number, number>();
  let reordered = 0;
  for (const { connection, message } of messages) {
    const index = 'index' in message && typeof message.index === 'number' ? message.index : 0;
    const last = latest.get(connection) ?? 0;
    if (index < last) reordered++;
    else latest.set(connection, index);
  }
  return reordered;
}
