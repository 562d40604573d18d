import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const script = fileURLToPath(new URL('../scripts/check-bounds.mjs', import.meta.url));
let reports: string;
beforeEach(() => {
  reports = mkdtempSync(join(tmpdir(), 'bounds-'));
});
afterEach(() => rmSync(reports, { recursive: true, force: true }));

interface Peer {
  readonly name: string;
  readonly uploadUtilisation: number | null;
  readonly uploadedBytes: number;
}

function report(name: string, efficiency: number | null, peers: readonly Peer[] = []): void {
  mkdirSync(join(reports, name, 'run-1'), { recursive: true });
  const result = { scenario: { name }, seed: '1', swarm: { bound: { efficiency } }, peers };
  writeFileSync(join(reports, name, 'run-1', 'result.json'), JSON.stringify(result));
}

function check() {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, reports], { encoding: 'utf8' });
  return { status, said: stdout + stderr };
}

const MIB = 2 ** 20;

describe('the check of the lower bounds', () => {
  it('is content with runs that are not faster than their bound, and with uplinks that carry what they can', () => {
    report('slow', 0.7, [{ name: 'seeder', uploadUtilisation: 1.01, uploadedBytes: 5 * MIB }]);
    report('nearly', 1.0009, [{ name: 'tiny', uploadUtilisation: 1.5, uploadedBytes: MIB - 1 }]);
    report('unlimited', null);
    const { status, said } = check();
    expect(said).toContain('2 runs with a lower bound, 1 limited uplinks');
    expect(status).toBe(0);
  });

  it('names a run that was faster, and an uplink that carried more', () => {
    report('leaky', 1.002, [{ name: 'seeder', uploadUtilisation: 1.03, uploadedBytes: MIB }]);
    const { status, said } = check();
    expect(said).toContain('leaky, seed 1: efficiency 100.20 %');
    expect(said).toContain('uplink of seeder: 103.00 % of its capacity');
    expect(status).toBe(1);
  });

  it('does not pass when there was nothing to check', () => {
    report('unlimited', null);
    expect(check().status).toBe(1);
  });
});
