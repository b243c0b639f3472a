import { afterAll, beforeAll, type test } from "bun:test";
import { withPrograms } from "../programs.ts";
import { openBrowser, type TestBrowser } from "./browser.ts";
import { openSampleService, type SampleService } from "./sample-service.ts";

/** A service and a browser that the tests of a file share. */
export interface Served {
  readonly service: SampleService;
  readonly browser: TestBrowser;
}

/** A test of a file whose tests share a service and a browser, which are there while they run. */
export type BrowserTest = (name: string, body: (served: Served) => Promise<void>) => void;

/** Starts both before the file's tests and ends them after; `timeoutMs` is for each test. Without Chromium all is skipped. */
export function servedInBrowser(timeoutMs: number): BrowserTest {
  const testInBrowser: typeof test = withPrograms("chromium");
  let served: Served | null = null;
  beforeAll(async () => {
    if (Bun.which("chromium") === null) return;
    const [service, browser] = await Promise.all([openSampleService(), openBrowser()]);
    served = { service, browser };
  }, timeoutMs);
  afterAll(async () => {
    await served?.browser.close();
    await served?.service.stop();
  }, timeoutMs);
  return (name, body) =>
    testInBrowser(
      name,
      async () => {
        if (served === null) throw new Error("there is no chromium");
        await body(served);
      },
      timeoutMs,
    );
}
