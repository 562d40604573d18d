import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Stage } from './stage.ts';

let stage: Stage;
beforeEach(() => {
  stage = new Stage();
});
afterEach(() => stage.close());

it('client and tracker end in order by SIGHUP, which comes when their terminal is closed', async () => {
  const { program: tracker, port } = await stage.tracker();
  stage.makeFolder('none', 4, new Map());
  const client = stage.client('alice', 'none', port);
  await client.says(/listening/);
  const lock = join(stage.folder, 'none', '.client.lock');
  expect(existsSync(lock)).toBe(true);
  client.signal('SIGHUP');
  expect(await client.ends()).toEqual({ code: 130, signal: null });
  expect(client.output).toContain('alice: left, holding 0 of 4 chunks');
  expect(existsSync(lock)).toBe(false);
  tracker.signal('SIGHUP');
  expect(await tracker.ends()).toEqual({ code: 0, signal: null });
});
