/** Pages of large swarms: as small as promised, by showing a part and saying so. Their events are made up. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { SwarmEvent } from '../../src/core/events.ts';
import {
  at,
  peerRecord,
  plannedPeer,
  planOf,
  recordOf,
  testEnvironment,
  traffic,
} from '../../src/sim/measure/fixture.ts';
import { Measurement } from '../../src/sim/measure/measure.ts';
import { StoryFold } from '../../src/sim/page/data/story-fold.ts';
import { renderRunPage } from '../../src/sim/page/html/run-page.ts';
import { pageScript } from '../../src/sim/page/page-script.ts';
import { unlimitedLink } from '../../src/sim/plan/plan.ts';
import { openFile, startChromium } from '../support/chromium.ts';

const CHUNK_BYTES = 65_536;
const link = { ...unlimitedLink, upBytesPerSec: 1e6, downBytesPerSec: 4e6 };

const folder = mkdtempSync(join(tmpdir(), 'large-page-'));
let browser: Browser;
beforeAll(async () => {
  browser = await startChromium();
});
afterAll(async () => {
  await browser.close();
  rmSync(folder, { recursive: true });
});

/** Every peer gets every chunk, from one of thirty others, in an order and with delays that are not regular. */
function* eventsOf(names: readonly string[], chunks: number): Generator<SwarmEvent> {
  for (const [peer, name] of names.entries()) {
    const heldChunks = peer === 0 ? chunks : 0;
    yield {
      type: 'peer-joined',
      atMs: 0,
      peer: name,
      address: at(peer + 1),
      protocol: 'swarm',
      heldChunks,
      totalChunks: chunks,
    };
  }
  for (let turn = 1; turn <= chunks; turn++) {
    for (let peer = 1; peer < names.length; peer++) {
      const index = ((turn * 7919 + peer) % chunks) + 1;
      const from = at(((peer * 37 + 997 * ((turn * peer) % 30)) % names.length) + 1);
      const atMs = turn * 100 + (80 * peer) / names.length;
      const tookMs = 50 + ((turn * 31 + peer * 17) % 800);
      yield { type: 'chunk-received', atMs, peer: names[peer]!, index, from, bytes: CHUNK_BYTES, tookMs };
      if (turn === chunks) yield { type: 'peer-completed', atMs, peer: names[peer]! };
    }
  }
}

function pageOf(peers: number, chunks: number): string {
  const groups = ['north', 'south', 'east'];
  const plan = planOf(
    [
      plannedPeer('seeder', { holds: { kind: 'all' }, link }),
      ...Array.from({ length: peers - 1 }, (_, one) =>
        plannedPeer(`${groups[one % 3]!}/${one + 1}`, { link }),
      ),
    ],
    {
      content: {
        kind: 'generated',
        totalChunks: chunks,
        totalBytes: chunks * CHUNK_BYTES,
        chunkBytes: CHUNK_BYTES,
        seed: 'c',
      },
    },
  );
  const story = new StoryFold(plan);
  const measurement = new Measurement(plan);
  const names = plan.peers.map(({ name }) => name);
  for (const event of eventsOf(names, chunks)) {
    story.see(event);
    measurement.see(event);
  }
  const bytes = chunks * CHUNK_BYTES;
  const record = recordOf(
    [],
    names.map((name) =>
      peerRecord(name, { traffic: traffic({ payloadSentBytes: bytes, payloadReceivedBytes: bytes }) }),
    ),
    { elapsedMs: chunks * 100 + 80, chunkBytes: Array.from({ length: chunks }, () => CHUNK_BYTES) },
  );
  return renderRunPage(story.story(measurement.result(record, testEnvironment)), pageScript('page'));
}

it('of 100 peers with 1,000 chunks is smaller than 2 MB, and has every transfer', () => {
  const page = pageOf(100, 1000);
  expect(Buffer.byteLength(page)).toBeLessThan(2e6);
  expect(page).toContain('Every transfer is shown.');
});

it('of 10,000 peers is smaller than 8 MB, opens, and says what it leaves out', async () => {
  const page = pageOf(10_000, 20);
  expect(Buffer.byteLength(page)).toBeLessThan(8e6);
  const file = join(folder, 'large.html');
  writeFileSync(file, page);
  const { page: opened, trouble } = await openFile(browser, file);
  expect(trouble).toEqual([]);
  const told = async (chart: string): Promise<string> =>
    opened.locator(`figure[data-chart="${chart}"] figcaption p`).innerText();
  expect(await told('replay')).toContain('200 peers of 10,000, evenly chosen');
  expect(await told('lanes')).toContain('Shown are 120 peers');
  expect(await told('shares')).toContain('Shown are 150 of 10,000 peers');
  expect(await told('completion')).toContain('9,999 of 9,999 peers that had something to get completed');
  expect(await opened.locator('figure[data-chart="flows"] .flows rect').count()).toBeGreaterThan(8);
  await opened.close();
});
