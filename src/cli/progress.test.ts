import { describe, expect, it } from 'vitest';
import { describeProgress, progressView } from './progress.ts';

const progress = {
  atMs: 3100,
  completion: 0.42,
  peersAlive: 8,
  peersCompleted: 2,
  peersToComplete: 8,
  bytesPerSec: 13_000_000,
};

/** A stream that keeps what it is told, and is no terminal. */
function pipe() {
  const lines: string[] = [];
  const stream = { isTTY: false, write: (text: string) => lines.push(text) } as unknown as NodeJS.WriteStream;
  return { lines, stream };
}

describe('progress', () => {
  it('tells completion, rate, peers and the time that is left', () => {
    expect(describeProgress(progress)).toBe(
      '42% at 3.1 s, 104 Mbit/s, 8 peers alive, 2 of 8 complete, about 4.3 s left',
    );
  });

  it('guesses no time that is left before anything has come', () => {
    expect(describeProgress({ ...progress, completion: 0, peersAlive: 1 })).toBe(
      '0% at 3.1 s, 104 Mbit/s, 1 peer alive, 2 of 8 complete',
    );
  });

  it('is a plain line about every second where stderr is a pipe', () => {
    const { lines, stream } = pipe();
    const view = progressView('run', stream, false);
    view.ready('ready');
    for (let atMs = 100; atMs <= 2500; atMs += 100) view.update({ ...progress, atMs });
    view.stop();
    expect(lines[0]).toBe('run: ready\n');
    expect(lines.slice(1).map((line) => /at (\S+) s/.exec(line)![1])).toEqual(['1.0', '2.0']);
    expect(lines.join('')).not.toContain('\u001b');
  });

  it('is silent when it is to be quiet', () => {
    const { lines, stream } = pipe();
    const view = progressView('run', stream, true);
    view.ready('ready');
    view.update(progress);
    view.stop();
    expect(lines).toEqual([]);
  });
});
