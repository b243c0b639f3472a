import { expect } from "bun:test";
import { type Browser, chromium, type Page } from "playwright-core";

/** Generous: the machine may have much else to do, and nothing here is about speed. */
const TIMEOUT_MS = 60_000;

/** Chromium as Debian brings it, with a profile of its own that goes with it. */
export function openBrowser(more: readonly string[] = []): Promise<Browser> {
  return chromium.launch({
    executablePath: Bun.which("chromium") ?? "chromium",
    timeout: TIMEOUT_MS,
    args: [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      ...more,
    ],
  });
}

export interface WatchedPage extends AsyncDisposable {
  readonly page: Page;
  /** What the browser complained of: scripts, requests, and what the page's policy forbade. */
  readonly complaints: string[];
  /** Asserts that nothing was requested from another host, and that the browser complained of nothing. */
  expectClean(): void;
}

interface PageOptions {
  readonly theme?: "light" | "dark";
  readonly width?: number;
  readonly height?: number;
  /** The zone of the machine that the browser runs on. */
  readonly timeZone?: string;
}

/** A page of a browser that knows nothing yet: neither cookies nor choices. */
export async function openPage(
  browser: Browser,
  url: string,
  { theme = "light", width = 1_280, height = 800, timeZone }: PageOptions = {},
): Promise<WatchedPage> {
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: theme,
    locale: "en-AU",
    // What turns while a job runs is drawn sixty times a second, by the processor.
    reducedMotion: "reduce",
    ...(timeZone === undefined ? {} : { timezoneId: timeZone }),
  });
  context.setDefaultTimeout(TIMEOUT_MS);
  const page = await context.newPage();
  const complaints: string[] = [];
  const others: string[] = [];
  const { host } = new URL(url);
  page.on(
    "console",
    (message) => void (message.type() === "error" && complaints.push(`${message.text()} ${message.location().url}`)),
  );
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("request", (request) => {
    const requested = new URL(request.url());
    // The viewer of PDFs is a part of the browser, under protocols of the browser's own.
    if (requested.host !== host && /^(https?|wss?):$/.test(requested.protocol)) others.push(request.url());
  });
  await page.goto(url);
  return {
    page,
    complaints,
    expectClean() {
      expect(complaints).toEqual([]);
      expect(others).toEqual([]);
    },
    [Symbol.asyncDispose]: () => context.close(),
  };
}

/** Waits until the page receives changes. */
export async function untilLive(page: Page): Promise<void> {
  await page.getByText("Live", { exact: true }).waitFor();
}
