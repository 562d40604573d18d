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
  const folder = await build().catch((error: unknown) => {
    console.error(
      'The programs could not be bundled; tests that run them will fail.',
      String(error).slice(0, 500),
    );
    return '/programs-could-not-be-bundled';
  });
  project.provide('bundleFolder', folder);
}
