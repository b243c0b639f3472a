import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { run, temporaryFolder } from "../e2e/binary.ts";
import { catalogueJob, importManly, inlineJob } from "../e2e/jobs.ts";

test("agentlink render makes a report of the request's data, without a service", async () => {
  const cwd = temporaryFolder();
  await Bun.write(join(cwd, "request.json"), JSON.stringify(inlineJob(1)));
  const { stdout, code } = await run(["render", "request.json", "-o", "report.pdf"], { cwd });
  expect({ stdout, code }).toEqual({ stdout: expect.stringMatching(/^report\.pdf: 1 page, \d+ kB\n$/), code: 0 });
  expect(await Bun.file(join(cwd, "report.pdf")).slice(0, 5).text()).toBe("%PDF-");
  expect(existsSync(join(cwd, "data"))).toBe(false);
}, 60_000);

test("agentlink render takes the data of the catalogue, and the request from standard input", async () => {
  const cwd = temporaryFolder();
  await importManly(join(cwd, "data"));
  const { code } = await run(["render", "-", "-o", "report.pdf"], { cwd, stdin: JSON.stringify(catalogueJob()) });
  expect(code).toBe(0);
  expect(await Bun.file(join(cwd, "report.pdf")).slice(0, 5).text()).toBe("%PDF-");
}, 60_000);

test("agentlink render says what is wrong with a request, and writes nothing", async () => {
  const cwd = temporaryFolder();
  const render = (request: string) => run(["render", "-", "-o", "report.pdf"], { cwd, stdin: request });
  expect(await render("{")).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("-: a request must be JSON: line 1, column 2: a closing } is missing"),
  });
  const misspelt = await render('{"suburb": "Manley", "state": "NSW"}');
  expect(misspelt).toMatchObject({ code: 2, stderr: expect.stringContaining("Manly") });
  const noData = await render('{"suburb": "Manly", "state": "NSW"}');
  expect(noData).toMatchObject({ code: 1, stderr: expect.stringContaining("agentlink import") });
  expect(existsSync(join(cwd, "report.pdf"))).toBe(false);
}, 60_000);
