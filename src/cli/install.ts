import { chmod, mkdir, rename, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import site from "../../deploy/nginx/agentlink.conf" with { type: "text" };
import oldCallers from "../../deploy/nginx/agentlink-old-callers.conf" with { type: "text" };
import proxy from "../../deploy/nginx/agentlink-proxy.conf" with { type: "text" };
import upstream from "../../deploy/nginx/agentlink-upstream.conf" with { type: "text" };
import settings from "../../deploy/systemd/agentlink.env" with { type: "text" };
import service from "../../deploy/systemd/agentlink.service" with { type: "text" };
import socket from "../../deploy/systemd/agentlink.socket" with { type: "text" };
import user from "../../deploy/systemd/agentlink.sysusers" with { type: "text" };
import asService from "../../deploy/systemd/agentlink-as-service" with { type: "text" };
import { asFailure, Failure } from "../failure.ts";
import { messages } from "./messages.ts";

export interface InstallOptions {
  /** Show what would be done, and do nothing. */
  readonly dryRun: boolean;
  /** The folder in place of the file system's root; below another one files are written and nothing is run. */
  readonly root: string;
  /** This program, to be copied. */
  readonly program: string;
  /** Runs a command to its end; returns its exit code. */
  readonly run: (command: readonly string[]) => Promise<number>;
  readonly out: (line: string) => void;
}

interface InstalledFile {
  readonly path: string;
  readonly text: string;
  readonly mode: number;
  /** The operator's own: an existing file stays. */
  readonly once?: true;
}

const PROGRAM = "/usr/local/bin/agentlink";
const CREDENTIALS = "/etc/agentlink/credentials";
/** Where the operator gets the files for nginx: also from the binary alone. */
const NGINX = "/usr/local/share/agentlink/nginx";
const FILES: readonly InstalledFile[] = [
  { path: "/etc/sysusers.d/agentlink.conf", text: user, mode: 0o644 },
  { path: "/etc/systemd/system/agentlink.socket", text: socket, mode: 0o644 },
  { path: "/etc/systemd/system/agentlink.service", text: service, mode: 0o644 },
  { path: "/etc/agentlink/agentlink.env", text: settings, mode: 0o640, once: true },
  { path: "/usr/local/bin/agentlink-as-service", text: asService, mode: 0o755 },
  { path: `${NGINX}/agentlink.conf`, text: site, mode: 0o644 },
  { path: `${NGINX}/agentlink-proxy.conf`, text: proxy, mode: 0o644 },
  { path: `${NGINX}/agentlink-old-callers.conf`, text: oldCallers, mode: 0o644 },
  { path: `${NGINX}/agentlink-upstream.conf`, text: upstream, mode: 0o644 },
];
const SOCKET = "agentlink.socket";
/** In this order. The socket is there before the service, and stays when that is started again. */
const COMMANDS: readonly (readonly string[])[] = [
  ["systemd-sysusers", "/etc/sysusers.d/agentlink.conf"],
  ["systemctl", "daemon-reload"],
  ["systemctl", "enable", "--now", SOCKET],
  ["systemctl", "enable", "agentlink.service"],
  ["systemctl", "restart", "agentlink.service"],
];
const NEXT = messages.installed(CREDENTIALS, NGINX);

/**
 * Puts the program, its user, folders, units and settings in place on a server with systemd, and starts it. Run again
 * it upgrades: the units and the program are replaced, the operator's settings and data stay.
 * @throws Failure "install" that states what is missing or failed.
 */
export async function install(options: InstallOptions): Promise<void> {
  const { dryRun, root, program, run, out } = options;
  const real = root === "/";
  if (dryRun) return show(out);
  if (real && process.getuid?.() !== 0) throw new Failure("install", messages.onlyRoot);
  if (real && Bun.which("systemctl") === null) throw new Failure("install", messages.noSystemd);

  await doing("the program", async () => {
    const to = join(root, PROGRAM);
    await mkdir(dirname(to), { recursive: true });
    // Beside it and then over it: the running one retains its file, and a full disk leaves it whole.
    await Bun.write(`${to}.new`, Bun.file(program));
    await chmod(`${to}.new`, 0o755);
    await rename(`${to}.new`, to);
    out(`wrote ${to}`);
  });
  await mkdir(join(root, CREDENTIALS), { recursive: true, mode: 0o700 });
  for (const { path, text, mode, once } of FILES) {
    const to = join(root, path);
    if (once && (await isThere(to))) {
      out(`unchanged ${to}`);
      continue;
    }
    await doing(to, async () => {
      await mkdir(dirname(to), { recursive: true });
      await writeFile(to, text, { mode });
      await chmod(to, mode);
    });
    out(`wrote ${to}`);
  }
  if (!real) return out(messages.notReloaded(root));
  for (const command of COMMANDS) {
    out(`run   ${command.join(" ")}`);
    const code = await run(command);
    if (code !== 0) throw new Failure("install", `${command.join(" ")} ended with ${code}: ${whyOf(command)}`);
  }
  out(NEXT);
}

/** Of a port that is taken, systemd reports only "Input/output error". */
function whyOf(command: readonly string[]): string {
  return command.includes(SOCKET) ? messages.socketTaken(SOCKET) : "journalctl -u agentlink";
}

function show(out: (line: string) => void): void {
  out(messages.copyProgram(PROGRAM));
  out(messages.createFolder(CREDENTIALS));
  for (const { path, text, mode, once } of FILES) {
    out(`\n# ${path} (mode ${mode.toString(8)}${once ? messages.fileStays : ""})`);
    out(text.trimEnd());
  }
  out("\n# then run");
  for (const command of COMMANDS) out(command.join(" "));
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

async function doing(what: string, work: () => Promise<void>): Promise<void> {
  await work().catch((error) => {
    throw new Failure("install", `${what} cannot be written: ${asFailure(error).message}`, { cause: error });
  });
}
