/** Units of axes, and what all charts over time have in common. */
import * as Plot from '@observablehq/plot';
import type { Departures, FaultMark, TimeBins } from '../shared/charts.ts';

export interface Unit {
  readonly name: string;
  /** What one of it is, in the unit of the data. */
  readonly size: number;
}

export function timeUnit(endMs: number): Unit {
  if (endMs < 2000) return { name: 'ms', size: 1 };
  if (endMs < 300_000) return { name: 's', size: 1000 };
  if (endMs < 10_800_000) return { name: 'min', size: 60_000 };
  return { name: 'h', size: 3_600_000 };
}

/** In bits, by powers of 1,000. */
export function rateUnit(bytesPerSec: number): Unit {
  const bits = bytesPerSec * 8;
  const names = ['bit/s', 'kbit/s', 'Mbit/s', 'Gbit/s', 'Tbit/s'];
  const power = Math.min(names.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, bits)) / 3)));
  return { name: names[power]!, size: 1000 ** power / 8 };
}

const MARGINS = { marginTop: 28, marginRight: 16, marginBottom: 40, marginLeft: 52 };

/** What every chart is made with; `options` have the last word. */
export function plot(width: number, height: number, options: Plot.PlotOptions): Element {
  const svg = Plot.plot({
    ...MARGINS,
    width,
    height,
    style: { fontSize: '12px', fontFamily: 'inherit', background: 'none', color: 'var(--soft)' },
    ...options,
  });
  // The whole chart is one picture with a text of its own; names of its parts are for tests.
  for (const part of svg.querySelectorAll('g[aria-label], rect[aria-label]')) {
    part.setAttribute('data-mark', part.getAttribute('aria-label')!);
    part.removeAttribute('aria-label');
  }
  return svg;
}

export function timeAxis(endMs: number, unit: Unit): Plot.ScaleOptions {
  return { domain: [0, Math.max(endMs, 1) / unit.size], label: `time (${unit.name})`, labelAnchor: 'right' };
}

/** Both ends of every step, so that areas have edges. */
export function stepsOf(
  { stepMs, count }: TimeBins,
  unit: Unit,
): { readonly from: number; readonly to: number }[] {
  return Array.from({ length: count }, (_, at) => ({
    from: (at * stepMs) / unit.size,
    to: ((at + 1) * stepMs) / unit.size,
  }));
}

/** Room above a chart for the names of faults, below that of its axis. */
export function topMargin(faults: readonly FaultMark[], departures?: Departures): number {
  const went = departures === undefined ? 0 : namedOf(departures).length;
  return faults.length + went > 0 ? LINES_TOP + LINE_PX * linesFor(went) : MARGINS.marginTop;
}

/** Names stand in lines above a chart. */
const LINE_PX = 11;
const LINES_TOP = 24;

function linesFor(went: number): number {
  return went > 0 ? 3 : 2;
}

interface Marked {
  readonly endMs: number;
  readonly faults: readonly FaultMark[];
}

/** The times of faults as bands behind a chart, and their names along its top, with those of who went. */
export function faultMarks(
  { endMs, faults }: Marked,
  unit: Unit,
  width: number,
  departures: Departures = { marks: [], left: 0, crashed: 0 },
): Plot.Markish[] {
  const marks = faults.map(({ name, fromMs, toMs }) => ({
    name: name.length > 24 ? `${name.slice(0, 23)}…` : name,
    from: fromMs / unit.size,
    to: toMs / unit.size,
    colour: 'var(--bad)',
  }));
  const went = namedOf(departures).map(({ name, atMs, crashed }) => ({
    name: `${clipped(name, 16)} ${crashed ? 'crashes' : 'leaves'}`,
    from: atMs / unit.size,
    colour: crashed ? 'var(--bad)' : 'var(--soft)',
  }));
  const roomPx = width - MARGINS.marginLeft - MARGINS.marginRight;
  const all = inLines([...marks, ...went], linesFor(went.length), {
    pxEach: (roomPx * unit.size) / Math.max(endMs, 1),
    roomPx,
  });
  return [
    Plot.rectX(marks, {
      x1: 'from',
      x2: 'to',
      fill: 'var(--bad)',
      fillOpacity: 0.09,
      className: 'faults',
    }),
    Plot.ruleX(marks, {
      x: 'from',
      stroke: 'var(--bad)',
      strokeDasharray: '2,3',
      className: 'begin-of-faults',
    }),
    ...all.flatMap((named, line) =>
      (['start', 'end'] as const).map((textAnchor) =>
        Plot.text(
          named.filter((one) => one.anchor === textAnchor),
          {
            x: 'from',
            text: 'name',
            frameAnchor: 'top',
            dy: (line - all.length) * LINE_PX,
            dx: textAnchor === 'start' ? 3 : -3,
            textAnchor,
            fill: 'colour',
            fontSize: 11,
          },
        ),
      ),
    ),
  ];
}

/** A name that begins at its instant or, where it would leave the chart, ends there. */
type Anchored<T> = T & { readonly anchor: 'start' | 'end' };

/** Lines of names, without those for which none has room. */
function inLines<T extends { readonly name: string; readonly from: number }>(
  named: readonly T[],
  count: number,
  { pxEach, roomPx }: { readonly pxEach: number; readonly roomPx: number },
): Anchored<T>[][] {
  const SIGN_PX = 6.2;
  /** Names are a little shorter than the room that they are given, and the frame of a chart has some room, too. */
  const endOf = (at: number, { name }: T): number => at + name.length * 5.6;
  const edge = roomPx + MARGINS.marginRight + 6;
  const lines = Array.from({ length: count }, (): Anchored<T>[] => []);
  const takenTo = lines.map(() => -Infinity);
  for (const one of named.toSorted((a, b) => a.from - b.from)) {
    const at = one.from * pxEach;
    const length = one.name.length * SIGN_PX + 6;
    const anchor = endOf(at, one) > edge ? 'end' : 'start';
    const begin = anchor === 'start' ? at : at - length;
    const line = takenTo.findIndex((to) => to <= begin);
    if (line === -1) continue;
    lines[line]!.push({ ...one, anchor });
    takenTo[line] = begin + length;
  }
  return lines;
}

/** Who went: lines through the chart where they are few, else ticks along its top. */
export function departureMarks(
  { marks }: Departures,
  unit: Unit,
  height: number,
  marginTop: number,
): Plot.Markish[] {
  const TICK_PX = 9;
  return [
    Plot.ruleX(
      marks.map(({ atMs, crashed }) => ({ x: atMs / unit.size, crashed })),
      {
        x: 'x',
        stroke: ({ crashed }: { crashed: boolean }) => (crashed ? 'var(--bad)' : 'var(--soft)'),
        ...(marks.length <= NAMED_MAX
          ? { strokeDasharray: '2,3' }
          : { insetBottom: Math.max(0, height - marginTop - MARGINS.marginBottom - TICK_PX) }),
        className: 'departures',
      },
    ),
  ];
}

/** Names of more hide one another. */
const NAMED_MAX = 8;

function namedOf({ marks }: Departures): Departures['marks'] {
  return marks.length <= NAMED_MAX ? marks : [];
}

/** The end of a name that is too long for its place. */
export function clipped(name: string, signs: number): string {
  return name.length > signs ? `…${name.slice(1 - signs)}` : name;
}
