import { expect, test } from "bun:test";
import { lstatSync, readdirSync, symlinkSync } from "node:fs";
import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { binaryPath, post, run, startBinary, temporaryFolder, untilEnded } from "./binary.ts";
import { importSample, inlineJob } from "./jobs.ts";

const mode = (path: string) => (lstatSync(path).mode & 0o777).toString(8);

/** All below a folder, with their rights. */
function rightsBelow(folder: string): Readonly<Record<string, string>> {
  const names = ["", ...readdirSync(folder, { recursive: true }).map(String)];
  return Object.fromEntries(names.map((name) => [name, mode(join(folder, name))]));
}

const openToOthers = (rights: Readonly<Record<string, string>>) =>
  Object.entries(rights).filter(([, each]) => !each.endsWith("00"));

test("nothing in the data folder is open to others, whichever command or library made it; delivered copies are as the umask says", async () => {
  const dataDir = join(temporaryFolder(), "data");
  const delivered = join(temporaryFolder(), "delivered");
  await run(["keys", "create", "--name", "boss", "--scope", "admin", "--data-dir", dataDir]);
  expect(openToOthers(rightsBelow(dataDir))).toEqual([]);
  const other = join(temporaryFolder(), "data");
  await importSample(other);
  const service = await startBinary({
    dataDir: other,
    command: ["sh", "-c", `umask 027; exec ${binaryPath()} serve`],
    env: { AGENTLINK_DELIVERY_FOLDER: delivered },
  });
  const job = await untilEnded(service.url, await post(service.url, inlineJob(1)));
  expect(openToOthers(rightsBelow(other))).toEqual([]);
  expect(Object.keys(rightsBelow(other))).toContain("agentlink.db-wal");
  expect(mode(job.result?.delivered_to ?? "")).toBe("640");
  expect(mode(delivered)).toBe("750");
  const copy = join(temporaryFolder(), "copy.db");
  expect((await run(["backup", copy, "--data-dir", other])).code).toBe(0);
  expect(mode(copy)).toBe("600");
  await service.end("SIGTERM");
}, 60_000);

test("a data folder that other users could read is closed at the start and the doctor names it; one with more in it is left", async () => {
  const dataDir = join(temporaryFolder(), "data");
  await mkdir(dataDir, { mode: 0o755 });
  await run(["keys", "create", "--name", "boss", "--scope", "admin", "--data-dir", dataDir]);
  await chmod(dataDir, 0o755);
  await chmod(join(dataDir, "keys.db"), 0o644);
  const doctor = await run(["doctor", "--offline", "--data-dir", dataDir]);
  expect(doctor.stdout).toContain(`others can read ${dataDir} (755)`);
  expect(doctor.stdout).toContain(`chmod go-rwx ${dataDir}`);
  const service = await startBinary({ dataDir });
  expect([mode(dataDir), mode(join(dataDir, "keys.db"))]).toEqual(["700", "600"]);
  expect(service.log()).toContain(`Other users could read ${dataDir} (755)`);
  await service.end("SIGTERM");

  const shared = join(temporaryFolder(), "home");
  await mkdir(shared, { mode: 0o755 });
  await chmod(shared, 0o755);
  const victim = join(temporaryFolder(), "victim");
  await writeFile(victim, "mine");
  await chmod(victim, 0o644);
  await writeFile(join(shared, "letters.txt"), "mine");
  await chmod(join(shared, "letters.txt"), 0o644);
  symlinkSync(victim, join(shared, "catalogue.db.old"));
  const second = await startBinary({ dataDir: shared });
  expect([mode(shared), mode(join(shared, "letters.txt")), mode(victim)]).toEqual(["755", "644", "644"]);
  const open = openToOthers(rightsBelow(shared)).map(([name]) => name);
  expect(open.sort()).toEqual(["", "catalogue.db.old", "letters.txt"]);
  await second.end("SIGTERM");
}, 60_000);

test("-o writes to no link or pipe that another user put beside it, and leaves its name to a file", async () => {
  const folder = temporaryFolder();
  const victim = join(folder, "victim");
  await writeFile(victim, "mine");
  symlinkSync(victim, join(folder, "report.pdf.part"));
  symlinkSync(victim, join(folder, "report.pdf"));
  const rendered = await run(["render", "-", "-o", "report.pdf"], { cwd: folder, stdin: JSON.stringify(inlineJob(1)) });
  expect(rendered.code).toBe(0);
  expect(lstatSync(join(folder, "report.pdf")).isFile()).toBe(true);
  expect((await readFile(join(folder, "report.pdf"), "latin1")).slice(0, 5)).toBe("%PDF-");
  expect(await readFile(victim, "utf8")).toBe("mine");
  expect(readdirSync(folder).sort()).toEqual(["report.pdf", "report.pdf.part", "victim"]);
}, 60_000);

test("a backup and submit -o write through no link and into no pipe; what they make is its user's alone", async () => {
  const folder = temporaryFolder();
  const dataDir = join(folder, "data");
  const env = { AGENTLINK_DATA_DIR: dataDir };
  const service = await startBinary({ dataDir });
  const victim = join(folder, "victim");
  await writeFile(victim, "mine");
  await mkdir(join(folder, "theirs"));
  await Bun.$`mkfifo pipe.db pipe pipe.pdf`.cwd(folder);
  for (const [to, name] of [
    [victim, "link.db"],
    ["nowhere", "dangling.db"],
    ["nowhere", "dangling"],
    [join(folder, "theirs"), "theirs-link"],
    [victim, "link.pdf"],
    ["nowhere", "dangling.pdf"],
  ] as const)
    symlinkSync(to, join(folder, name));
  for (const target of ["link.db", "pipe.db", "dangling.db", "pipe", "dangling", "theirs-link"]) {
    const { code, stderr } = await run(["backup", target], { cwd: folder, env });
    expect([target, code, stderr]).toEqual([
      target,
      1,
      expect.stringMatching(/already exists, and a backup never overwrites/),
    ]);
  }
  expect((await run(["backup", "copy"], { cwd: folder, env })).code).toBe(0);
  expect(openToOthers(rightsBelow(join(folder, "copy")))).toEqual([]);

  const request = JSON.stringify(inlineJob(1));
  for (const output of ["link.pdf", "pipe.pdf", "dangling.pdf", "new.pdf"]) {
    const submitted = ["submit", "--request", "-", "-o", output, "--url", service.url];
    const { code, stderr } = await run(submitted, { cwd: folder, env, stdin: request });
    expect([output, code, stderr]).toEqual([output, 0, expect.any(String)]);
    expect([output, lstatSync(join(folder, output)).isFile(), mode(join(folder, output))]).toEqual([
      output,
      true,
      "600",
    ]);
    expect((await readFile(join(folder, output), "latin1")).slice(0, 5)).toBe("%PDF-");
  }
  expect(await readFile(victim, "utf8")).toBe("mine");
  expect(readdirSync(join(folder, "theirs"))).toEqual([]);
  expect(readdirSync(folder).filter((name) => name.includes("nowhere") || name.includes(".part"))).toEqual([]);
  await service.end("SIGKILL");
}, 90_000);
