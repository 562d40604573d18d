/** A real browser for the tests of pages: the system's Chromium. */
import { pathToFileURL } from 'node:url';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { launchOptions, startChromium } from '../../bench/page/chromium.ts';

export { startChromium };

/** A browser that can be stopped as a process stops. */
export interface ChromiumServer {
  connect(): Promise<Browser>;
  /** Every process of it, as by SIGSTOP. */
  stop(): void;
  kill(): Promise<void>;
}

export async function startChromiumServer(): Promise<ChromiumServer> {
  const server = await chromium.launchServer(launchOptions());
  const group = -server.process().pid!;
  return {
    connect: () => chromium.connect(server.wsEndpoint()),
    stop: () => process.kill(group, 'SIGSTOP'),
    async kill() {
      process.kill(group, 'SIGKILL');
      await server.kill();
    },
  };
}

export interface OpenedPage {
  readonly page: Page;
  /** Errors and warnings of the console, exceptions, and requests for anything but the page itself. */
  readonly trouble: readonly string[];
}

/** A page from disk, drawn. */
export async function openFile(
  browser: Browser,
  file: string,
  options: BrowserContextOptions = {},
): Promise<OpenedPage> {
  const page = await browser.newPage(options);
  // A busy machine draws slowly: only the test as a whole has a limit.
  page.setDefaultTimeout(0);
  const trouble: string[] = [];
  const url = pathToFileURL(file).href;
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') trouble.push(message.text());
  });
  page.on('pageerror', (error) => trouble.push(error.message));
  page.on('request', (request) => {
    if (request.url() !== url) trouble.push(request.url());
  });
  await page.goto(url);
  await page.waitForSelector('html[data-drawn]');
  return { page, trouble };
}
