/** The replay: a canvas with the peers in a ring around the tracker, a slider, and a sentence that says what is seen. */
import { formatDuration } from '../../units/format.ts';
import type { ReplayChart, RunCharts } from '../shared/charts.ts';
import { colourOf } from '../shared/colours.ts';
import { openReplay, type SwarmAt } from '../shared/replay.ts';
import { element } from './elements.ts';

/** How long the whole run lasts at the normal speed. */
const WHOLE_SECONDS = 20;
/** More names around the ring would cover one another. */
const NAMES_MAX = 40;
/** Steps of the slider. */
const STEPS = 1000;

/** Puts the replay into its place; what is returned draws it again, as after a change of colours or size. */
export function showReplay(figure: HTMLElement, chart: ReplayChart, page: RunCharts): () => void {
  const replay = openReplay(chart);
  const canvas = element('canvas');
  const status = element('p', { class: 'status' });
  const play = element('button', { type: 'button' }, '▶ Play');
  const slider = element('input', {
    type: 'range',
    min: '0',
    max: String(STEPS),
    value: '0',
    'aria-label': 'Time of the run',
  });
  const speed = element(
    'select',
    {},
    ...['0.25', '0.5', '1', '2', '4'].map((value) => element('option', { value }, `${value} ×`)),
  );
  speed.value = '1';
  const controls = element('div', { class: 'controls' }, play, slider, element('label', {}, 'Speed ', speed));
  figure.querySelector('.plot')!.replaceChildren(canvas);
  figure.querySelector('.plot')!.before(controls);
  figure.querySelector('.plot')!.after(status);
  figure.querySelector('details')?.remove();
  figure.querySelector('.controls[hidden]')?.remove();
  let atMs = 0;
  let lastFrame: number | undefined;
  const show = (): void => {
    const swarm = replay.swarmAt(atMs);
    drawSwarm(canvas, swarm, chart, page);
    const text = tell(swarm, page);
    status.textContent = text;
    slider.setAttribute('aria-valuetext', text);
    figure.dataset['atMs'] = String(atMs);
  };
  const stop = (): void => {
    lastFrame = undefined;
    play.textContent = '▶ Play';
  };
  const frame = (now: number): void => {
    if (lastFrame === undefined) return;
    atMs = Math.min(
      page.endMs,
      atMs + ((now - lastFrame) / 1000 / WHOLE_SECONDS) * page.endMs * Number(speed.value),
    );
    lastFrame = now;
    slider.value = String((atMs / page.endMs) * STEPS);
    show();
    if (atMs >= page.endMs) stop();
    else requestAnimationFrame(frame);
  };
  play.addEventListener('click', () => {
    if (lastFrame !== undefined) {
      stop();
      return;
    }
    if (atMs >= page.endMs) atMs = 0;
    play.textContent = '❚❚ Pause';
    lastFrame = performance.now();
    requestAnimationFrame(frame);
  });
  slider.addEventListener('input', () => {
    atMs = (Number(slider.value) / STEPS) * page.endMs;
    show();
  });
  Object.assign(window, { swarmAt: (ms: number) => replay.swarmAt(ms) });
  return show;
}

function activeFaults({ faults }: RunCharts, atMs: number): RunCharts['faults'] {
  return faults.filter(
    ({ fromMs, toMs, instant }) => fromMs <= atMs && atMs <= (instant ? toMs + 300 : toMs),
  );
}

function tell({ atMs, peers, transfers }: SwarmAt, page: RunCharts): string {
  const count = (...phases: readonly string[]): number =>
    peers.filter(({ phase }) => phases.includes(phase)).length;
  const gone = count('left', 'crashed');
  return [
    formatDuration(atMs),
    `${count('present', 'complete')} of ${peers.length} peers present`,
    `${count('complete')} of them complete`,
    ...(gone > 0 ? [`${gone} gone`] : []),
    `${transfers.length} transfers under way`,
    ...activeFaults(page, atMs).map(({ name }) => `fault: ${name}`),
  ].join('; ');
}

interface Place {
  readonly x: number;
  readonly y: number;
}

interface Pen {
  readonly context: CanvasRenderingContext2D;
  readonly colour: (name: string) => string;
}

function drawSwarm(canvas: HTMLCanvasElement, swarm: SwarmAt, chart: ReplayChart, page: RunCharts): void {
  const width = canvas.clientWidth || 600;
  const height = Math.min(width, 620);
  const scale = window.devicePixelRatio || 1;
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  canvas.style.height = `${height}px`;
  const context = canvas.getContext('2d')!;
  context.scale(scale, scale);
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
  const faults = activeFaults(page, swarm.atMs);
  const hit = new Set(faults.flatMap(({ targets }) => targets));
  drawTracker(pen, centre, hit.has('tracker'));
  for (const { from, to, progress } of swarm.transfers) {
    const end = places[to]!;
    const start = from === null ? around(centre, ring + 40, to / count) : places[from]!;
    drawTransfer(
      pen,
      start,
      end,
      progress,
      colourOf(from === null ? -1 : chart.groups[from]!, page.groups.length),
    );
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

function drawTransfer({ context, colour }: Pen, from: Place, to: Place, progress: number, own: string): void {
  context.strokeStyle = colour(own);
  context.fillStyle = colour(own);
  context.globalAlpha = 0.35;
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(from.x, from.y);
  context.lineTo(to.x, to.y);
  context.stroke();
  context.globalAlpha = 1;
  context.beginPath();
  context.arc(from.x + (to.x - from.x) * progress, from.y + (to.y - from.y) * progress, 2.5, 0, 2 * Math.PI);
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
