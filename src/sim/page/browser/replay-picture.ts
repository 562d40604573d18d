/** The picture of the swarm at an instant: peers in a ring around the tracker, transfers, faults and cuts. */
import type { ReplayChart, ReplayCut, RunCharts } from '../shared/charts.ts';
import { colourOf } from '../shared/colours.ts';
import type { SwarmAt } from '../shared/replay.ts';
import { widthOf } from './paper.ts';
import { clipped } from './scales.ts';

/** More names around the ring would cover one another. */
const NAMES_MAX = 40;
/** Signs of a name; of a longer one its end is shown. */
const NAME_SIGNS = 18;
const SIGN_PX = 6;
const RADIUS_MAX = 20;
/** More lines through the ring than these would hide it. */
const BORDERS_MAX = 24;
/** More dots than these are drawn as squares, which take a fraction of the time. */
const ROUND_MAX = 200;

/** Those that hold, but for partitions, which are drawn by themselves. */
export function activeFaults({ faults }: RunCharts, { atMs, cuts }: SwarmAt): RunCharts['faults'] {
  return faults.filter(
    ({ name, fromMs, toMs, instant }) =>
      fromMs <= atMs && atMs <= (instant ? toMs + 300 : toMs) && cuts.every((cut) => cut.name !== name),
  );
}

interface Place {
  readonly x: number;
  readonly y: number;
}

interface Pen {
  readonly context: CanvasRenderingContext2D;
  readonly colour: (name: string) => string;
}

export function drawSwarm(
  canvas: HTMLCanvasElement,
  swarm: SwarmAt,
  chart: ReplayChart,
  page: RunCharts,
): void {
  const width = widthOf(canvas) || 600;
  const height = Math.min(width, 620);
  const scale = window.devicePixelRatio || 1;
  const [columns, rows] = [Math.round(width * scale), Math.round(height * scale)];
  const context = canvas.getContext('2d')!;
  // A new size is a new picture in memory, which takes longer than all that is drawn in it.
  if (canvas.width !== columns || canvas.height !== rows) {
    canvas.width = columns;
    canvas.height = rows;
    canvas.style.height = `${height}px`;
  }
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.clearRect(0, 0, width, height);
  const pen: Pen = { context, colour: coloursOfPage() };
  const centre = { x: width / 2, y: height / 2 };
  const count = swarm.peers.length;
  const areNamed = count <= NAMES_MAX && width >= 560;
  const ring = areNamed
    ? Math.min(height / 2 - 44, width / 2 - RADIUS_MAX - 12 - nameRoom(swarm))
    : height / 2 - 26;
  const radius = Math.max(3, Math.min(RADIUS_MAX, (Math.PI * ring) / Math.max(1, count) - 1.5));
  const places = swarm.peers.map((_, at) => around(centre, ring, at / count));
  const hit = new Set(activeFaults(page, swarm).flatMap(({ targets }) => targets));
  drawTracker(pen, centre, hit.has('tracker'));
  for (const [own, lines] of linesByColour(swarm, chart, page, { places, centre, ring })) {
    drawTransfers(pen, lines, own);
  }
  const drawn = swarm.peers.map(({ name, phase, held }, at) => ({
    ...places[at]!,
    phase,
    share: Math.min(1, held / chart.totalChunks),
    colour: colourOf(chart.groups[at]!, page.groups.length),
    isHit: hit.has(name),
  }));
  drawPeers(pen, drawn, radius);
  if (areNamed) {
    swarm.peers.forEach(({ name }, at) =>
      drawName(pen, centre, around(centre, ring + radius + 8, at / count), name),
    );
  }
  for (const cut of swarm.cuts) drawCut(pen, cut, { centre, ring, radius });
}

/** Colours by name, each asked of the page once: that takes longer than to draw with it. */
function coloursOfPage(): Pen['colour'] {
  const styles = getComputedStyle(document.documentElement);
  const known = new Map<string, string>();
  return (name) => {
    const variable = /^var\((.*)\)$/.exec(name)?.[1];
    if (variable === undefined) return name;
    const colour = known.get(name) ?? styles.getPropertyValue(variable).trim();
    known.set(name, colour);
    return colour;
  };
}

function around({ x, y }: Place, radius: number, turn: number): Place {
  const angle = turn * 2 * Math.PI - Math.PI / 2;
  return { x: x + radius * Math.cos(angle), y: y + radius * Math.sin(angle) };
}

function drawTracker({ context, colour }: Pen, { x, y }: Place, isDown: boolean): void {
  context.fillStyle = colour(isDown ? 'var(--bad)' : 'var(--soft)');
  context.fillRect(x - 9, y - 9, 18, 18);
  context.font = '12px system-ui, sans-serif';
  context.textAlign = 'center';
  context.textBaseline = 'alphabetic';
  context.fillText(isDown ? 'tracker down' : 'tracker', x, y + 26);
}

interface Line {
  readonly from: Place;
  readonly to: Place;
  readonly progress: number;
}

/** Transfers by the colour of their sender; what comes from a peer that is not shown comes from the rim. */
function linesByColour(
  { transfers, peers }: SwarmAt,
  { groups }: ReplayChart,
  page: RunCharts,
  {
    places,
    centre,
    ring,
  }: { readonly places: readonly Place[]; readonly centre: Place; readonly ring: number },
): Map<string, Line[]> {
  const byColour = new Map<string, Line[]>();
  for (const { from, to, progress } of transfers) {
    const start = from === null ? around(centre, ring + 40, to / peers.length) : places[from]!;
    const own = colourOf(from === null ? -1 : groups[from]!, page.groups.length);
    const lines = byColour.get(own) ?? [];
    byColour.set(own, lines);
    lines.push({ from: start, to: places[to]!, progress });
  }
  return byColour;
}

/** All lines of a colour as one path, and all dots as another. */
function drawTransfers({ context, colour }: Pen, lines: readonly Line[], own: string): void {
  context.strokeStyle = colour(own);
  context.fillStyle = colour(own);
  context.globalAlpha = 0.35;
  context.lineWidth = 1;
  context.beginPath();
  for (const { from, to } of lines) {
    context.moveTo(from.x, from.y);
    context.lineTo(to.x, to.y);
  }
  context.stroke();
  context.globalAlpha = 1;
  const dots = lines.map(({ from, to, progress }) => ({
    x: from.x + (to.x - from.x) * progress,
    y: from.y + (to.y - from.y) * progress,
  }));
  if (dots.length > ROUND_MAX) for (const { x, y } of dots) context.fillRect(x - 2, y - 2, 4, 4);
  else {
    tracePath(context, dots, (dot) => circle(context, dot, 2.5));
    context.fill();
  }
}

/** One path of many parts: to draw each by itself takes longer. */
function tracePath<T>(
  context: CanvasRenderingContext2D,
  parts: readonly T[],
  trace: (part: T) => void,
): void {
  context.beginPath();
  for (const part of parts) trace(part);
}

function circle(context: CanvasRenderingContext2D, { x, y }: Place, radius: number): void {
  context.moveTo(x + radius, y);
  context.arc(x, y, radius, 0, 2 * Math.PI);
}

interface Drawn extends Place {
  readonly phase: SwarmAt['peers'][number]['phase'];
  /** 0 to 1. */
  readonly share: number;
  readonly colour: string;
  readonly isHit: boolean;
}

/** Those that look alike at once. */
function drawPeers(pen: Pen, peers: readonly Drawn[], radius: number): void {
  const { context, colour } = pen;
  context.fillStyle = colour('var(--panel)');
  tracePath(context, peers, (peer) => circle(context, peer, radius));
  context.fill();
  const alike = new Map<string, Drawn[]>();
  for (const peer of peers) {
    const look = `${peer.colour} ${peer.phase}`;
    const others = alike.get(look);
    if (others === undefined) alike.set(look, [peer]);
    else others.push(peer);
  }
  for (const some of alike.values()) drawAlike(pen, some, radius);
  context.strokeStyle = colour('var(--bad)');
  context.lineWidth = 2.5;
  const hit = peers.filter(({ isHit }) => isHit);
  tracePath(context, hit, (peer) => circle(context, peer, radius + 3));
  context.stroke();
  const crashed = peers.filter(({ phase }) => phase === 'crashed');
  tracePath(context, crashed, (peer) => cross(context, peer, radius * 0.7));
  context.stroke();
}

/** Peers of one colour and phase: how much they hold, and their rims. */
function drawAlike({ context, colour }: Pen, peers: readonly Drawn[], radius: number): void {
  const { phase, colour: own } = peers[0]!;
  const isHere = phase === 'present' || phase === 'complete';
  context.globalAlpha = isHere ? 1 : 0.25;
  context.fillStyle = colour(own);
  tracePath(context, peers, ({ x, y, share }) => {
    context.moveTo(x, y);
    context.arc(x, y, radius, -Math.PI / 2, -Math.PI / 2 + 2 * Math.PI * share);
    context.closePath();
  });
  context.fill();
  context.lineWidth = 1.5;
  context.setLineDash(phase === 'absent' ? [2, 3] : []);
  context.strokeStyle = colour(phase === 'absent' ? 'var(--soft)' : own);
  tracePath(context, peers, (peer) => circle(context, peer, radius));
  context.stroke();
  context.setLineDash([]);
  context.globalAlpha = 1;
}

function cross(context: CanvasRenderingContext2D, { x, y }: Place, arm: number): void {
  context.moveTo(x - arm, y - arm);
  context.lineTo(x + arm, y + arm);
  context.moveTo(x + arm, y - arm);
  context.lineTo(x - arm, y + arm);
}

/** What the longest name takes beside the ring. */
function nameRoom({ peers }: SwarmAt): number {
  return SIGN_PX * Math.min(NAME_SIGNS, Math.max(...peers.map(({ name }) => name.length)));
}

/** Outside of the ring, towards the edge. */
function drawName({ context, colour }: Pen, centre: Place, { x, y }: Place, name: string): void {
  context.font = '11px system-ui, sans-serif';
  context.fillStyle = colour('var(--soft)');
  const side = x - centre.x;
  context.textAlign = Math.abs(side) < 12 ? 'center' : side > 0 ? 'left' : 'right';
  context.textBaseline = y < centre.y - 20 ? 'bottom' : y > centre.y + 20 ? 'top' : 'middle';
  context.fillText(clipped(name, NAME_SIGNS), x, y);
}

interface Ring {
  readonly centre: Place;
  readonly ring: number;
  readonly radius: number;
}

/** A line through the ring between neighbours of different sides; where these are many, a ring around each peer. */
function drawCut(pen: Pen, { sides, tracker }: ReplayCut, { centre, ring, radius }: Ring): void {
  const { context, colour } = pen;
  const count = sides.length;
  const borders = sides.flatMap((side, at) => (side === sides[(at + 1) % count] ? [] : [at]));
  context.strokeStyle = colour('var(--bad)');
  context.lineWidth = 2;
  if (borders.length <= BORDERS_MAX) {
    context.setLineDash([7, 5]);
    for (const at of borders) {
      const [inner, outer] = [24, ring + radius + 14].map((far) => around(centre, far, (at + 0.5) / count));
      context.beginPath();
      context.moveTo(inner!.x, inner!.y);
      context.lineTo(outer!.x, outer!.y);
      context.stroke();
    }
  } else {
    sides.forEach((side, at) => {
      if (side === -1) return;
      context.setLineDash(side === 0 ? [] : [2 + 2 * side, 3]);
      const { x, y } = around(centre, ring, at / count);
      context.beginPath();
      context.arc(x, y, radius + 3, 0, 2 * Math.PI);
      context.stroke();
    });
  }
  context.setLineDash([]);
  if (tracker === -1) return;
  // Around the tracker, towards those that do not reach it.
  sides.forEach((side, at) => {
    if (side === -1 || side === tracker) return;
    const angle = (turn: number): number => turn * 2 * Math.PI - Math.PI / 2;
    context.beginPath();
    context.arc(centre.x, centre.y, 17, angle((at - 0.5) / count), angle((at + 0.5) / count));
    context.stroke();
  });
}
