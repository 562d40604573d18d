import { SECOND_MS } from '../../core/units.ts';
import { blockBytes, SLICE_MS_MAX } from '../network/link-sizes.ts';
import { excusedByLateness, lateText, percentOff, type CalibrationCase, type Finding } from './finding.ts';
import { Rig, type Passage } from './rig.ts';

const RATE_TOLERANCE_PERCENT = 2;
const SHARE_TOLERANCE_PERCENT = 5;
export const BURST_WINDOW_MS = 100;

/** What the clock's reading and a late timer may put into a window that does not belong there. */
export const BURST_READING_MS = 3;

/** Bytes of a part's frame besides its body. */
export const HEAD_BYTES = 25;

/** The sockets' buffers fill, and the first turns are over. */
export const WARM_UP_MS = 700;

export interface RateSetting {
  readonly direction: 'up' | 'down';
  readonly bytesPerSec: number;
  readonly connections: number;
  readonly measureMs: number;
}

/** A link's rate, its shares and its bursts, measured with as many bytes as it takes. */
export function rateCase(setting: RateSetting): CalibrationCase {
  const { direction } = setting;
  return { name: `${direction} ${describe(setting)}`, run: () => measureRate(setting) };
}

function describe({ bytesPerSec, connections }: RateSetting): string {
  return `${(bytesPerSec * 8) / 1e6} Mbit/s, ${connections} connection${connections === 1 ? '' : 's'}`;
}

async function measureRate(setting: RateSetting): Promise<Finding[]> {
  const { direction, bytesPerSec, connections, measureMs } = setting;
  const rig = new Rig();
  try {
    const limit = direction === 'up' ? { upBytesPerSec: bytesPerSec } : { downBytesPerSec: bytesPerSec };
    const from = rig.end('from', direction === 'up' ? limit : {});
    const to = rig.end('to', direction === 'down' ? limit : {});
    const receiver = await rig.receive(to);
    const block = blockBytes(bytesPerSec, SLICE_MS_MAX);
    for (let i = 0; i < connections; i++) rig.flood(from, receiver.address, { blockBytes: block });
    await rig.sleep(WARM_UP_MS);
    const fromMs = rig.clock.now();
    await rig.sleep(measureMs);
    const within = (passages: readonly Passage[]) => passages.filter(({ atMs }) => atMs >= fromMs);
    // An uplink paces whole frames; a downlink is charged for the pieces that TCP delivers.
    const wire =
      direction === 'down'
        ? within(receiver.wire)
        : within(receiver.payload).map((one) => ({ ...one, bytes: one.bytes * (1 + HEAD_BYTES / block) }));
    const passing = direction === 'up' ? within(from.released) : wire;
    const { lateMsMax } = (direction === 'up' ? from : to).counters;
    return findings(setting, block + HEAD_BYTES, wire, passing, lateMsMax);
  } finally {
    rig.close();
  }
}

function findings(
  what: RateSetting,
  sliceBytes: number,
  wire: readonly Passage[],
  passing: readonly Passage[],
  lateMsMax: number,
): Finding[] {
  const { direction, bytesPerSec, connections, measureMs } = what;
  const setting = describe(what);
  const measured = steadyRate(wire);
  const rate: Finding = {
    knob: `${direction} rate`,
    setting,
    unit: 'bytes/s',
    configured: bytesPerSec,
    measured,
    error: percentOff(measured, bytesPerSec),
    errorUnit: '%',
    tolerance: RATE_TOLERANCE_PERCENT,
  };
  const allowed = (bytesPerSec * (BURST_WINDOW_MS + BURST_READING_MS)) / SECOND_MS;
  const most = mostInWindow(passing, BURST_WINDOW_MS);
  const burst: Finding = {
    knob: `${direction} burst in ${BURST_WINDOW_MS} ms`,
    setting: `${setting}; beyond ${BURST_WINDOW_MS + BURST_READING_MS} ms of the rate, in slices of ${sliceBytes} bytes`,
    unit: 'bytes',
    configured: (bytesPerSec * BURST_WINDOW_MS) / SECOND_MS,
    measured: most,
    error: (most - allowed) / sliceBytes,
    errorUnit: 'slices',
    tolerance: 1,
    isUpperLimit: true,
    ...(lateMsMax > BURST_READING_MS && { doubt: lateText(lateMsMax) }),
    excuse: ({ loopDelayMaxMs }) =>
      loopDelayMaxMs > BURST_READING_MS ? lateText(loopDelayMaxMs) : undefined,
  };
  // The first and the last passage may each be read late.
  const lateness = (finding: Finding) => excusedByLateness(finding, 'loopDelayMaxMs', 200 / measureMs);
  if (connections === 1) return [lateness(rate), burst];
  const share = shareFinding(direction, setting, wire, connections, sliceBytes);
  // A connection has its turns one after the other: what is late may all be of one.
  const excused = excusedByLateness(share, 'loopDelayMaxMs', (100 * connections) / measureMs);
  return [lateness(rate), excused, burst];
}

/** The connection that is farthest from its share; slices are indivisible, so one slice is allowed on top. */
function shareFinding(
  direction: string,
  setting: string,
  wire: readonly Passage[],
  connections: number,
  sliceBytes: number,
): Finding {
  const sums = new Array<number>(connections).fill(0);
  for (const { connection, bytes } of wire) sums[connection] = (sums[connection] ?? 0) + bytes;
  const fair = sums.reduce((sum, bytes) => sum + bytes, 0) / connections;
  const farthest = sums.toSorted((a, b) => Math.abs(b - fair) - Math.abs(a - fair))[0]!;
  return {
    knob: `${direction} share of a connection`,
    setting,
    unit: 'share',
    configured: 1 / connections,
    measured: farthest / (fair * connections),
    error: percentOff(farthest, fair),
    errorUnit: '%',
    tolerance: SHARE_TOLERANCE_PERCENT,
    slicePercent: (sliceBytes / fair) * 100,
  };
}

/** Bytes/s from the first passage to the last; the first one's bytes came before. */
export function steadyRate(passages: readonly Passage[]): number {
  const first = passages[0];
  const last = passages.at(-1);
  if (first === undefined || last === undefined || last.atMs === first.atMs) return Number.NaN;
  const bytes = passages.reduce((sum, passage) => sum + passage.bytes, -first.bytes);
  return (bytes * SECOND_MS) / (last.atMs - first.atMs);
}

/** The most bytes that passed within any window of that length. */
export function mostInWindow(passages: readonly Passage[], windowMs: number): number {
  let most = 0;
  let sum = 0;
  let first = 0;
  for (const { atMs, bytes } of passages) {
    sum += bytes;
    while (passages[first]!.atMs <= atMs - windowMs) sum -= passages[first++]!.bytes;
    most = Math.max(most, sum);
  }
  return most;
}
