import { SingleBar } from 'cli-progress';
import { expect, it } from 'vitest';
import { guarded } from './escape-sequences.ts';

it('a bar that moves reaches a terminal as it is: cursor saved, line cleared, cursor put back', () => {
  const written: string[] = [];
  const stream = {
    isTTY: true,
    columns: 60,
    write: (text: string) => written.push(text),
    on: () => undefined,
  } as unknown as NodeJS.WriteStream;
  const bar = new SingleBar({ stream, format: '{value}', hideCursor: true, clearOnComplete: true });
  bar.start(2, 0);
  bar.update(1);
  bar.stop();
  const text = written.join('');
  expect(text).toContain('\u001b7');
  expect(text).toContain('\u001b8');
  expect(guarded(text, true)).toBe(text);
});

it('other sequences act on no terminal, and none at all acts on a file', () => {
  expect(guarded('\u001b[1mbold\u001b[22m \u001b]0;title\u0007', true)).toBe(
    '\u001b[1mbold\u001b[22m ␛]0;title␇',
  );
  expect(guarded('\u001b7\u001b[1m', false)).toBe('␛7␛[1m');
});
