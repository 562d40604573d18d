import { describe, expect, it } from 'vitest';
import { Patience } from './patience.ts';

describe('patience', () => {
  it('doubles whenever the limit strikes, and an answer takes that back', () => {
    const patience = new Patience(1000);
    patience.struck();
    patience.struck();
    expect(patience.limitMs).toBe(4000);
    patience.heard(10);
    expect(patience.limitMs).toBe(1000);
  });

  it('follows slow answers: the smoothed time and four times its variation', () => {
    const patience = new Patience(1000);
    patience.heard(8000);
    expect(patience.limitMs).toBe(8000 + 4 * 4000);
    for (let count = 0; count < 50; count++) patience.heard(8000);
    expect(patience.limitMs).toBeCloseTo(8000, -1);
  });

  it('begins with what is usual among others', () => {
    const all = new Patience(1000);
    new Patience(1000, all).heard(8000);
    expect(new Patience(1000, all).limitMs).toBe(all.limitMs);
  });
});
