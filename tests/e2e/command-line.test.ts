import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePort } from "../free-port.ts";
import { until, within } from "../until.ts";
import { binaryPath, post, type RunningBinary, run, startBinary, temporaryFolder, untilEnded } from "./binary.ts";
import { importManly, inlineJob } from "./jobs.ts";

const dataDir = temporaryFolder();
let service: RunningBinary;
beforeAll(async () => {
  await importManly(dataDir);
  service = await startBinary({ dataDir });
}, 60_000);
afterAll(async () => void (await service.end("SIGTERM")), 60_000);

const agentlink = (args: readonly string[], stdin?: string) =>
  run(args, { env: { AGENTLINK_URL: service.url }, ...(stdin === undefined ? {} : { stdin }) });

async function submitted(...args: readonly string[]): Promise<string> {
  const { stdout, stderr, code } = await agentlink(["submit", "--no-wait", ...args]);
  // There is no data here, and it reports that.
  const said = stderr.replaceAll(/^warning: there is no data for .*\n/gm, "");
  expect({ code, said }).toEqual({ code: 0, said: "" });
  return stdout.trim();
}

describe("agentlink submit", () => {
  test("follows the job in plain lines and prints where the PDF is", async () => {
    const { stdout, stderr, code } = await agentlink(["submit", "Manly", "nsw", "--prepared-for", "Norfolk & Pine"]);
    expect(code).toBe(0);
    expect(stdout.trim()).toStartWith(join(dataDir, "delivered"));
    expect(readFileSync(stdout.trim()).subarray(0, 5).toString()).toBe("%PDF-");
    expect(stderr).toContain("100 %  completed\n");
    expect(stderr).not.toContain("\u001b");
  }, 60_000);

  test("downloads into a file, a folder and the output, with the data of a file", async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "data.json"), JSON.stringify(inlineJob(1).data));
    const into = (output: string) =>
      run(["submit", "Manly", "NSW", "--data", join(folder, "data.json"), "-o", output, "--json"], {
        env: { AGENTLINK_URL: service.url },
        cwd: folder,
      });
    const named = await into("report.pdf");
    const { file, result, status } = JSON.parse(named.stdout);
    expect({ file, status }).toEqual({ file: join(folder, "report.pdf"), status: "completed" });
    const bytes = readFileSync(file);
    expect(new Bun.CryptoHasher("sha256").update(bytes).digest("hex")).toBe(result.sha256);
    expect(JSON.parse((await into("./")).stdout).file).toMatch(/\/[\d-]{10} Manly agents report [\da-f]{8}\.pdf$/);
    expect((await into("-")).stdout).toStartWith("%PDF-");
    expect(readdirSync(folder)).toHaveLength(3);
  }, 60_000);

  test("a wrong option is named as it was typed, and the values that are allowed are listed", async () => {
    const wrong: readonly (readonly [line: string, sentence: string])[] = [
      ["submit Manly NSW --bedrooms x", '--bedrooms must be a range such as 3, 3+, 2-4 or -4, not "x"'],
      ["submit Manly NSW --edition long", 'agentlink: --edition must be full or brief, not "long"'],
      ["submit Manly NSW --compare one", "agentlink: --compare must have at least 2 items, not 1"],
      ["submit Manly NSW --edition full --edition brief", "--edition was given more than once: give it once"],
      ["jobs list --undelivered ftp", "--undelivered must be one or more of folder, dropbox, s3"],
      ["jobs list --state XX", "--state must be one of ACT, NSW"],
      ["jobs list --order up", "--order must be one of created, ended, duration, not"],
      ["audit --action x", "--action must be one or more of createKey"],
      ["catalogue list --limit 0", "--limit must be a whole number from 1 to"],
      ["install --dry-run --root=", "--root is empty: give it a value, or omit it"],
    ];
    const ended = await Promise.all(wrong.map(([line]) => agentlink(line.split(" "))));
    for (const [index, { code, stdout, stderr }] of ended.entries())
      expect([code, stdout, stderr]).toEqual([2, "", expect.stringContaining(wrong[index]?.[1] ?? "")]);
  }, 60_000);

  test("takes a flag that a script left empty for none", async () => {
    const empty = ["--postcode", "", "--prepared-for", " ", "--callback", "", "--priority", ""];
    const id = await submitted("Manly", "NSW", ...empty);
    const show = await agentlink(["jobs", "show", id, "--json"]);
    const { job, request } = JSON.parse(show.stdout) as { job: object; request: object };
    expect(job).toMatchObject({ postcode: "2095", priority: 5 });
    expect(request).toEqual({ suburb: "Manly", state: "NSW" });
  });

  test("refuses an idempotency key that no header can contain at once, and sends nothing", async () => {
    for (const key of ["order\n8", "", "commande-é", "x".repeat(256)]) {
      const { code, stderr } = await agentlink(["submit", "Manly", "NSW", "--no-wait", "--idempotency-key", key]);
      expect([key, code]).toEqual([key, 2]);
      expect(stderr).toMatch(/1 to 255 printable ASCII characters; .*Nothing was sent/);
    }
  });

  test.each([
    { words: ["St Kilda", "VIC"] },
    { words: ["St", "Kilda", "VIC"] },
    { words: ["St Kilda VIC"] },
    { words: ["St Kilda, Victoria 3182"] },
    { words: ["saint", "kilda", "vic", "3182", "Australia"] },
    { words: ["St Kilda", "Victoria", "--postcode", "3182"] },
  ])("takes a locality as it is typed: $words", async ({ words }) => {
    const id = await submitted(...words);
    const job = (await (await fetch(`${service.url}/api/job-status/${id}`)).json()) as Record<string, unknown>;
    expect(job).toMatchObject({ suburb: "St Kilda", state: "VIC", postcode: "3182" });
  });

  test("takes a whole request from the input, exits 3 where the job fails, 2 where the call is wrong", async () => {
    const { stdout, stderr, code } = await agentlink(
      ["submit", "--request", "-", "--json"],
      JSON.stringify({ suburb: "Broome", state: "WA", metadata: { deal: 7 } }),
    );
    expect(code).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({ status: "failed", failure: { code: "no_data" }, metadata: { deal: 7 } });
    expect(stderr).toContain("no data for Broome WA 6725");
    expect(await agentlink(["submit"])).toMatchObject({ code: 2, stderr: expect.stringContaining("Manly NSW") });
    expect(await agentlink(["submit", "St", "Kilda"])).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/state is required: there are .*St Kilda VIC 3182/),
    });
    const wrong = await agentlink(["submit", "Manley", "NSW"]);
    expect(wrong).toMatchObject({ code: 2, stdout: "" });
    expect(wrong.stderr).toMatch(/^agentlink: There is no suburb "Manley"/);
  }, 60_000);

  test("--callback and --priority are the request's, and wrong ones are refused before or by the service", async () => {
    await agentlink(["queue", "pause"]);
    const low = await submitted("Manly", "NSW", "--priority", "1");
    const high = await submitted("Manly", "NSW", "--priority", "9", "--callback", "https://hooks.example.com/reports");
    const shown = JSON.parse((await agentlink(["jobs", "show", high, "--json"])).stdout);
    expect(shown.request).toMatchObject({ priority: 9, callback_url: "https://hooks.example.com/reports" });
    // Requested later, and before the other in the queue.
    const positions = [high, low].map(async (id) => {
      const job = (await (await fetch(`${service.url}/api/job-status/${id}`)).json()) as { queue_position: number };
      return job.queue_position;
    });
    const [first = 0, second = 0] = await Promise.all(positions);
    expect(first).toBeLessThan(second);
    expect((await agentlink(["submit", "Manly", "NSW", "--priority", "10"])).code).toBe(2);
    const inside = await agentlink(["submit", "Manly", "NSW", "--callback", "https://127.0.0.1/"]);
    expect(inside).toMatchObject({ code: 2, stdout: "", stderr: expect.stringContaining("--callback") });
    await agentlink(["jobs", "cancel", low, high]);
    expect((await agentlink(["jobs", "show", low])).stdout).toMatch(/ queued +cancelled +local *$/m);
    await agentlink(["queue", "resume"]);
  }, 60_000);

  test("the same --idempotency-key makes one job", async () => {
    const send = () => submitted("Manly", "NSW", "--idempotency-key", "order-8");
    expect(await send()).toBe(await send());
  });

  test("shows a bar on a terminal, and Ctrl-C leaves the job running", async () => {
    let shown = "";
    const began = Promise.withResolvers<void>();
    await using terminal = new Bun.Terminal({
      cols: 70,
      rows: 20,
      data(_terminal: unknown, bytes: Uint8Array) {
        shown += new TextDecoder().decode(bytes);
        if (shown.includes("█") || shown.includes("░")) began.resolve();
      },
    });
    const child = Bun.spawn([binaryPath(), "submit", "Manly", "NSW"], {
      cwd: temporaryFolder(),
      env: { PATH: process.env.PATH, AGENTLINK_URL: service.url },
      terminal,
    });
    await within(Promise.race([began.promise, child.exited]), "a bar, or the end of the command");
    child.kill("SIGINT");
    const code = await child.exited;
    // It may have been done before the signal came.
    if (code !== 0) {
      expect(code).toBe(130);
      // Its last output may come after its end.
      await until(() => /job \S+ is still running/.test(shown));
      const [, id = ""] = /job (\S+) is still running/.exec(shown) ?? [];
      expect((await untilEnded(service.url, id)).status).toBe("completed");
    }
    expect(shown).toMatch(/[█░]{24} +\d+ % /);
  }, 60_000);
});

/** What a person sees of a command, on a terminal of 80 columns, once the line with `last` in it is there. */
async function onTerminal(args: readonly string[], last: string, env: Record<string, string> = {}): Promise<string> {
  let shown = "";
  await using terminal = new Bun.Terminal({
    cols: 80,
    rows: 40,
    data(_terminal: unknown, bytes: Uint8Array) {
      shown += new TextDecoder().decode(bytes);
    },
  });
  const child = Bun.spawn([binaryPath(), ...args], {
    cwd: temporaryFolder(),
    env: { PATH: process.env.PATH, TERM: "xterm-256color", AGENTLINK_URL: service.url, ...env },
    terminal,
  });
  await child.exited;
  // The terminal passes on what was written after the process has ended.
  await until(() => shown.slice(shown.indexOf(last)).endsWith("\n") && shown.includes(last), undefined, last);
  return shown;
}

test("on a terminal of 80 columns jobs have short ids and ages, in colour where the terminal has it", async () => {
  const id = await submitted("Manly", "NSW");
  await untilEnded(service.url, id);
  const args = ["jobs", "list", "--status", "completed", "--limit", "3"];
  const shown = await onTerminal(args, id.slice(-8));
  expect(shown).toMatch(
    new RegExp(`^${id.slice(-8)}  \\u001b\\[32mcompleted\\u001b\\[0m  Manly NSW 2095 +\\d+[smh] `, "m"),
  );
  for (const env of [{ NO_COLOR: "1" }, { TERM: "dumb" }]) {
    const plain = await onTerminal(args, id.slice(-8), env);
    expect(plain).toMatch(new RegExp(`^${id.slice(-8)}  completed  Manly`, "m"));
    expect(plain).not.toContain("\u001b");
    for (const line of plain.split(/\r?\n/)) expect(line.length).toBeLessThanOrEqual(80);
  }
}, 60_000);

describe("agentlink jobs", () => {
  test("list filters and prints a table or JSON; show prints one job; watch follows it", async () => {
    const id = await submitted("Manly", "NSW");
    const watched = await agentlink(["jobs", "watch", id, "--json"]);
    expect(JSON.parse(watched.stdout)).toMatchObject({ job_id: id, status: "completed" });

    const list = await agentlink(["jobs", "list", "--status", "completed", "--suburb", "Manly", "--limit", "3"]);
    const [head = "", ...rows] = list.stdout.trim().split("\n");
    expect(head).toMatch(/^ID +STAGE +SUBURB +ACCEPTED/);
    expect(rows.find((row) => row.startsWith(id))).toMatch(
      /completed +Manly NSW 2095 +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \S+ /,
    );
    const accepted = async (...zone: string[]) =>
      (await agentlink(["jobs", "list", "--limit", "1", ...zone])).stdout.trim().split("\n").at(-1);
    expect(await accepted("--time-zone", "UTC")).toMatch(/ \d\d:\d\d:\d\d UTC /);
    expect(await accepted("--time-zone", "suburb")).toMatch(/ AE[SD]T /);
    const json = await agentlink(["jobs", "list", "--json", "--limit", "1"]);
    expect(JSON.parse(json.stdout)).toHaveProperty("job_id");
    expect(await agentlink(["jobs", "list", "--since", "2999-01-01"])).toMatchObject({ code: 0, stdout: "" });

    const shown = await agentlink(["jobs", "show", id]);
    expect(shown.stdout).toMatch(/^report +Manly NSW 2095$/m);
    expect(shown.stdout).toMatch(/^delivered to +\//m);
    expect(await agentlink(["jobs", "show", "nobody"])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('There is no job "nobody"'),
    });
    for (const words of [
      ["jobs", "show", ""],
      ["jobs", "cancel", id, " "],
      ["keys", "revoke", ""],
      ["people", "merge", "", "x"],
    ])
      expect(await agentlink(words)).toMatchObject({ code: 2, stderr: expect.stringContaining("> must not be empty") });
  }, 60_000);

  test("cancel and retry change each job that lets itself be changed, and say why another does not", async () => {
    const failed = await submitted("Broome", "WA");
    expect((await agentlink(["jobs", "watch", failed])).code).toBe(3);
    const cancelled = await agentlink(["jobs", "cancel", failed, "nobody"]);
    expect(cancelled).toMatchObject({ code: 1, stdout: "" });
    expect(cancelled.stderr).toContain(`Job ${failed} already failed`);
    expect(cancelled.stderr).toContain('There is no job "nobody"');
    const retried = await agentlink(["jobs", "retry", failed]);
    expect(retried).toMatchObject({ code: 0, stderr: "" });
    expect(retried.stdout).toStartWith(failed);
    expect((await agentlink(["jobs", "watch", failed])).code).toBe(3);
  }, 60_000);
});

describe("agentlink queue, prune and retry --all-failed", () => {
  test("pause the queue, show its state, and resume it", async () => {
    expect((await agentlink(["queue", "pause"])).stdout).toStartWith("paused by local since ");
    const id = await submitted("Manly", "NSW");
    const status = await agentlink(["queue", "status"]);
    expect(status.stdout).toMatch(/^queue +paused by local/m);
    expect(status.stdout).toMatch(/^jobs +1 queued/m);
    const waiting = await agentlink(["jobs", "watch", id, "--timeout", "300ms"]);
    expect(waiting).toMatchObject({ code: 5, stdout: "" });
    expect(JSON.parse((await agentlink(["queue", "resume", "--json"])).stdout)).toEqual({ paused: null });
    expect((await agentlink(["jobs", "watch", id])).code).toBe(0);
  }, 60_000);

  test("retry all that failed of a filter, and remove what ended, once it is confirmed", async () => {
    // Without an Idempotency-Key: a job that has one stays for as long as the key is valid.
    const failed = await post(service.url, { suburb: "Longreach", state: "QLD" });
    const done = await post(service.url, inlineJob(1));
    expect((await agentlink(["jobs", "watch", done])).code).toBe(0);
    expect((await agentlink(["jobs", "watch", failed])).code).toBe(3);
    const all = ["jobs", "retry", "--all-failed", "--suburb", "Longreach"];
    expect(await agentlink(all)).toMatchObject({ code: 2, stdout: "", stderr: expect.stringContaining("--yes") });
    expect(await agentlink([...all, "--yes"])).toMatchObject({ code: 0, stdout: "1 job is queued again\n" });
    expect((await agentlink(["jobs", "watch", failed])).code).toBe(3);
    expect((await agentlink(["jobs", "retry"])).code).toBe(2);
    // Nothing, an option of an empty variable, and ids beside options are all refused before anything is done.
    for (const which of [[], ["--error", ""], ["--search", " "], [failed, "--status", "failed"]])
      for (const action of ["delete", "cancel", "retry", "download"]) {
        const more = action === "download" ? ["-o", "x.zip"] : ["--yes"];
        expect([which, (await agentlink(["jobs", action, ...which, ...more])).code]).toEqual([which, 2]);
      }
    const dry = await agentlink(["jobs", "delete", "--status", "failed", "--suburb", "Longreach", "--dry-run"]);
    expect(dry).toMatchObject({ code: 0, stdout: "1 job matches: 1 failed\n" });

    expect((await agentlink(["prune", "--older-than", "0s"])).code).toBe(2);
    expect((await agentlink(["prune", "--older-than", "1d", "--yes"])).stdout).toBe("0 jobs and 0 PDFs removed\n");
    const [report = ""] = [...new Bun.Glob(`reports/*/${done}*.pdf`).scanSync(dataDir)];
    expect(report).not.toBe("");
    const { removed, retained } = JSON.parse(
      (await agentlink(["prune", "--older-than", "0s", "--yes", "--json"])).stdout,
    );
    expect(removed).toBe(2);
    expect(retained).toBeGreaterThan(0);
    expect(existsSync(join(dataDir, report))).toBe(false);
    expect((await agentlink(["jobs", "show", failed])).code).toBe(1);
  }, 60_000);

  test("jobs watch reports each change of any job, through a restart of the service", async () => {
    const folder = temporaryFolder();
    const port = String(freePort());
    const own = await startBinary({ dataDir: folder, env: { AGENTLINK_PORT: port } });
    const child = Bun.spawn([binaryPath(), "jobs", "watch", "--port", port], {
      cwd: folder,
      env: { PATH: process.env.PATH },
      stdout: "pipe",
      stderr: "pipe",
    });
    let shown = "";
    const reading = (async () => {
      for await (const chunk of child.stdout) shown += new TextDecoder().decode(chunk);
    })();
    // It reports what changes after it has begun. One job at a time: a busy machine would have hundreds before the last.
    await until(async () => {
      await untilEnded(own.url, await post(own.url, inlineJob(1)));
      return shown.includes("completed");
    });
    await own.end("SIGTERM");
    const next = await startBinary({ dataDir: folder, env: { AGENTLINK_PORT: port } });
    const id = await post(next.url, inlineJob(2));
    await until(() => shown.includes(`${id}  completed`));
    child.kill("SIGINT");
    expect(await child.exited).toBe(0);
    await reading;
    await next.end("SIGTERM");
  }, 120_000);
});

test("where nothing responds it says how to start it, and exits 4", async () => {
  const { code, stderr } = await run(["jobs", "list", "--port", "1"]);
  expect(code).toBe(4);
  expect(stderr).toBe(
    "agentlink: no service responds at http://127.0.0.1:1: start the service with `agentlink serve`, or give its address with --url or AGENTLINK_URL\n",
  );
});

test("with keys it shows the one it was given, and says how to give one", async () => {
  const folder = temporaryFolder();
  const key = (await run(["keys", "create", "--name", "ops", "--scope", "admin", "--data-dir", folder])).stdout.trim();
  const guarded = await startBinary({ dataDir: folder });
  const refused = await run(["jobs", "list", "--url", guarded.url]);
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining("AGENTLINK_KEY") });
  expect(await run(["jobs", "list"], { env: { AGENTLINK_URL: guarded.url, AGENTLINK_KEY: key } })).toMatchObject({
    code: 0,
    stderr: "there are no jobs: request a report, for example with `agentlink submit Manly NSW`\n",
  });
  await guarded.end("SIGTERM");
  expect(existsSync(join(folder, "agentlink.db"))).toBe(true);
}, 120_000);
