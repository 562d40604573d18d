import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { ConfigError } from '../../core/errors.ts';
import { loadScenario } from './fixture.ts';

const folder = mkdtempSync(join(tmpdir(), 'scenario-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function messageOf(path: string): string {
  try {
    loadScenario(path);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as ConfigError).message;
  }
  throw new Error('the scenario was loaded');
}

describe('loading', () => {
  test('reads a file and names the scenario after it', () => {
    const path = join(folder, 'tiny.yaml');
    writeFileSync(
      path,
      'content: { generate: { size: 1kB } }\npeers: { seeder: { holds: all }, leecher: {} }\n',
    );
    expect(loadScenario(path, { sets: ['peers.leecher.count=2'] })).toMatchObject({
      name: 'tiny',
      groups: [{ count: 1 }, { count: 2 }],
    });
  });

  test('reads the chunk folders that a scenario names, and tells what is wrong with one', () => {
    const path = join(folder, 'broken.yaml');
    writeFileSync(join(folder, 'local_chunks.txt'), '1,chunk_1\n2,LASTCHUNK\n');
    writeFileSync(path, `content:\n  folders:\n    - ${folder}\n`);
    expect(messageOf(path)).toContain(`broken.yaml:3:7: content.folders.0: `);
    expect(messageOf(path)).toContain('chunk_1');
  });

  test('refuses a folder name that no disk can have', () => {
    const path = join(folder, 'nul.yaml');
    writeFileSync(path, 'content: { folders: ["a\\0b"] }\n');
    expect(messageOf(path)).toContain('nul.yaml:1:22: content.folders.0: is not a path');
  });

  test('of a file that is not there names the shipped scenarios and the nearest', () => {
    const message = messageOf('scenarios/three-pears.yaml');
    expect(message).toContain('did you mean three-peers?');
    expect(message).toContain('flash-crowd');
  });

  test('of a directory says so', () => {
    expect(messageOf(folder)).toContain('it is a directory');
  });
});
