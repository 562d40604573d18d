import { expect, test } from 'vitest';
import { RateMeter } from './rate-meter.ts';

const STEP_MS = 10;
const BYTES_PER_SEC = 1_000_000;

/** What it tells after each step of so many seconds at a steady rate. */
function told(seconds: number): number[] {
  const meter = new RateMeter(0);
  return Array.from({ length: (seconds * 1000) / STEP_MS }, (_, at) => {
    const nowMs = (at + 1) * STEP_MS;
    meter.add((BYTES_PER_SEC * STEP_MS) / 1000, nowMs);
    return meter.bytesPerSec(nowMs);
  });
}

test('a steady rate is told as what it is, within 1 %, after a tenth of a second as after a minute', () => {
  for (const rate of told(60)) expect(rate).toBeGreaterThan(0.99 * BYTES_PER_SEC);
  for (const rate of told(60).slice(100 / STEP_MS)) expect(rate).toBeLessThan(1.01 * BYTES_PER_SEC);
});

test('five seconds after the last byte less than a tenth of the rate is left', () => {
  const meter = new RateMeter(0);
  for (let nowMs = STEP_MS; nowMs <= 10_000; nowMs += STEP_MS) meter.add(10_000, nowMs);
  expect(meter.bytesPerSec(15_000)).toBeLessThan(0.1 * BYTES_PER_SEC);
});
