/** The replay: a canvas with the peers in a ring around the tracker, a slider, and a sentence that says what is seen. */
import { formatDuration } from '../../units/format.ts';
import type { ReplayChart, RunCharts } from '../shared/charts.ts';
import { openReplay, type SwarmAt } from '../shared/replay.ts';
import { element } from './elements.ts';
import { activeFaults, drawSwarm } from './replay-picture.ts';

/** How long the whole run lasts at the normal speed. */
const WHOLE_SECONDS = 20;
/** Steps of the slider. */
const STEPS = 1000;

/** Puts the replay into its place; what is returned draws it again, as after a change of colours or size. */
export function showReplay(figure: HTMLElement, chart: ReplayChart, page: RunCharts): () => void {
  const replay = openReplay(chart);
  const canvas = element('canvas');
  const status = element('p', { class: 'status' });
  const play = element('button', { type: 'button' }, '▶ Play');
  const slider = newSlider();
  const speed = newSpeeds();
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
  let shownMs = 0;
  whilePrinting(
    () => {
      shownMs = atMs;
      if (atMs === 0) atMs = page.endMs / 2;
      show();
    },
    () => {
      atMs = shownMs;
      show();
    },
  );
  Object.assign(window, { swarmAt: (ms: number) => replay.swarmAt(ms) });
  return show;
}

function newSlider(): HTMLInputElement {
  const max = String(STEPS);
  return element('input', { type: 'range', min: '0', max, value: '0', 'aria-label': 'Time of the run' });
}

function newSpeeds(): HTMLSelectElement {
  const values = ['0.25', '0.5', '1', '2', '4'];
  const speed = element('select', {}, ...values.map((value) => element('option', { value }, `${value} ×`)));
  speed.value = '1';
  return speed;
}

/** On paper nobody plays it: half-way tells more than the start. */
function whilePrinting(begin: () => void, end: () => void): void {
  window.addEventListener('beforeprint', begin);
  window.addEventListener('afterprint', end);
}

function tell(swarm: SwarmAt, page: RunCharts): string {
  const { atMs, peers, transfers, cuts } = swarm;
  const count = (...phases: readonly string[]): number =>
    peers.filter(({ phase }) => phases.includes(phase)).length;
  const gone = count('left', 'crashed');
  return [
    formatDuration(atMs),
    `${count('present', 'complete')} of ${peers.length} peers present`,
    `${count('complete')} of them complete`,
    ...(gone > 0 ? [`${gone} gone`] : []),
    `${transfers.length} transfers under way`,
    ...activeFaults(page, swarm).map(({ name }) => `fault: ${name}`),
    ...cuts.map(({ name, sides }) => `cut: ${name}, ${describeSides(sides)}`),
  ].join('; ');
}

/** `6 | 5 peers`. */
function describeSides(sides: readonly number[]): string {
  const counts: number[] = [];
  for (const side of sides) if (side >= 0) counts[side] = (counts[side] ?? 0) + 1;
  return `${counts.join(' | ')} peers`;
}
