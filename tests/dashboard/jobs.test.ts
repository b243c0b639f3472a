import { expect } from "bun:test";
import { untilEnded } from "../e2e/binary.ts";
import { startReceiver } from "../fakes/receiver.ts";
import { openFullBrowser, openPage, untilLive } from "./browser.ts";
import { findings } from "./findings.ts";
import { servedInBrowser } from "./served.ts";

const TIMEOUT_MS = 180_000;
const testInBrowser = servedInBrowser(TIMEOUT_MS);

testInBrowser("a report is requested with the keyboard alone, and followed to its PDF", async ({ service }) => {
  await using browser = await openFullBrowser();
  await using watched = await openPage(browser, `${service.url}/`);
  const { page } = watched;
  await untilLive(page);
  await page.keyboard.press("n");
  await page.getByRole("heading", { name: "New report" }).waitFor();
  await page.getByRole("combobox", { name: "Suburb" }).focus();
  await page.keyboard.type("manly");
  await page.getByRole("option", { name: "Manly NSW 2095" }).waitFor();
  // The first is chosen already; down and up again come back to it.
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowUp");
  expect(await page.getByRole("listbox").getByRole("option", { selected: true }).textContent()).toMatch(
    /^Manly\s+NSW 2095$/,
  );
  await page.keyboard.press("Enter");
  expect(await page.getByRole("combobox", { name: "Suburb" }).inputValue()).toBe("Manly NSW 2095");
  await page.keyboard.press("Tab");
  await page.keyboard.type("Norfolk & Pine Property");
  const pdf = page.waitForResponse((response) => response.url().includes("/report.pdf"));
  await page.keyboard.press("Enter");

  await page.waitForURL("**/jobs/*");
  await page.locator(".heading").getByText("Completed").waitFor();
  expect(await page.title()).toBe("Manly NSW 2095 – AgentLink");
  const report = await pdf;
  expect([report.status(), report.headers()["content-type"]]).toEqual([200, "application/pdf"]);
  await page.getByTitle("Report on Manly NSW 2095").waitFor();
  const timeline = await page.locator(".timeline").textContent();
  for (const word of ["Accepted", "Gathering", "Rendering", "Delivering", "Completed"])
    expect(timeline).toContain(word);
  expect(await page.locator(".source").textContent()).toContain("Norfolk & Pine Property");
  const id = new URL(page.url()).pathname.split("/").at(-1) ?? "";
  expect(await service.request<{ result: { pages: number } }>(`/api/job-status/${id}`)).toMatchObject({
    status: "completed",
    result: { pages: 12 },
  });

  await page.goBack();
  await page.getByRole("heading", { name: "New report" }).waitFor();
  watched.expectClean();
});

testInBrowser("what the service refuses is reported at its field", async ({ service, browser }) => {
  await using watched = await openPage(browser, `${service.url}/new`);
  const { page } = watched;
  await page.getByRole("button", { name: "Request the report" }).click();
  await page.getByText("Choose a suburb from the list").waitFor();
  await page.getByRole("combobox", { name: "Suburb" }).fill("Manly NSW");
  await page.getByLabel("Callback").fill("http://10.0.0.1/notified");
  await page.getByRole("button", { name: "Request the report" }).click();
  const complaint = page.getByRole("alert").filter({ hasText: "10.0.0.1" });
  await complaint.waitFor();
  const callback = page.getByLabel("Callback");
  expect(await callback.getAttribute("aria-invalid")).toBe("true");
  expect(await callback.getAttribute("aria-describedby")).toContain((await complaint.getAttribute("id")) ?? "none");
});

testInBrowser(
  "the list and the figures follow what happens without being loaded again",
  async ({ service, browser }) => {
    await using list = await openPage(browser, `${service.url}/jobs?status=completed,running,queued`);
    await using overview = await openPage(browser, `${service.url}/`);
    await Promise.all([untilLive(list.page), untilLive(overview.page)]);
    const before = await service.request<{ counts: { completed: number } }>("/api/overview");
    const id = await service.submit("Fairlight");
    const row = list.page.locator(`tr:has(a[href$="${id}"])`);
    await row.waitFor();
    await row.getByText("Completed").waitFor();
    const completed = overview.page.locator(".figures .completed .big");
    await overview.page.waitForFunction(
      ([selector, count]) => document.querySelector(String(selector))?.textContent === String(count),
      [".figures .completed .big", before.counts.completed + 1] as const,
    );
    expect(await completed.textContent()).toBe(String(before.counts.completed + 1));
    await overview.page.locator(`.latest a[href$="${id}"]`).waitFor();
    // It ended this minute: the last bar of the chart is there to be seen.
    const green = await overview.page.evaluate(() =>
      getComputedStyle(document.documentElement).getPropertyValue("--chart-completed").trim(),
    );
    await overview.page.waitForFunction(drawnIn, green);
    list.expectClean();
    overview.expectClean();
  },
);

testInBrowser(
  "a paused queue says so everywhere; what waits in it is cancelled, retried and, once resumed, done",
  async ({ service, browser }) => {
    await using watched = await openPage(browser, `${service.url}/`);
    const { page } = watched;
    await page.getByRole("button", { name: "Pause the queue" }).click();
    const question = page.getByRole("dialog");
    await question.getByRole("button", { name: "No, go back" }).click();
    expect((await service.request<{ paused: unknown }>("/api/overview")).paused).toBeNull();
    await page.getByRole("button", { name: "Pause the queue" }).click();
    await question.getByRole("button", { name: "Pause the queue" }).click();
    await page.getByText("The queue is paused by local (dashboard)").waitFor();
    expect((await service.request<{ paused: unknown }>("/api/overview")).paused).toMatchObject({
      by: "local (dashboard)",
    });

    const id = await service.submit("Freshwater");
    await page.goto(`${service.url}/jobs/${id}`);
    await page.getByText("waits, because the queue is paused").waitFor();
    await page.keyboard.press("c");
    await question.getByRole("button", { name: "Cancel the job" }).click();
    await page.locator(".heading").getByText("Cancelled").waitFor();
    expect(await service.request<object>(`/api/job-status/${id}`)).toMatchObject({ status: "cancelled" });

    await page.getByRole("button", { name: "Retry" }).click();
    await page.locator(".heading").getByText("Queued").waitFor();
    await page.getByRole("button", { name: "Resume" }).click();
    await question.getByRole("button", { name: "Resume the queue" }).click();
    await page.locator(".heading").getByText("Completed").waitFor();
    expect(await page.getByText("The queue is paused").count()).toBe(0);
    watched.expectClean();
  },
);

testInBrowser(
  "a job's page shows who was notified of its end, each attempt and its response, and sends it again",
  async ({ service, browser }) => {
    await using receiver = startReceiver((nth) => new Response("no room", { status: nth === 0 ? 410 : 200 }));
    const id = await service.submit("Manly", { callback_url: receiver.url });
    await using watched = await openPage(browser, `${service.url}/jobs/${id}`);
    const { page } = watched;
    const callbacks = page.getByRole("region", { name: "Callbacks" });
    await callbacks.getByText("Given up").waitFor();
    const text = await callbacks.textContent();
    for (const part of [receiver.url, "reports that the job completed, 1 attempt", "410", "no room"])
      expect(text).toContain(part);
    expect(await findings(page)).toEqual([]);
    await callbacks.getByRole("button", { name: "Send again" }).click();
    await page.getByText("The callback will be sent again").waitFor();
    await callbacks.getByText("Taken").waitFor();
    const ids = receiver.received.map(({ id }) => id);
    expect(ids).toEqual([ids[0] ?? "none", ids[0] ?? "none"]);
    watched.expectClean();
  },
);

testInBrowser("all failed jobs of a filter are retried at once, and no others", async ({ service, browser }) => {
  const [bondi, other, penrith] = [
    await service.submit("Bondi"),
    await service.submit("Bondi"),
    await service.submit("Penrith"),
  ];
  for (const id of [bondi, other, penrith]) await untilEnded(service.url, id);
  await using watched = await openPage(browser, `${service.url}/jobs?q=bondi&status=failed`);
  const { page } = watched;
  await page.getByText("2 jobs", { exact: true }).waitFor();
  expect(await page.locator("tbody a.row").allInnerTexts()).toEqual(["Bondi NSW 2026", "Bondi NSW 2026"]);
  await page.getByRole("button", { name: "Retry all failed" }).click();
  await page.getByRole("dialog").getByText("“bondi”").waitFor();
  await page.getByRole("dialog").getByRole("button", { name: "Retry them all" }).click();
  await page.getByText("2 jobs queued again").waitFor();
  const retries = async (id: string) => {
    const { history } = await service.request<{ history: { from: string | null; to: string }[] }>(`/api/jobs/${id}`);
    return history.filter(({ from, to }) => from === "failed" && to === "queued").length;
  };
  expect([await retries(bondi), await retries(other), await retries(penrith)]).toEqual([1, 1, 0]);
  watched.expectClean();
});

testInBrowser(
  "the address is what is shown: a search can be shared, gone back from and cleared",
  async ({ service, browser }) => {
    const id = await service.submit("Balgowlah");
    await using watched = await openPage(browser, `${service.url}/jobs`);
    const { page } = watched;
    const search = page.getByRole("searchbox");
    await page.locator("tbody a.row").first().waitFor();
    await page.keyboard.press("/");
    await page.keyboard.type("balgow");
    await page.waitForURL("**/jobs?q=balgow");
    await page.getByText("1 job", { exact: true }).waitFor();
    await page.getByRole("checkbox", { name: /Failed/ }).check();
    await page.waitForURL("**/jobs?q=balgow&status=failed");
    await page.getByRole("heading", { name: "No job matches" }).waitFor();

    await using shared = await openPage(browser, page.url());
    await shared.page.getByRole("heading", { name: "No job matches" }).waitFor();
    expect(await shared.page.getByRole("searchbox").inputValue()).toBe("balgow");
    expect(await shared.page.getByRole("checkbox", { name: /Failed/ }).isChecked()).toBe(true);

    await page.goBack();
    await page.getByText("1 job", { exact: true }).waitFor();
    await page.goBack();
    await page.waitForURL(`${service.url}/jobs`);
    await page.waitForFunction(() => document.querySelector<HTMLInputElement>("input[type=search]")?.value === "");
    await search.fill(id.slice(0, 13));
    await page.locator(`tbody a[href$="${id}"]`).waitFor();
    watched.expectClean();
  },
);

testInBrowser(
  "a page that is open through a restart of the service says so, comes back by itself and knows what it missed",
  async ({ service, browser }) => {
    await using list = await openPage(browser, `${service.url}/jobs`);
    const { page } = list;
    await untilLive(page);
    await service.stop();
    await page.getByText("Reconnecting…").waitFor();
    await service.start();
    // Before the page is back: it has to request what it missed.
    const id = await service.submit("Queenscliff");
    await untilLive(page);
    const row = page.locator(`tr:has(a[href$="${id}"])`);
    await row.waitFor();
    await row.getByText("Completed").waitFor();
    const next = await service.submit();
    await page.locator(`tr:has(a[href$="${next}"])`).getByText("Completed").waitFor();
  },
);

/** Whether the first chart has points of this colour, such as "#3b8a83". In the page. */
function drawnIn(colour: string): boolean {
  const canvas = document.querySelector<HTMLCanvasElement>(".plot canvas");
  const pixels = canvas?.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
  const wanted = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
  let found = 0;
  for (let at = 0; at < pixels.length; at += 4) if (wanted.every((part, i) => pixels[at + i] === part)) found++;
  return found > 20;
}

testInBrowser("a text that would show itself as something else is written out", async ({ service, browser }) => {
  const id = await service.submit("Manly", { metadata: { note: "ann\u202Egpj.exe\u200B\u001B[31m\u{E0041}" } });
  await using watched = await openPage(browser, `${service.url}/jobs/${id}`);
  const { page } = watched;
  await page.locator(".heading").getByText("Completed").waitFor();
  await page.locator(".source").getByText("gpj.exe").first().waitFor();
  const text = (await page.locator("body").textContent()) ?? "";
  expect(text).toMatch(/ann\\+u202egpj\.exe\\+u200b/);
  expect(text).not.toMatch(/[\u202E\u200B]|(?!\n|\t)\p{Cc}/u);
  watched.expectClean();
});
