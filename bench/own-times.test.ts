import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { ownMs } from './own-times.ts';

it.runIf(process.platform === 'linux')('a program that was started and has ended counts as own time', () => {
  const before = ownMs();
  const own = process.cpuUsage();
  const burn = 'const { user } = process.cpuUsage(); while (process.cpuUsage().user < user + 500_000);';
  expect(spawnSync(process.execPath, ['--eval', burn]).status).toBe(0);
  const { user, system } = process.cpuUsage(own);
  expect(ownMs() - before - (user + system) / 1000).toBeGreaterThan(450);
});
