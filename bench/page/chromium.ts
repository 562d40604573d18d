/** A real browser for pages: the system's Chromium. */
import { existsSync } from 'node:fs';
import type { Browser, LaunchOptions } from 'playwright-core';
import { EngineError } from '../../src/core/errors.ts';

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** A busy machine starts it slowly. */
const LAUNCH_TIMEOUT_MS = 120_000;

/** @throws {EngineError} there is none; with what to do */
export async function startChromium(): Promise<Browser> {
  const options = launchOptions();
  // An installed copy of the laboratory does not bring it.
  const { chromium } = await import('playwright-core').catch((cause: unknown) => {
    throw new EngineError('playwright-core is not installed: npm install playwright-core', { cause });
  });
  return chromium.launch(options);
}

/** @throws {EngineError} there is none; with what to do */
export function launchOptions(): LaunchOptions {
  const executablePath = process.env['CHROMIUM'] ?? places.find((place) => existsSync(place));
  if (executablePath === undefined) {
    throw new EngineError('no Chromium here: install it (apt-get install chromium), or name it in CHROMIUM');
  }
  return {
    executablePath,
    timeout: LAUNCH_TIMEOUT_MS,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  };
}
