import { describe, expect, it } from 'vitest';
import { fitLines, fitProse } from './fit-lines.ts';

const MISTAKE = [
  'x.yaml:5:59: sweep.product.defaults.policy.slots: unknown key; known: picker, upload_slots, super_seeding',
  '    5 | sweep: { product: { defaults.policy.upload_slots: [1, 8], defaults.policy.slots: [1, 8] } }',
  `      | ${' '.repeat(58)}^`,
].join('\n');

const HELP = `Measures parts of the system, and whole swarms beside a plain Node star.

Options:
  --list            only name the benchmarks

Examples:
  swarm-lab bench --micro
      some micro-benchmarks, and what stands
      on the next line

Exit codes: 0 all measured, whatever came out; 1 a benchmark
failed, the others are saved.`;

describe('lines on a terminal', () => {
  it('break between words, and go on further in', () => {
    expect(fitLines('pass with baseline, seed 1: makespan 339 ms, goodput 18.6 Mbit/s', 43)).toBe(
      'pass with baseline, seed 1: makespan\n  339 ms, goodput 18.6 Mbit/s',
    );
    expect(fitLines('  report: reports/a-long-name/2026-11-29T02-56-01Z-1', 40)).toBe(
      '  report:\n    reports/a-long-name/2026-11-29T02-56-01Z-1',
    );
  });

  it('of a mistake show the part of the source that the caret points at', () => {
    expect(`\n${fitLines(MISTAKE, 60)}\n`).toMatchInlineSnapshot(`
      "
      x.yaml:5:59: sweep.product.defaults.policy.slots: unknown
        key; known: picker, upload_slots, super_seeding
          5 | …cy.upload_slots: [1, 8], defaults.policy.slots: [1…
            |                           ^
      "
    `);
    expect(fitLines(MISTAKE, 200)).toBe(MISTAKE);
  });

  it('are never wider than the terminal, and lose no word', () => {
    const words = (text: string): string[] => text.split(/\s+/).filter((word) => word !== '');
    for (const columns of Array.from({ length: 141 }, (_, at) => at + 60)) {
      for (const text of [fitLines(MISTAKE, columns), fitProse(HELP, columns)]) {
        for (const line of text.split('\n')) expect(line.length, line).toBeLessThanOrEqual(columns);
      }
      const [source, caret] = fitLines(MISTAKE, columns).split('\n').slice(-2) as [string, string];
      expect(source.slice(caret.length - 1), String(columns)).toMatch(/^def/);
      expect(words(fitProse(HELP, columns))).toEqual(words(HELP));
    }
  });

  it('of prose are one paragraph again before they are broken', () => {
    expect(fitProse('One sentence that goes\non here.\n\nA list:\n  a b\n  c d', 30)).toBe(
      'One sentence that goes on\nhere.\n\nA list:\n  a b\n  c d',
    );
  });
});
