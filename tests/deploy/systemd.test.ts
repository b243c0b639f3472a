import { expect } from "bun:test";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { binaryPath, post, run, startBinary, temporaryFolder, untilEnded } from "../e2e/binary.ts";
import { inlineJob } from "../e2e/jobs.ts";
import { onLinux, unless, withPrograms } from "../programs.ts";

const UNITS = resolve(import.meta.dir, "../../deploy/systemd");
const unit = (name: string) => readFileSync(join(UNITS, name), "utf8");

// A container rarely has systemd's programs, and their output was checked with one version, so CI does not need them.
const analyze = Bun.which("systemd-analyze");
const withAnalyze = unless(analyze === null ? "it needs systemd-analyze" : null, "systemd");

onLinux("agentlink install --dry-run shows every file and command, and writes nothing", async () => {
  const cwd = temporaryFolder();
  const { code, stdout, stderr } = await run(["install", "--dry-run"], { cwd });
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  for (const name of ["agentlink.socket", "agentlink.service", "agentlink.env", "agentlink.sysusers"])
    expect(stdout).toContain(unit(name).trim());
  expect(stdout).toContain("systemctl enable --now agentlink.socket");
  expect(stdout).toContain("systemctl restart agentlink.service");
});

onLinux(
  "installed into a folder the program, units and settings are in place; again, the operator's settings stay",
  async () => {
    const root = temporaryFolder();
    const at = (path: string) => join(root, path);
    expect((await run(["install", "--root", root])).code).toBe(0);
    expect(readFileSync(at("etc/systemd/system/agentlink.service"), "utf8")).toBe(unit("agentlink.service"));
    expect(statSync(at("usr/local/bin/agentlink")).size).toBe(statSync(binaryPath()).size);
    for (const name of [
      "agentlink.conf",
      "agentlink-proxy.conf",
      "agentlink-upstream.conf",
      "agentlink-old-callers.conf",
    ]) {
      const shipped = readFileSync(resolve(UNITS, "../nginx", name), "utf8");
      expect(readFileSync(at(`usr/local/share/agentlink/nginx/${name}`), "utf8")).toBe(shipped);
    }
    expect(readFileSync(at("usr/local/bin/agentlink-as-service"), "utf8")).toBe(unit("agentlink-as-service"));
    expect(statSync(at("usr/local/bin/agentlink-as-service")).mode & 0o777).toBe(0o755);
    expect(statSync(at("etc/agentlink/credentials")).mode & 0o777).toBe(0o700);
    expect(statSync(at("etc/agentlink/agentlink.env")).mode & 0o777).toBe(0o640);
    writeFileSync(at("etc/agentlink/agentlink.env"), "AGENTLINK_LOG_LEVEL=debug\n");
    writeFileSync(at("etc/systemd/system/agentlink.socket"), "old");
    const again = await run(["install", "--root", root]);
    expect(again.stdout).toContain("unchanged ");
    expect(readFileSync(at("etc/agentlink/agentlink.env"), "utf8")).toBe("AGENTLINK_LOG_LEVEL=debug\n");
    expect(readFileSync(at("etc/systemd/system/agentlink.socket"), "utf8")).toBe(unit("agentlink.socket"));
    expect(existsSync(at("usr/local/bin/agentlink.new"))).toBe(false);
  },
  120_000,
);

onLinux("agentlink-as-service runs it with what the unit has: user, data folder, settings and secrets", async () => {
  const lines = unit("agentlink.service").split("\n");
  const script = unit("agentlink-as-service");
  for (const key of ["User", "Group", "UMask", "EnvironmentFile", "LoadCredential"])
    expect(script).toContain(`--property=${lines.find((line) => line.startsWith(`${key}=`))} `);
  expect(lines).toContain("Environment=AGENTLINK_DATA_DIR=%S/agentlink");
  expect(script).toContain("--setenv=AGENTLINK_DATA_DIR=/var/lib/agentlink ");
  expect((await Bun.$`sh -n ${join(UNITS, "agentlink-as-service")}`.nothrow().quiet()).exitCode).toBe(0);
});

onLinux("every setting of the shipped file is one that the program knows", async () => {
  const lines = unit("agentlink.env").match(/^#AGENTLINK_\w+=.*$/gm) ?? [];
  expect(lines.length).toBeGreaterThan(3);
  const env = Object.fromEntries(lines.map((line) => line.slice(1).split("=", 2) as [string, string]));
  const given = { ...env, AGENTLINK_DELIVERY: "folder" };
  expect(await run(["config"], { env: given })).toMatchObject({ code: 0, stderr: "" });
});

withAnalyze("systemd finds nothing wrong with the units, and little to attack", async () => {
  const root = temporaryFolder();
  await run(["install", "--root", root]);
  const units = ["agentlink.socket", "agentlink.service"].map((name) => join(root, "etc/systemd/system", name));
  // It searches for the program in this machine's own root.
  const service = readFileSync(units[1] ?? "", "utf8").replaceAll("/usr/local/bin/agentlink", binaryPath());
  writeFileSync(units[1] ?? "", service);
  const verified = await Bun.$`systemd-analyze verify --man=no ${units}`.nothrow().quiet();
  const said = verified.stderr.toString().split("\n");
  expect(said.filter((line) => line.includes("agentlink"))).toEqual([]);
  const { stdout } = await Bun.$`systemd-analyze security --offline=true ${units[1]}`.nothrow().quiet();
  const [, exposure = "10"] = /exposure level for \S+: ([\d.]+)/.exec(stdout.toString()) ?? [];
  expect(Number(exposure)).toBeLessThanOrEqual(1.5);
});

(analyze === null ? withAnalyze : withPrograms("strace"))(
  "all that the service asks of the kernel, from its start to a delivered report, the unit allows",
  async () => {
    const allowed = await syscalls("@system-service");
    for (const each of await syscalls("@privileged")) allowed.delete(each);
    const trace = join(temporaryFolder(), "trace");
    const service = await startBinary({
      command: ["strace", "-f", "-c", "-S", "name", "-U", "name", "-o", trace, binaryPath(), "serve"],
      dataDir: temporaryFolder(),
    });
    await untilEnded(service.url, await post(service.url, inlineJob(1)));
    const [child] = (await Bun.$`cat /proc/${service.pid}/task/${service.pid}/children`.text()).trim().split(" ");
    process.kill(Number(child), "SIGTERM");
    await service.end("SIGTERM");
    const used = (await Bun.file(trace).text()).match(/^\s*[a-z_0-9]+$/gm)?.map((name) => name.trim()) ?? [];
    expect(used).toContain("openat");
    // Two words of the table itself, and what SQLite does only where it runs as root, as this test may.
    const others = new Set(["syscall", "total", "fchown"]);
    expect(used.filter((name) => !allowed.has(name) && !others.has(name))).toEqual([]);
  },
  120_000,
);

/** The system calls of a set, with those of the sets in it. */
async function syscalls(set: string): Promise<Set<string>> {
  const lines = (await Bun.$`systemd-analyze syscall-filter ${set}`.text()).split("\n").map((line) => line.trim());
  const found = new Set<string>();
  for (const line of lines.slice(1)) {
    if (line.startsWith("@")) for (const each of await syscalls(line)) found.add(each);
    else if (/^\w+$/.test(line)) found.add(line);
  }
  return found;
}
