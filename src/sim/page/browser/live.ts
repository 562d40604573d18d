/** The browser's side of a live page: it shows the newest report of the run in place of the one before. */
import type { News } from '../shared/news.ts';
import type { ReplayWindow } from '../shared/replay.ts';

/** From one report to the next at least, and so many times as long as it took to make and draw the last. */
const STEP_MS = 2000;
const REST_FACTOR = 4;

const status = document.querySelector<HTMLElement>('#news')!;
const pause = document.querySelector<HTMLButtonElement>('#pause')!;

let shown: HTMLIFrameElement | undefined;
let shownVersion = 0;
let newest: News | undefined;
let isLoading = false;
let restsUntilMs = 0;
let isPaused = false;
let isOver = false;

const source = new EventSource('/news');
source.addEventListener('state', ({ data }: MessageEvent<string>) => hear(JSON.parse(data) as News));
source.addEventListener('end', ({ data }: MessageEvent<string>) => {
  isOver = true;
  hear(JSON.parse(data) as News);
});
source.addEventListener('error', () => {
  if (!isOver) status.textContent = 'No connection to the program of the run; waiting for it.';
});
pause.addEventListener('click', () => {
  isPaused = !isPaused;
  pause.setAttribute('aria-pressed', String(isPaused));
  update();
});

function hear(news: News): void {
  newest = news;
  status.textContent = news.text;
  document.title = news.title;
  update();
}

function update(): void {
  if (newest === undefined || isLoading) return;
  if (newest.version === shownVersion) {
    // The last report may have been drawn before the program was over.
    if (isOver) finish();
    return;
  }
  if ((isPaused || performance.now() < restsUntilMs) && !isOver) return;
  const { version } = newest;
  const beganMs = performance.now();
  isLoading = true;
  load(version, () => {
    isLoading = false;
    shownVersion = version;
    restsUntilMs = performance.now() + Math.max(STEP_MS, REST_FACTOR * (performance.now() - beganMs));
    update();
  });
}

/** The report at the end is the last: it stays, whatever becomes of the program. */
function finish(): void {
  source.close();
  pause.hidden = true;
  document.documentElement.dataset['over'] = 'yes';
}

/** Behind the one that is shown, until it is drawn. */
function load(version: number, done: () => void): void {
  const next = document.createElement('iframe');
  next.title = 'Report of the run so far';
  next.src = `/report?${version}`;
  next.className = 'next';
  next.addEventListener('load', () => {
    if (shown !== undefined) keepPlace(shown, next);
    shown?.remove();
    shown = next;
    next.className = '';
    document.documentElement.dataset['version'] = String(version);
    done();
  });
  document.querySelector('#reports')!.append(next);
}

/** What the reader has chosen: where he looks, the colours, the tables that are open, the instant of the replay. */
function keepPlace(from: HTMLIFrameElement, to: HTMLIFrameElement): void {
  const before = from.contentDocument;
  const after = to.contentDocument;
  if (before === null || after === null) return;
  const chosen = before.querySelector<HTMLSelectElement>('#theme')?.value ?? '';
  const theme = after.querySelector<HTMLSelectElement>('#theme');
  if (theme !== null && chosen !== theme.value) {
    theme.value = chosen;
    theme.dispatchEvent(new Event('change'));
  }
  const details = [...after.querySelectorAll('details')];
  [...before.querySelectorAll('details')].forEach(({ open }, at) => {
    if (open && details[at] !== undefined) details[at].open = true;
  });
  const chosenInstant = (from.contentWindow as ReplayWindow | null)?.replay?.chosen();
  if (chosenInstant !== undefined) (to.contentWindow as ReplayWindow | null)?.replay?.goOn(chosenInstant);
  to.contentWindow?.scrollTo(from.contentWindow?.scrollX ?? 0, from.contentWindow?.scrollY ?? 0);
}
