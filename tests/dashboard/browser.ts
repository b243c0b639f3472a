import { expect } from "bun:test";
import {
  type Browser,
  type BrowserContext,
  type ConsoleMessage,
  chromium,
  type Page,
  type Request,
} from "playwright-core";

/** Generous: the machine may have much else to do, and nothing here is about speed. */
const TIMEOUT_MS = 60_000;

/** A page that was used and cleared. */
interface Tab {
  readonly context: BrowserContext;
  readonly page: Page;
}

/** What a test does with a browser. */
export interface TestBrowser extends Pick<Browser, "newContext" | "close"> {
  /** Pages to be used again, by the zone of their clock. Written by `openPage`. */
  readonly idle: Map<string, Tab[]>;
}

/** That of a process which files share, while one of them uses it and a little longer. Written by `openBrowser`. */
let shared: (Pick<TestBrowser, "idle"> & { readonly browser: Promise<Browser>; users: number }) | null = null;
const IDLE_MS = 20_000;

/** Chromium without windows, toolbars and the viewer of PDFs: its processes take two thirds of the processor. */
const SHELL = "chromium-headless-shell";

/** Chromium with its viewer of PDFs, for a test that looks at one: no file shares it. */
export async function openFullBrowser(): Promise<TestBrowser & AsyncDisposable> {
  const browser = await launch([], null);
  const close = () => browser.close();
  return { idle: new Map(), newContext: (options) => browser.newContext(options), close, [Symbol.asyncDispose]: close };
}

/**
 * Chromium as Debian brings it, without its windows where that is installed, with a profile of its own that goes with it.
 * Files that share a process (verify.ts) share it as well: a start takes seconds of a processor.
 */
export async function openBrowser(more: readonly string[] = []): Promise<TestBrowser> {
  if (process.env.FILES_SHARE_A_PROCESS === undefined || more.length > 0) {
    const browser = await launch(more);
    return { idle: new Map(), newContext: (options) => browser.newContext(options), close: () => browser.close() };
  }
  shared ??= { browser: launch(), users: 0, idle: new Map() };
  const one = shared;
  one.users += 1;
  const browser = await one.browser;
  browser.once("disconnected", () => {
    if (shared === one) shared = null;
  });
  return {
    idle: one.idle,
    newContext: (options) => browser.newContext(options),
    async close() {
      one.users -= 1;
      setTimeout(() => {
        if (one.users > 0 || shared !== one) return;
        // From here on no other test gets it: a close takes a while.
        shared = null;
        void browser.close();
      }, IDLE_MS).unref();
    },
  };
}

function launch(more: readonly string[] = [], shell: string | null = Bun.which(SHELL)): Promise<Browser> {
  return chromium.launch({
    executablePath: shell ?? Bun.which("chromium") ?? "chromium",
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

/**
 * A page of a browser that knows nothing yet: neither cookies nor choices. One that a test is done with is cleared and used
 * again: what a new one takes to draw its first page is five times what the next page does.
 */
export async function openPage(
  browser: TestBrowser,
  url: string,
  { theme = "light", width = 1_280, height = 800, timeZone = "" }: PageOptions = {},
): Promise<WatchedPage> {
  const tab = browser.idle.get(timeZone)?.pop() ?? (await newTab(browser, timeZone));
  const { page } = tab;
  const complaints: string[] = [];
  const others: string[] = [];
  const { host } = new URL(url);
  const onConsole = (message: ConsoleMessage) =>
    void (message.type() === "error" && complaints.push(`${message.text()} ${message.location().url}`));
  const onError = (error: Error) => void complaints.push(error.message);
  const onRequest = (request: Request) => {
    const requested = new URL(request.url());
    // The viewer of PDFs is a part of the browser, under protocols of the browser's own.
    if (requested.host !== host && /^(https?|wss?):$/.test(requested.protocol)) others.push(request.url());
  };
  await page.setViewportSize({ width, height });
  await page.emulateMedia({ colorScheme: theme });
  page.on("console", onConsole).on("pageerror", onError).on("request", onRequest);
  await page.goto(url);
  return {
    page,
    complaints,
    expectClean() {
      expect(complaints).toEqual([]);
      expect(others).toEqual([]);
    },
    async [Symbol.asyncDispose]() {
      page.off("console", onConsole).off("pageerror", onError).off("request", onRequest);
      if (await isCleared(tab)) browser.idle.set(timeZone, [...(browser.idle.get(timeZone) ?? []), tab]);
      else await tab.context.close();
    },
  };
}

async function newTab(browser: TestBrowser, timeZone: string): Promise<Tab> {
  const context = await browser.newContext({
    locale: "en-AU",
    // What turns while a job runs is drawn sixty times a second, by the processor.
    reducedMotion: "reduce",
    ...(timeZone === "" ? {} : { timezoneId: timeZone }),
  });
  context.setDefaultTimeout(TIMEOUT_MS);
  return { context, page: await context.newPage() };
}

/** Forgets all that the page's origin has stored. Not one with pages beside it, nor where the page does not respond. */
async function isCleared({ context, page }: Tab): Promise<boolean> {
  if (page.isClosed() || context.pages().length > 1) return false;
  try {
    await page.unrouteAll({ behavior: "ignoreErrors" });
    await page.evaluate(() => {
      localStorage.clear();
      sessionStorage.clear();
    });
    await context.clearCookies();
    await page.goto("about:blank");
    return true;
  } catch {
    return false;
  }
}

/** Waits until the page receives changes. */
export async function untilLive(page: Page): Promise<void> {
  await page.getByText("Live", { exact: true }).waitFor();
}
