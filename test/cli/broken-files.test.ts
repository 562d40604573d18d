import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, rmSync, rmdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Stage, until } from './stage.ts';

const TOTAL = 6;
const chunks = new Map(Array.from({ length: TOTAL }, (_, at) => [at + 1, randomBytes(20_000 + at)]));
const others = [...chunks.keys()].filter((index) => index !== 4);

let stage: Stage;
beforeEach(() => {
  stage = new Stage();
});
afterEach(() => stage.close());

describe.each([
  { protocol: 'spec', harm: 'removed' },
  { protocol: 'spec', harm: 'cut short' },
  { protocol: 'swarm', harm: 'removed' },
  { protocol: 'swarm', harm: 'cut short' },
])('a seeder one of whose chunk files is $harm ($protocol protocol)', ({ protocol, harm }) => {
  const options = ['-trusted_tracker', '-protocol', protocol];

  it('serves all the others, says so once, and fetches the chunk from who brings it', async () => {
    const { port } = await stage.tracker();
    const folder = stage.makeFolder('seed', TOTAL, chunks);
    stage.makeFolder('none', TOTAL, new Map());
    const seeder = stage.client('bob', 'seed', port, ...options);
    await seeder.says(/listening/);
    if (harm === 'removed') rmSync(join(folder, 'chunk_4'));
    else truncateSync(join(folder, 'chunk_4'), 5);
    const leecher = stage.client('alice', 'none', port, ...options, '-exit_when_complete');
    await until(() => stage.heldIndices('none').length === TOTAL - 1);
    expect(stage.heldIndices('none')).toEqual(others);
    await seeder.says(/bob: chunk 4 is no longer offered.*chunk_4/);

    stage.makeFolder('one', TOTAL, new Map([[4, chunks.get(4)!]]));
    stage.client('carol', 'one', port, ...options);
    expect(await leecher.ends()).toEqual({ code: 0, signal: null });
    await seeder.says(/complete, holding 6 of 6/);
    expect(stage.hashes('seed', TOTAL)).toEqual([...chunks.values()].map(sha1));
    expect(seeder.output.match(/is no longer offered/g)).toHaveLength(1);
    seeder.signal('SIGINT');
    expect(await seeder.ends()).toEqual({ code: 0, signal: null });
  });
});

describe.each(['spec', 'swarm'])('a leecher whose disk does not take a chunk (%s protocol)', (protocol) => {
  it('says so once, serves what it has, and tries again until it is complete', async () => {
    const { port } = await stage.tracker();
    const options = ['-trusted_tracker', '-protocol', protocol];
    stage.makeFolder('seed', TOTAL, chunks);
    const none = stage.makeFolder('none', TOTAL, new Map());
    // A folder that is not empty stands where the file should come.
    mkdirSync(join(none, 'chunk_4'));
    writeFileSync(join(none, 'chunk_4', 'in the way'), '');
    const seeder = stage.client('bob', 'seed', port, ...options);
    await seeder.says(/listening/);
    const leecher = stage.client('alice', 'none', port, ...options, '-exit_when_complete');
    await until(() => stage.heldIndices('none').length === TOTAL - 1);
    await leecher.says(/alice: cannot keep .*chunk_4.*continues with the chunks it holds, and tries again/);
    seeder.signal('SIGINT');
    await seeder.ends();

    stage.makeFolder('last', TOTAL, new Map([[4, chunks.get(4)!]]));
    const third = stage.client('carol', 'last', port, ...options, '-exit_when_complete', '30');
    await third.says(/complete, holding 6 of 6/);
    expect(leecher.output.match(/continues with the chunks it holds/g)).toHaveLength(1);
    rmSync(join(none, 'chunk_4', 'in the way'));
    rmdirSync(join(none, 'chunk_4'));
    expect(await leecher.ends()).toEqual({ code: 0, signal: null });
    expect(stage.hashes('none', TOTAL)).toEqual(stage.hashes('seed', TOTAL));
    expect(stage.heldIndices('last')).toHaveLength(TOTAL);
  });
});

function sha1(content: Buffer): string {
  return createHash('sha1').update(content).digest('hex');
}
