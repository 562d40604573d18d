/** The progress of a run in one line, as wide as there is room for. */
import stringWidth from 'string-width';
import wrapAnsi from 'wrap-ansi';
import { SECOND_MS } from '../../core/units.ts';
import { formatDuration, formatRate } from '../../sim/units/format.ts';
import type { GroupProgress, RunProgress } from '../../sim/engines/engine.ts';

const BAR_COLUMNS_MAX = 24;
const BAR_COLUMNS_MIN = 8;

/** `42% at 3.1 s, 104 Mbit/s, 8 peers alive, 2 of 8 complete, about 4 s left` */
export function describeProgress(progress: RunProgress, timeLeft: string): string {
  return parts(progress, timeLeft).join(', ');
}

/**
 * The same behind a label and a bar. Where it is too narrow the bar gets shorter, then parts are left out, those that
 * matter least first; the share that is done and the end of the line stay.
 */
export function progressLine(
  label: string,
  progress: RunProgress,
  timeLeft: string,
  columns: number,
): string {
  const [done, rate, alive, complete, ...left] = parts(progress, timeLeft);
  const ways = [
    [done, rate, alive, complete, ...left],
    [done, rate, complete, ...left],
    [done, complete, ...left],
    [done, ...left],
  ].map((way) => way.join(', '));
  return widestThatFits(label, progress.completion, ways, columns);
}

/** `  first-half ██████░░░░ 60%, 2 of 3 complete`, the bars below one another. */
export function groupLines(groups: readonly GroupProgress[], columns: number): string[] {
  const widest = Math.max(...groups.map(({ name }) => stringWidth(name)));
  return groups.map(({ name, completion, peersCompleted, peersToComplete }) => {
    const label = `  ${name}${' '.repeat(widest - stringWidth(name))}`;
    const share = `${Math.floor(completion * 100)}%`.padStart(4);
    return barLine(label, completion, [share, `${peersCompleted} of ${peersToComplete} complete`], columns);
  });
}

/** As wide as there is room for: a label, a bar, and the parts, of which the last are left out first. */
export function barLine(label: string, share: number, parts: readonly string[], columns: number): string {
  const ways = parts.map((_, at) => parts.slice(0, parts.length - at).join(', '));
  return widestThatFits(label, share, ways, columns);
}

/** @param ways to say it, the longest first */
function widestThatFits(label: string, share: number, ways: readonly string[], columns: number): string {
  for (const way of ways) {
    const room = columns - stringWidth(label) - stringWidth(way) - 2;
    if (room >= BAR_COLUMNS_MIN) return `${label} ${bar(share, Math.min(room, BAR_COLUMNS_MAX))} ${way}`;
  }
  const last = ways.at(-1)!;
  return `${clipped(label, columns - stringWidth(last) - 1)} ${last}`.trimStart();
}

/** Below a minute always with one decimal, so that the line does not jump; then as everywhere. */
function runningTime(ms: number): string {
  return ms < 60 * SECOND_MS ? `${(ms / SECOND_MS).toFixed(1)} s` : formatDuration(ms);
}

function parts(progress: RunProgress, timeLeft: string): readonly string[] {
  const { atMs, completion, bytesPerSec, peersAlive, peersCompleted, peersToComplete } = progress;
  return [
    `${Math.floor(completion * 100)}% at ${runningTime(atMs)}`,
    formatRate(bytesPerSec),
    `${peersAlive} ${peersAlive === 1 ? 'peer' : 'peers'} alive`,
    `${peersCompleted} of ${peersToComplete} complete`,
    ...(progress.waitingForSessions === true
      ? ['waiting for planned joins and returns']
      : timeLeft === ''
        ? []
        : [timeLeft]),
  ];
}

function bar(share: number, columns: number): string {
  const full = Math.floor(Math.min(1, Math.max(0, share)) * columns);
  return '█'.repeat(full) + '░'.repeat(columns - full);
}

function clipped(text: string, columns: number): string {
  if (stringWidth(text) <= columns) return text;
  if (columns < 2) return '';
  const [head = ''] = wrapAnsi(text, columns - 1, { hard: true, wordWrap: false }).split('\n');
  return `${head}…`;
}
