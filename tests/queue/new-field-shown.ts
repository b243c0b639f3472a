import { clockOf } from "../../src/cli/clock.ts";
import { showJob } from "../../src/cli/show-job.ts";
import { openBrowser, openPage } from "../dashboard/browser.ts";
import { openApi } from "../http/api.ts";

/** Run in a tree whose jobs have a field more, `colour` with the title "paint": what people see of it, as a line of JSON. */
await using api = await openApi();
const id = await api.accept();
const response = (await (await api.request(`/api/job-status/${id}`)).json()) as { readonly colour?: unknown };
const lines: string[] = [];
const config = { url: api.url, key: null, host: "127.0.0.1", port: api.port, dataDir: api.dataDir };
await showJob(id, { config, clock: clockOf({ timeZone: "UTC" }), json: false, out: (line) => lines.push(line) });
const browser = await openBrowser();
const { page } = await openPage(browser, `${api.url}/jobs/${id}`);
const shown = page.getByText("paint");
await shown.waitFor();
const commandLine = lines.find((line) => line.startsWith("paint"));
console.log(JSON.stringify({ response: response.colour, commandLine, page: await shown.textContent() }));
await browser.close();
