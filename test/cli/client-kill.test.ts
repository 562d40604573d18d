/** The real client, killed while chunks come. */
import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { seededRandom } from '../../src/core/random.ts';
import { Stage } from './stage.ts';

let stage: Stage;
beforeEach(() => {
  stage = new Stage();
});
afterEach(() => stage.close());

const TOTAL = 400;
const KILLS = 12;

it('keeps every chunk that it told as received, whenever it is killed', async () => {
  const seed = randomBytes(4).toString('hex');
  const random = seededRandom(seed);
  const chunks = Array.from({ length: TOTAL }, (_, at) => [at + 1, randomBytes(4096)] as const);
  stage.makeFolder('all', TOTAL, new Map(chunks));
  stage.makeFolder('mine', TOTAL, new Map());
  const { port } = await stage.tracker();
  // A connection for each chunk leaves time to be killed.
  const usual = ['-trusted_tracker', '-protocol', 'spec'];
  await stage.client('seeder', 'all', port, '-trusted_tracker', '-protocol', 'swarm').says(/joined/);

  let kept = 0;
  const rows: { readonly told: number; readonly kept: number }[] = [];
  for (let kill = 1; kill <= KILLS; kill++) {
    const client = stage.client('mine', 'mine', port, ...usual);
    const [, held] = await client.says(/holding (\d+) of 400/);
    rows.push({ told: kept, kept: Number(held) });
    const more = 1 + random.int(20);
    await client.says(new RegExp(`(?:chunk received [^]*?){${more}}`));
    client.signal('SIGKILL');
    await client.ends();
    kept = Number(held) + (client.output.match(/chunk received/g)?.length ?? 0);
  }
  const fast = ['-trusted_tracker', '-protocol', 'swarm', '-exit_when_complete'];
  const last = stage.client('mine', 'mine', port, ...fast);
  const [, held] = await last.says(/holding (\d+) of 400/);
  rows.push({ told: kept, kept: Number(held) });
  for (const row of rows)
    expect(row.kept, `seed ${seed}: ${JSON.stringify(rows)}`).toBeGreaterThanOrEqual(row.told);
  expect(await last.ends()).toEqual({ code: 0, signal: null });
  expect(stage.hashes('mine', TOTAL)).toEqual(stage.hashes('all', TOTAL));
}, 240_000);
