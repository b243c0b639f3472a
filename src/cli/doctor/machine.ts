import { existsSync, readdirSync, readFileSync } from "node:fs";
import { machine, renderThreads } from "../../host/host.ts";
import type { Config } from "../../settings/config.ts";
import { type Finding, fail, ok, warn } from "./finding.ts";
import { messages } from "./messages.ts";

const FEW_DESCRIPTORS = 4_096;
const TOO_FEW_DESCRIPTORS = 512;
const MB = 1_000_000;
/** With one thread: below this, renders wait for memory more than they run. */
const LEAST_BYTES = 600 * MB;

/** How many reports are rendered at once here, and why. */
export function checkMemory(config: Pick<Config, "memoryLimit" | "renderThreads">): Finding {
  const { cores, memoryBytes: available } = machine();
  const memoryBytes = config.memoryLimit ?? available;
  const reckoned = renderThreads({ cores, memoryBytes });
  const threads = config.renderThreads ?? reckoned;
  const found = messages.renderThreads(
    threads,
    threads === 1 ? "report" : "reports",
    cores,
    cores === 1 ? "core" : "cores",
    Math.round(memoryBytes / MB),
  );
  if (memoryBytes > available)
    return fail("memory", messages.memoryShort(found, Math.round(available / MB)), messages.lowerMemoryLimit);
  if (memoryBytes < LEAST_BYTES) return warn("memory", found, messages.giveMemory);
  if (threads > reckoned) return warn("memory", messages.memoryFor(found, reckoned), messages.lowerThreads);
  return ok("memory", found);
}

/** Files and connections that a process may have open: this one's limit, or a running service's. */
export function checkDescriptors(pid: number | null, proc = "/proc"): Finding {
  const limit = limitOf(`${proc}/${pid ?? "self"}/limits`);
  const whose = pid === null ? "of this shell" : messages.ofService;
  if (limit === null) return ok("open files", messages.fileLimitUnknown);
  const advice = messages.raiseFileLimit;
  if (limit < TOO_FEW_DESCRIPTORS) return fail("open files", `limit ${limit} (${whose})`, advice);
  // Each long poll, event stream and delivery has one.
  if (limit < FEW_DESCRIPTORS && pid !== null) return warn("open files", `limit ${limit} (${whose})`, advice);
  const open = pid === null ? null : openOf(`${proc}/${pid}/fd`);
  if (open !== null && open >= 0.5 * limit)
    return warn("open files", `${open} of ${limit} are open (${whose})`, messages.restartService(advice));
  const most = limit === Number.POSITIVE_INFINITY ? "no limit" : `limit ${limit} (${whose})`;
  return ok("open files", open === null ? most : `${open} open, ${most}`);
}

function openOf(folder: string): number | null {
  try {
    return readdirSync(folder).length;
  } catch {
    // Another user's process.
    return null;
  }
}

function limitOf(path: string): number | null {
  try {
    const [, limit = ""] = /^Max open files +(\S+)/m.exec(readFileSync(path, "utf8")) ?? [];
    return limit === "unlimited" ? Number.POSITIVE_INFINITY : Number(limit) || null;
  } catch {
    return null;
  }
}

/** How far a job's time may lie before us: clocks of several hosts differ a little. */
const AHEAD_MS = 60_000;
const TIMESYNC = "/run/systemd/timesync";

/** Whether the clock is plausible: leases, signatures and retention depend on it. */
export function checkClock(newestJob: string | null, now: number = Date.now()): Finding {
  const shown = new Date(now).toISOString();
  const advice = messages.setClock;
  if (newestJob !== null && Date.parse(newestJob) > now + AHEAD_MS)
    return fail("clock", messages.clockSetBack(shown, newestJob), advice);
  if (new Date(now).getUTCFullYear() < 2026) return fail("clock", `${shown} cannot be right`, advice);
  if (existsSync(TIMESYNC) && !existsSync(`${TIMESYNC}/synchronized`))
    return warn("clock", `${shown}, not synchronized yet`, advice);
  return ok("clock", shown);
}
