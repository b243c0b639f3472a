import { expect } from "bun:test";
import { chmodSync } from "node:fs";
import { join } from "node:path";
import { openSessionStore } from "../../src/access/sessions/store.ts";
import { openCatalogue } from "../../src/report/sources/catalogue.ts";
import { withPrograms } from "../programs.ts";
import { until, within } from "../until.ts";
import { binaryPath, post, run, startBinary, temporaryFolder, untilEnded } from "./binary.ts";
import { inlineJob } from "./jobs.ts";

const test = withPrograms("strace");

test("a disk that reports errors is reported as such; nothing is taken until it works again, and then all resumes", async () => {
  const dataDir = temporaryFolder();
  const service = await startBinary({ dataDir });
  await untilEnded(service.url, await post(service.url, inlineJob(1)));
  const strace = Bun.spawn(
    [
      ...["strace", "-f", "-o", "/dev/null", "-P", join(dataDir, "agentlink.db-wal")],
      ...["-e", "trace=pwrite64", "-e", "inject=pwrite64:error=EIO", "-p", `${service.pid}`],
    ],
    { stdout: "ignore", stderr: "pipe" },
  );
  await within(strace.stderr.getReader().read(), "strace to attach");
  const request = () =>
    fetch(`${service.url}/api/generate-agents-report`, { method: "POST", body: JSON.stringify(inlineJob(2)) });
  const refused = await request();
  expect(refused.status).toBe(503);
  expect(await refused.json()).toMatchObject({
    code: "disk_error",
    detail: expect.stringMatching(/reports an error \(SQLITE_IOERR\w*\): check the disk/),
  });
  strace.kill("SIGTERM");
  await strace.exited;
  const accepted = await until(async () => {
    const response = await request();
    return response.status === 200 && ((await response.json()) as { job_id: string });
  });
  expect(await untilEnded(service.url, accepted.job_id)).toMatchObject({ status: "completed", attempts: 1 });
  expect(await service.end("SIGTERM")).toBe(0);
}, 60_000);

// Root cannot write to a read-only file system either.
const BOUND = process.getuid?.() === 0 ? ["setpriv", "--bounding-set=-dac_override", "--inh-caps=-all"] : [];

withPrograms("setpriv")(
  "a file that may only be read is called that, whichever it is, and no full disk",
  async () => {
    const dataDir = temporaryFolder();
    const secret = (
      await run(["keys", "create", "--name", "me", "--scope", "admin", "--data-dir", dataDir])
    ).stdout.trim();
    openCatalogue({ path: join(dataDir, "catalogue.db") }).close();
    const sessions = openSessionStore({ path: join(dataDir, "sessions.db") });
    sessions.find("nobody");
    sessions.close();
    for (const name of ["catalogue.db", "sessions.db", "keys.db"]) chmodSync(join(dataDir, name), 0o444);
    const service = await startBinary({ dataDir, command: [...BOUND, binaryPath(), "serve"] });
    const refused = async (method: string, path: string, body: string, type = "application/json") => {
      const headers = { authorization: `Bearer ${secret}`, "content-type": type };
      const response = await fetch(`${service.url}${path}`, { method, body, headers });
      const { code, detail } = (await response.json()) as { code: string; detail: string };
      expect({ status: response.status, detail }).toEqual({
        status: 503,
        detail: expect.stringMatching(/cannot be written \(SQLITE_READONLY/),
      });
      return code;
    };
    expect([
      await refused("PUT", "/api/catalogue/agencies", "id,name\nnp,Norfolk & Pine\n", "text/csv"),
      await refused("POST", "/api/keys", '{"name": "make", "scope": "submit"}'),
      await refused("POST", "/sign-in", `key=${secret}`, "application/x-www-form-urlencoded"),
    ]).toEqual(["database_read_only", "database_read_only", "sessions_unavailable"]);
    expect(await service.end("SIGTERM")).toBe(0);
  },
  60_000,
);
