/** The picture of the swarm at an instant: peers in a ring around the tracker, transfers, faults and cuts. */
import type { ReplayChart, ReplayCut, RunCharts } from '../shared/charts.ts';
import { colourOf } from '../shared/colours.ts';
import type { SwarmAt } from '../shared/replay.ts';

/** More names around the ring would cover one another. */
const NAMES_MAX = 40;
/** More lines through the ring than these would hide it. */
const BORDERS_MAX = 24;

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
  const width = canvas.clientWidth || 600;
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
  const styles = getComputedStyle(document.documentElement);
  const colour = (name: string): string => {
    const variable = /^var\((.*)\)$/.exec(name)?.[1];
    return variable === undefined ? name : styles.getPropertyValue(variable).trim();
  };
  const pen: Pen = { context, colour };
  const centre = { x: width / 2, y: height / 2 };
  const count = swarm.peers.length;
  const areNamed = count <= NAMES_MAX && width >= 560;
  const ring = height / 2 - (areNamed ? 44 : 26);
  const radius = Math.max(3, Math.min(20, (Math.PI * ring) / Math.max(1, count) - 1.5));
  const places = swarm.peers.map((_, at) => around(centre, ring, at / count));
  const hit = new Set(activeFaults(page, swarm).flatMap(({ targets }) => targets));
  drawTracker(pen, centre, hit.has('tracker'));
  for (const [own, lines] of linesByColour(swarm, chart, page, { places, centre, ring })) {
    drawTransfers(pen, lines, own);
  }
  swarm.peers.forEach((peer, at) => {
    const own = colourOf(chart.groups[at]!, page.groups.length);
    drawPeer(pen, places[at]!, radius, {
      ...peer,
      share: peer.held / chart.totalChunks,
      colour: own,
      isHit: hit.has(peer.name),
    });
    if (areNamed) drawName(pen, centre, around(centre, ring + radius + 8, at / count), peer.name);
  });
  for (const cut of swarm.cuts) drawCut(pen, cut, { centre, ring, radius });
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
  context.beginPath();
  for (const { from, to, progress } of lines) {
    const [x, y] = [from.x + (to.x - from.x) * progress, from.y + (to.y - from.y) * progress];
    context.moveTo(x + 2.5, y);
    context.arc(x, y, 2.5, 0, 2 * Math.PI);
  }
  context.fill();
}

interface Drawn {
  readonly phase: SwarmAt['peers'][number]['phase'];
  readonly share: number;
  readonly colour: string;
  readonly isHit: boolean;
}

function drawPeer({ context, colour }: Pen, { x, y }: Place, radius: number, peer: Drawn): void {
  const isHere = peer.phase === 'present' || peer.phase === 'complete';
  context.fillStyle = colour('var(--panel)');
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fill();
  context.globalAlpha = isHere ? 1 : 0.25;
  context.fillStyle = colour(peer.colour);
  context.beginPath();
  context.moveTo(x, y);
  context.arc(x, y, radius, -Math.PI / 2, -Math.PI / 2 + 2 * Math.PI * Math.min(1, peer.share));
  context.fill();
  context.lineWidth = 1.5;
  context.setLineDash(peer.phase === 'absent' ? [2, 3] : []);
  context.strokeStyle = colour(peer.phase === 'absent' ? 'var(--soft)' : peer.colour);
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.stroke();
  context.setLineDash([]);
  context.globalAlpha = 1;
  if (peer.isHit || peer.phase === 'crashed') context.strokeStyle = colour('var(--bad)');
  if (peer.isHit) {
    context.lineWidth = 2.5;
    context.beginPath();
    context.arc(x, y, radius + 3, 0, 2 * Math.PI);
    context.stroke();
  }
  if (peer.phase !== 'crashed') return;
  context.lineWidth = 2.5;
  const arm = radius * 0.7;
  context.beginPath();
  context.moveTo(x - arm, y - arm);
  context.lineTo(x + arm, y + arm);
  context.moveTo(x + arm, y - arm);
  context.lineTo(x - arm, y + arm);
  context.stroke();
}

/** Outside of the ring, towards the edge. */
function drawName({ context, colour }: Pen, centre: Place, { x, y }: Place, name: string): void {
  context.font = '11px system-ui, sans-serif';
  context.fillStyle = colour('var(--soft)');
  const side = x - centre.x;
  context.textAlign = Math.abs(side) < 12 ? 'center' : side > 0 ? 'left' : 'right';
  context.textBaseline = y < centre.y - 20 ? 'bottom' : y > centre.y + 20 ? 'top' : 'middle';
  context.fillText(name.length > 18 ? `…${name.slice(-17)}` : name, x, y);
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
