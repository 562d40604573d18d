import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { expand } from '../expand/expand.ts';
import { engineNameOf, type Plan, type PlannedPeer } from '../plan/plan.ts';
import { loadScenario } from './fixture.ts';

const names = ['', 'fleet/', 'papers/'].flatMap((folder) =>
  readdirSync(`scenarios/${folder}`)
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => `${folder}${name}`),
);

/** Bytes that the peer lacks at the start. */
function missingBytes(
  { holds }: PlannedPeer,
  { content }: Plan,
  folders: readonly ReadonlySet<number>[],
): number {
  const sizes =
    content.kind === 'folders'
      ? content.chunkBytes
      : Array.from({ length: content.totalChunks }, () => content.totalBytes / content.totalChunks);
  const held = (index: number): boolean =>
    holds.kind === 'all' ||
    (holds.kind === 'chunks' && holds.indices.includes(index)) ||
    (holds.kind === 'folder' && folders[holds.folder]!.has(index));
  return sizes.reduce((sum, bytes, at) => (held(at + 1) ? sum : sum + bytes), 0);
}

describe.each(names)('%s', (name) => {
  const path = `scenarios/${name}`;
  const text = readFileSync(path, 'utf8');
  const scenario = loadScenario(path);
  const plan = expand(scenario);
  const engine = engineNameOf(plan);

  test('opens with the schema, its question and what to look at', () => {
    const comment = text.slice(0, text.indexOf('\ndescription:'));
    const schema = `${name.includes('/') ? '..' : '.'}/scenario.schema.json`;
    expect(text.startsWith(`# yaml-language-server: $schema=${schema}\n`)).toBe(true);
    expect(comment).toContain('?');
    expect(comment).toContain('Look at');
    expect(plan.scenario.description).toMatch(/\.$/);
  });

  test('tells its finding and checks it, and the source of what it reproduces', () => {
    expect(text).toContain('\n# Finding: ');
    expect(scenario.expect).not.toEqual([]);
    if (name.startsWith('papers/')) expect(text).toContain('\n# Source: ');
  });

  const takesSeconds =
    engine === 'virtual'
      ? 'takes seconds: at most 6,000 chunks are delivered to 100 peers'
      : 'takes seconds: the whole upload capacity is busy for 0.7 to 8 s with what is missing';
  test(takesSeconds, () => {
    if (engine === 'virtual') {
      const lacking = plan.peers.filter(({ holds }) => holds.kind !== 'all');
      expect(lacking.length * plan.content.totalChunks).toBeLessThanOrEqual(6000);
      expect(plan.peers.length).toBeLessThanOrEqual(100);
      return;
    }
    const folders =
      scenario.content.kind === 'folders'
        ? scenario.content.folders.map((folder) => new Set(folder.chunks.keys()))
        : [];
    const missing = plan.peers.reduce((sum, peer) => sum + missingBytes(peer, plan, folders), 0);
    const up = plan.peers.reduce((sum, { link }) => sum + (link.upBytesPerSec ?? Infinity), 0);
    expect(missing / up).toBeGreaterThan(0.7);
    expect(missing / up).toBeLessThan(8);
    expect(plan.peers.length).toBeLessThanOrEqual(16);
  });
});
