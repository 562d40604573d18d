/** The replay: a canvas with the peers in a ring around the tracker, a slider, and a sentence that says what is seen. */
import { formatDuration } from '../../units/format.ts';
import type { ReplayChart, RunCharts } from '../shared/charts.ts';
import { openReplay, type ReplayWindow, type SwarmAt } from '../shared/replay.ts';
import { element } from './elements.ts';
import { Player } from './player.ts';
import { activeFaults, drawSwarm } from './replay-picture.ts';

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
  const show = (): void => {
    const swarm = replay.swarmAt(player.atMs);
    drawSwarm(canvas, swarm, chart, page);
    const text = player.isOpening ? `${openingWords(chart)}: ${tell(swarm, page)}` : tell(swarm, page);
    status.textContent = text;
    slider.value = String((player.atMs / page.endMs) * STEPS);
    slider.setAttribute('aria-valuetext', text);
    speed.value = String(player.speed);
    play.textContent = player.plays ? '❚❚ Pause' : '▶ Play';
    figure.dataset['atMs'] = String(player.atMs);
  };
  const player = new Player({ openMs: chart.openMs, endMs: page.endMs, onChange: show });
  play.addEventListener('click', () => player.toggle());
  slider.addEventListener('input', () => player.move((Number(slider.value) / STEPS) * page.endMs));
  speed.addEventListener('change', () => (player.speed = Number(speed.value)));
  const offered: ReplayWindow['replay'] = {
    swarmAt: (ms) => replay.swarmAt(ms),
    chosen: () => player.chosen,
    goOn: (place) => player.goOn(place),
  };
  Object.assign(window, { replay: offered } satisfies ReplayWindow);
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

/** Why it does not open at its start, where nobody has anything yet; by the button it plays from there. */
function openingWords({ transfers }: ReplayChart): string {
  return transfers === '' ? 'Half-way' : 'With about half of all transfers done';
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
