import { expect, test } from "bun:test";
import { within } from "../until.ts";
import { binaryPath, temporaryFolder } from "./binary.ts";

test("the demo, from an empty folder, follows a report to the end, says where it is, and serves until Ctrl-C", async () => {
  const folder = temporaryFolder();
  const child = Bun.spawn([binaryPath(), "demo", "--port", "0"], {
    cwd: folder,
    env: { PATH: process.env.PATH },
    stdout: "pipe",
    stderr: "pipe",
  });
  let text = "";
  const decoder = new TextDecoder();
  const reader = child.stdout.getReader();
  while (!text.includes("Serving until Ctrl-C.")) {
    const { done, value } = await within(reader.read(), "the demo to serve", 120_000);
    if (done) throw new Error(`the demo ended:\n${text}\n${await new Response(child.stderr).text()}`);
    text += decoder.decode(value, { stream: true });
  }
  expect(text).toMatch(/100 % {2}completed/);
  expect(text).toStartWith("AgentLink is running at ");
  expect(text).not.toContain('"warn"');
  const [, path = "", pages] = /The report +(.+\.pdf) +\((\d+) pages/.exec(text) ?? [];
  // As in the README: a name that wraps where it need not makes a thirteenth.
  expect(pages).toBe("12");
  // Apart from what an operator has in the data folder.
  expect(path.startsWith(`${folder}/data/demo/`)).toBe(true);
  expect(await Bun.file(path).slice(0, 5).text()).toBe("%PDF-");
  for (const name of ["Over HTTP", "Dashboard", "API"]) {
    const url = new RegExp(`${name} +(\\S+)`).exec(text)?.[1] ?? "";
    expect((await fetch(url)).status).toBe(200);
  }
  child.kill("SIGINT");
  expect(await child.exited).toBe(0);
  for (let part = await reader.read(); !part.done; part = await reader.read()) text += decoder.decode(part.value);
  expect(text).toEndWith("Stopped. Unfinished jobs resume at the next start.\n");
}, 60_000);
