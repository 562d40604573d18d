import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { folderOfTest } from '../../../../test/support/folder-of-test.ts';
import { StoreError } from '../../../core/errors.ts';
import { Workspace } from './workspace.ts';

vi.mock('node:fs', { spy: true });

describe('the folders of a run', () => {
  let folder: string;
  beforeEach(() => {
    folder = folderOfTest('workspace-test-');
    vi.stubEnv('TMPDIR', folder);
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    vi.mocked(mkdirSync).mockReset();
  });

  it('are gone when the run is over', async () => {
    const workspace = new Workspace(0);
    workspace.fillPeerFolder(0, 3, []);
    expect(readdirSync(workspace.folder).sort()).toEqual(['original', 'peer-1']);
    await workspace.remove();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('leave nothing, also no listener, and a line of what is wrong, where they cannot be made', () => {
    vi.mocked(mkdirSync).mockImplementation(() => {
      throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
    });
    const listeners = process.listenerCount('exit');
    const make = (): Workspace => new Workspace(0);
    expect(make).toThrow(StoreError);
    expect(make).toThrow(new RegExp(`^cannot create ${join(folder, 'swarm-lab-.*')}: the disk is full$`));
    expect(readdirSync(folder)).toEqual([]);
    expect(process.listenerCount('exit')).toBe(listeners);
  });
});
