import { describe, expect, it } from 'vitest';
import { barLine, describeProgress, progressLine } from './progress-line.ts';
import { FaultLines } from './fault-lines.ts';
import { progressView } from './run-progress.ts';
import { RunsProgress } from './runs-progress.ts';
import { canRedraw, columnsOf } from '../output/terminal.ts';
import { roughly, RunsLeft, TimeLeft } from './time-left.ts';

const progress = {
  atMs: 3100,
  completion: 0.42,
  peersAlive: 8,
  peersCompleted: 2,
  peersToComplete: 8,
  bytesPerSec: 13_000_000,
  groups: [],
};

/** A stream that keeps what it is told. */
function streamOf(kind: 'pipe' | 'terminal', columns = 80) {
  const lines: string[] = [];
  const stream = {
    isTTY: kind === 'terminal',
    columns,
    write: (text: string) => lines.push(text),
    on: () => undefined,
  } as unknown as NodeJS.WriteStream;
  return { lines, stream };
}

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

describe('the line of a run', () => {
  it('tells completion, rate, peers and the time that is left', () => {
    expect(describeProgress(progress, 'about 4 s left')).toBe(
      '42% at 3.1 s, 104 Mbit/s, 8 peers alive, 2 of 8 complete, about 4 s left',
    );
    expect(describeProgress({ ...progress, completion: 0, peersAlive: 1 }, '')).toBe(
      '0% at 3.1 s, 104 Mbit/s, 1 peer alive, 2 of 8 complete',
    );
  });

  it('fits any width, and keeps its end', () => {
    const lines = [200, 110, 80, 60, 40].map((columns) =>
      progressLine('flash-crowd', progress, 'about 17 h left', columns),
    );
    expect(`\n${lines.join('\n')}\n`).toMatchInlineSnapshot(`
      "
      flash-crowd ██████████░░░░░░░░░░░░░░ 42% at 3.1 s, 104 Mbit/s, 8 peers alive, 2 of 8 complete, about 17 h left
      flash-crowd ██████████░░░░░░░░░░░░░░ 42% at 3.1 s, 104 Mbit/s, 8 peers alive, 2 of 8 complete, about 17 h left
      flash-crowd ███░░░░░░ 42% at 3.1 s, 104 Mbit/s, 2 of 8 complete, about 17 h left
      flash-crowd ███████░░░░░░░░░░░ 42% at 3.1 s, about 17 h left
      flash-cro… 42% at 3.1 s, about 17 h left
      "
    `);
    for (const columns of Array.from({ length: 161 }, (_, at) => at + 40)) {
      const line = progressLine('flash-crowd', progress, 'about 17 h left', columns);
      expect(line.length).toBeLessThanOrEqual(columns);
      expect(line).toMatch(/42% at 3\.1 s.*about 17 h left$/);
    }
  });
});

describe('the line of a client', () => {
  const parts = ['40%, 48 of 120 chunks', '10.4 Mbit/s', 'from 3 clients'];

  it('fits any width, the share and the count of chunks last to go', () => {
    const lines = [120, 80, 60, 40].map((columns) => barLine('peer1', 0.4, parts, columns));
    expect(`\n${lines.join('\n')}\n`).toMatchInlineSnapshot(`
      "
      peer1 █████████░░░░░░░░░░░░░░░ 40%, 48 of 120 chunks, 10.4 Mbit/s, from 3 clients
      peer1 █████████░░░░░░░░░░░░░░ 40%, 48 of 120 chunks, 10.4 Mbit/s, from 3 clients
      peer1 ███████░░░░░░░░░░░░ 40%, 48 of 120 chunks, 10.4 Mbit/s
      peer1 ████░░░░░░░░ 40%, 48 of 120 chunks
      "
    `);
    for (const columns of Array.from({ length: 161 }, (_, at) => at + 40)) {
      const line = barLine('peer1', 0.4, parts, columns);
      expect(line.length).toBeLessThanOrEqual(columns);
      expect(line).toContain('40%, 48 of 120 chunks');
    }
  });
});

describe('the time that is left', () => {
  it('is told in words that nobody has to convert', () => {
    const told = [300, 4300, 89_000, 12 * MINUTE_MS, 63_552_000, 70 * HOUR_MS].map(roughly);
    expect(told).toEqual(['1 s', '4 s', '89 s', '12 min', '17 h', '2 days']);
  });

  it('never grows while nothing moves, and after 10 s that is said instead', () => {
    const left = new TimeLeft();
    left.update(10 * SECOND_MS, 0.5, true);
    let before = left.leftMs(10 * SECOND_MS)!;
    expect(before).toBe(10 * SECOND_MS);
    for (let atMs = 10_100; atMs < 20_000; atMs += 100) {
      left.update(atMs, 0.5, false);
      expect(left.leftMs(atMs)).toBeLessThanOrEqual(before);
      before = left.leftMs(atMs)!;
    }
    left.update(22 * SECOND_MS, 0.5, false);
    expect(left.say(22 * SECOND_MS)).toBe('nothing has arrived for 12 s');
    left.update(23 * SECOND_MS, 0.5, true);
    left.update(24 * SECOND_MS, 0.6, true);
    expect(left.say(24 * SECOND_MS)).toBe('about 16 s left');
  });

  it('is guessed neither before anything has come nor when all is there', () => {
    const left = new TimeLeft();
    left.update(1000, 0, true);
    expect(left.say(1000)).toBe('');
    left.update(2000, 1, false);
    expect(left.say(90_000)).toBe('');
  });

  it('of several runs counts those to come as those that are over', () => {
    let nowMs = 0;
    const runs = new RunsLeft(3, () => nowMs);
    runs.begin();
    nowMs = 5000;
    expect(runs.say(null)).toBe('');
    expect(runs.say(5000)).toBe('all runs in about 25 s');
    nowMs = 20_000;
    runs.end();
    runs.begin();
    expect(runs.say(5000)).toBe('all runs in about 25 s');
    runs.end();
    runs.begin();
    expect(runs.say(5000)).toBe('');
  });
});

describe('where stderr is no terminal', () => {
  it('a line comes each 10 %, and no more than one in 10 s', () => {
    const { lines, stream } = streamOf('pipe');
    const view = progressView('run', stream, { quiet: false, env: {} });
    view.ready('ready');
    // A percent a second, then two hours at one place, then a percent a minute.
    for (let at = 0; at <= 25; at++) view.update({ ...progress, atMs: at * SECOND_MS, completion: at / 100 });
    view.update({ ...progress, atMs: 2 * HOUR_MS, completion: 0.25 });
    for (let at = 26; at <= 40; at++)
      view.update({ ...progress, atMs: 2 * HOUR_MS + at * MINUTE_MS, completion: at / 100 });
    view.stop();
    expect(lines[0]).toBe('run: ready\n');
    expect(lines.slice(1).map((line) => /(\d+)% at/.exec(line)![1])).toEqual(['10', '20', '30', '40']);
    expect(lines.join('')).not.toContain('\u001b');
  });

  it('a fast run has no line but its first', () => {
    const { lines, stream } = streamOf('pipe');
    const view = progressView('run', stream, { quiet: false, env: {} });
    view.ready('ready');
    for (let at = 0; at <= 90; at++) view.update({ ...progress, atMs: at * 100, completion: at / 90 });
    expect(lines).toEqual(['run: ready\n']);
  });

  it('nothing comes when it is to be quiet', () => {
    const { lines, stream } = streamOf('pipe');
    const view = progressView('run', stream, { quiet: true });
    view.ready('ready');
    view.update(progress);
    view.stop();
    expect(lines).toEqual([]);
  });
});

/** What is on a terminal after it has been written to: as much of one as bars need. */
class Screen {
  readonly #rows: string[] = [''];
  #row = 0;
  #column = 0;

  readonly stream = {
    isTTY: true,
    columns: 100,
    rows: 30,
    on: () => undefined,
    write: (text: string) => this.#write(text),
  } as unknown as NodeJS.WriteStream;

  get text(): string[] {
    return this.#rows.map((row) => row.trimEnd()).filter((row) => row !== '');
  }

  #write(text: string): void {
    // The control sequences that a stream of Node makes of its methods.
    for (const [part] of text.matchAll(/\x1b\[\??\d*(?:;\d+)?[A-Za-z]|[^\x1b]/gu)) this.#put(part);
  }

  #put(part: string): void {
    const [, count = '', kind = ''] = /^\x1b\[\??(\d*)(?:;\d+)?([A-Za-z])$/.exec(part) ?? [];
    if (kind === 'A') this.#row -= Number(count || 1);
    else if (kind === 'G') this.#column = Number(count || 1) - 1;
    else if (kind === 'K' || kind === 'J') {
      this.#rows[this.#row] = this.#rows[this.#row]!.slice(0, this.#column);
      if (kind === 'J') this.#rows.splice(this.#row + 1);
    } else if (part === '\n') {
      this.#row++;
      this.#column = 0;
    } else if (!part.startsWith('\x1b')) {
      const row = (this.#rows[this.#row] ?? '').padEnd(this.#column);
      this.#rows[this.#row] = row.slice(0, this.#column) + part + row.slice(this.#column + 1);
      this.#column++;
    }
    while (this.#rows.length <= this.#row) this.#rows.push('');
  }
}

describe('on a terminal', () => {
  const groups = [
    { name: 'first-half', completion: 0.6, peersCompleted: 2, peersToComplete: 3 },
    { name: 'middle', completion: 0.05, peersCompleted: 0, peersToComplete: 3 },
  ];
  const view = (screen: Screen) => progressView('run', screen.stream, { quiet: false, env: {} });

  it('there is a bar of the whole and one a group, and faults stand above them', () => {
    const screen = new Screen();
    const bars = view(screen);
    bars.ready('ready');
    bars.update({ ...progress, groups });
    bars.happened('at 3 s: crash began, on peer 2');
    bars.update({ ...progress, completion: 0.5, groups });
    expect(screen.text).toEqual([
      'run: ready',
      'run: at 3 s: crash began, on peer 2',
      expect.stringMatching(
        /^run [█░]+ 50% at 3.1 s, 104 Mbit\/s, 8 peers alive, 2 of 8 complete, about 3 s left$/,
      ),
      expect.stringMatching(/^ {2}first-half █{14}░{10} {2}60%, 2 of 3 complete$/),
      expect.stringMatching(/^ {2}middle {5}█░{23} {3}5%, 0 of 3 complete$/),
    ]);
    bars.stop();
    expect(screen.text).toEqual(['run: ready', 'run: at 3 s: crash began, on peer 2']);
  });

  it('one group has no bar of its own, which would say the same', () => {
    const screen = new Screen();
    const bars = view(screen);
    bars.ready('ready');
    bars.update({ ...progress, groups: groups.slice(0, 1) });
    expect(screen.text).toHaveLength(2);
    bars.stop();
  });

  it('of several runs at once there is one bar, which makes room for what is told of a run', () => {
    const screen = new Screen();
    let nowMs = 0;
    const runs = new RunsProgress(screen.stream, {
      ...{ runs: 10, mayBeFewer: false, quiet: false, env: {} },
      now: () => nowMs,
    });
    nowMs = 2000;
    runs.end();
    expect(screen.text).toEqual([expect.stringMatching(/^1 of 10 runs █+░+ about 18 s left$/)]);
    runs.stop();
    screen.stream.write('pass\n');
    runs.end();
    expect(screen.text).toEqual(['pass', expect.stringMatching(/^2 of 10 runs .* about 8 s left$/)]);
    runs.stop();
    expect(screen.text).toEqual(['pass']);
  });
});

describe('faults', () => {
  const began = (atMs: number, occurrence = 1, targets = ['a', 'b']) =>
    ({
      type: 'fault-began',
      peer: 'laboratory',
      atMs,
      fault: 'cut',
      kind: 'reset',
      occurrence,
      targets,
    }) as const;
  const ended = (atMs: number, occurrence = 1) =>
    ({ type: 'fault-ended', peer: 'laboratory', atMs, fault: 'cut', occurrence }) as const;

  it('are told when they begin and, if they last, when they end', () => {
    const faults = new FaultLines();
    expect(faults.lineOf(began(3000))).toBe('at 3 s: cut began, on a, b');
    expect(faults.lineOf(ended(5000))).toBe('at 5 s: cut is over');
    expect(faults.lineOf(began(6000, 2, ['a', 'b', 'c', 'd', 'e']))).toBe(
      'at 6 s: cut (2) began, on a, b, c and 2 more',
    );
    expect(faults.lineOf(ended(6000, 2))).toBeNull();
    expect(faults.lineOf({ type: 'peer-left', peer: 'a', atMs: 7000 })).toBeNull();
  });

  it('that happen again and again are not told for ever', () => {
    const faults = new FaultLines();
    const lines = Array.from({ length: 100 }, (_, at) => faults.lineOf(began(at, at + 1))).filter(Boolean);
    expect(lines).toHaveLength(40);
    expect(lines.at(-1)).toContain('; the report has the faults after this one');
  });
});

describe('several runs at once, where stderr is no terminal', () => {
  const linesOf = (everyMs: number, quiet = false): string[] => {
    const { lines, stream } = streamOf('pipe');
    let nowMs = 0;
    const runs = new RunsProgress(stream, { runs: 100, mayBeFewer: true, quiet, env: {}, now: () => nowMs });
    for (let run = 1; run <= 100; run++) {
      nowMs += everyMs;
      runs.end();
    }
    return lines;
  };

  it('have a line each 10 %, and no more than one in 10 s', () => {
    expect(linesOf(60 * SECOND_MS)).toHaveLength(9);
    expect(linesOf(60 * SECOND_MS)[0]).toBe('10 of 100 runs, at most about 90 min left\n');
    expect(linesOf(500)).toHaveLength(4);
    expect(linesOf(10)).toEqual([]);
    expect(linesOf(60 * SECOND_MS, true)).toEqual([]);
  });
});

describe('a terminal', () => {
  it.each([
    [{}, true],
    [{ CI: 'true' }, false],
    [{ CI: 'false' }, true],
    [{ TERM: 'dumb' }, false],
    [{ TERM: 'xterm-256color' }, true],
  ])('with %j: a bar may move: %s', (env, moves) => {
    expect(canRedraw(streamOf('terminal').stream, env)).toBe(moves);
  });

  it('has the columns it says, a pipe those of COLUMNS or 100', () => {
    expect(columnsOf(streamOf('terminal', 60).stream, { COLUMNS: '200' })).toBe(60);
    expect(columnsOf(streamOf('pipe').stream, { COLUMNS: '70' })).toBe(70);
    expect(columnsOf(streamOf('pipe').stream, {})).toBe(100);
    expect(columnsOf(streamOf('terminal', 0).stream, {})).toBe(100);
    expect(columnsOf(streamOf('terminal', 20).stream, {})).toBe(40);
  });
});
