/** Fills in the defaults of a scenario as written. */
import { trackerDefaults } from '../../../core/tracker/options.ts';
import type { WrittenGroup } from '../language/group-schema.ts';
import type { Scenario, ScenarioContent } from '../language/scenario.ts';
import type { WrittenContent, WrittenScenario } from '../language/schema.ts';

const DEFAULT_CHUNK_BYTES = 256 * 1024;

export function resolveTracker(written: WrittenScenario['tracker']): Scenario['tracker'] {
  const edition = written?.edition ?? trackerDefaults.edition;
  const interval = written?.announce_interval;
  return {
    edition,
    agreement: written?.agreement ?? (edition === 'hashed' ? 2 : 1),
    announceIntervalMs: interval ?? trackerDefaults.announceIntervalMs,
    silenceLimitMs:
      written?.silence_limit ?? (interval === undefined ? trackerDefaults.silenceLimitMs : 3 * interval),
    peersPerAnswer: written?.peers_per_answer ?? trackerDefaults.peersPerAnswer,
  };
}

/** Generated content; `undefined` when the file has folders instead. */
export function resolveGenerated({ generate }: WrittenContent): ScenarioContent | undefined {
  if (generate === undefined) return undefined;
  const chunkBytes = Math.min(generate.chunk_size ?? DEFAULT_CHUNK_BYTES, generate.size);
  const totalChunks = Math.ceil(generate.size / chunkBytes);
  return { kind: 'generated', totalChunks, totalBytes: generate.size, chunkBytes };
}

/** Without groups, each folder of the content is a peer: `peer1`, `peer2`… */
export function groupsOfFolders(content: ScenarioContent): ReadonlyMap<string, WrittenGroup> {
  const folders = content.kind === 'folders' ? content.folders : [];
  return new Map(
    folders.map((_, index) => [
      `peer${index + 1}`,
      { holds: { kind: 'folder' as const, folder: index + 1 } },
    ]),
  );
}
