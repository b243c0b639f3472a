import { setPriority } from "node:os";
import { Failure } from "../../failure.ts";
import type { Finding } from "./finding.ts";
import { messages } from "./messages.ts";

/** Longest that the checks may take; a database of gigabytes is better checked at the shell. */
const TIMEOUT_MS = 60_000;
const LOW_PRIORITY = 10;

/** What the service brings to the checks that it has made. */
export interface Examined {
  /** Where it listens, in fact. */
  readonly url: string;
  /** Its work, as in GET /api/overview. */
  readonly overview: unknown;
}

/**
 * The doctor in a process of its own, with the settings of this one: it reads whole databases and waits for others, which
 * must not delay the service. @throws Failure "checks_failed" where it does not end within a minute, or reports nothing.
 */
export function createExamination(command: readonly string[], environment: Readonly<Record<string, string>>) {
  return async ({ url, overview }: Examined): Promise<readonly Finding[]> => {
    const child = Bun.spawn([...command, "doctor", "--json", "--for-service"], {
      env: { AGENTLINK_URL: url, ...environment },
      stdin: new TextEncoder().encode(JSON.stringify(overview)),
      stdout: "pipe",
      stderr: "ignore",
      timeout: TIMEOUT_MS,
      killSignal: "SIGKILL",
    });
    try {
      setPriority(child.pid, LOW_PRIORITY);
    } catch {
      // It has ended, or the system does not allow it.
    }
    const text = await new Response(child.stdout).text();
    await child.exited;
    try {
      return (JSON.parse(text) as { readonly findings: readonly Finding[] }).findings;
    } catch (cause) {
      throw new Failure("checks_failed", messages.checksTimedOut(TIMEOUT_MS / 1_000), { transient: true, cause });
    }
  };
}
