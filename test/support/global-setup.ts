import 'vitest';
import type { TestProject } from 'vitest/node';
import { build } from '../../scripts/build.mjs';

declare module 'vitest' {
  interface ProvidedContext {
    /** The folder with the bundled programs and workers of the current source. */
    readonly bundleFolder: string;
  }
}

export default async function setup(project: TestProject): Promise<void> {
  project.provide('bundleFolder', await build());
}
