import { readdir, readFile } from "node:fs/promises";

/** The part of the limit past which no more may be left open for good: the rest is for connections. */
const SCARCE_AT = 0.5;
/** The part up to which a thread that could be used again may be ended: the other half is for those that must be. */
const PLENTIFUL_TO = 0.25;
const POLL_EVERY_MS = 2_000;

/** Files and connections of a process. */
export interface Descriptors {
  readonly open: number;
  /** Past it none can be opened, and no thread started. */
  readonly limit: number;
}

/** How many this process, or another one, has open and may have; null where the system does not report it. */
export async function countDescriptors(pid: number | "self" = "self", proc = "/proc"): Promise<Descriptors | null> {
  try {
    const [entries, limits] = await Promise.all([
      readdir(`${proc}/${pid}/fd`),
      readFile(`${proc}/${pid}/limits`, "utf8"),
    ]);
    const [, limit = ""] = /^Max open files +(\S+)/m.exec(limits) ?? [];
    const most = limit === "unlimited" ? Number.POSITIVE_INFINITY : Number(limit);
    return most > 0 ? { open: entries.length, limit: most } : null;
  } catch {
    // Not Linux, or another user's process.
    return null;
  }
}

export interface DescriptorWatch {
  /** Enough can be opened for a thread to be ended although it could be used again. */
  plentiful(): boolean;
  /** Half of those that there may be are open. Stays so: what a thread leaves open comes back with the next start alone. */
  scarce(): boolean;
  close(): void;
}

/**
 * Watches how many files and connections this process has open. Each thread that is ended leaves about two behind (Bun
 * 1.4.5, oven-sh/bun#34260), and a process that may open no more dies.
 */
export function watchDescriptors(onScarce: (descriptors: Descriptors) => void): DescriptorWatch {
  /** Written by `refresh`. */
  let scarce = false;
  /** Written by `refresh`. */
  let plentiful = true;

  async function refresh(): Promise<void> {
    const descriptors = await countDescriptors();
    if (descriptors !== null) plentiful = descriptors.open < PLENTIFUL_TO * descriptors.limit;
    if (scarce || descriptors === null || descriptors.open < SCARCE_AT * descriptors.limit) return;
    scarce = true;
    onScarce(descriptors);
  }

  const timer = setInterval(() => void refresh(), POLL_EVERY_MS);
  timer.unref();
  return { plentiful: () => plentiful, scarce: () => scarce, close: () => clearInterval(timer) };
}
