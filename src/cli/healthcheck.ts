import { asFailure } from "../failure.ts";
import type { Config } from "../settings/config.ts";
import { messages } from "./messages.ts";
import { serviceUrl } from "./service-url.ts";

interface HealthcheckOptions {
  readonly config: Pick<Config, "url" | "host" | "port">;
  /** Check whether it does its work, and not only whether it responds. */
  readonly ready: boolean;
  readonly timeoutMs: number;
  /** The service's process: once it has ended nothing will respond, though clients may still wait in a socket. */
  readonly process?: number;
  readonly json: boolean;
  readonly out: (line: string) => void;
  readonly err: (line: string) => void;
}

/**
 * Checks the service's health, for a container's HEALTHCHECK: returns the exit code, 0 for well, 1 for anything else.
 * Without `ready` a service whose deliveries wait for new credentials is well: to start it again would mend nothing.
 */
export async function healthcheck(options: HealthcheckOptions): Promise<number> {
  const { config, ready, json, out, err } = options;
  const address = `${serviceUrl(config)}${ready ? "/readyz" : "/livez"}`;
  const { status, problem } = await readHealth(address, givenUp(options));
  if (json) out(JSON.stringify({ ok: problem === null, address, status, problem }));
  else if (problem === null) out(status ?? "");
  if (problem === null) return 0;
  err(`${address} ${problem}`);
  return 1;
}

/** How often the process is searched for. */
const POLL_MS = 100;

interface Health {
  readonly status: "alive" | "ready" | null;
  readonly problem: string | null;
}

async function readHealth(address: string, signal: AbortSignal): Promise<Health> {
  try {
    const response = await fetch(address, { signal, redirect: "manual" });
    const { status, detail } = ((await response.json().catch(() => null)) ?? {}) as {
      readonly status?: unknown;
      readonly detail?: unknown;
    };
    signal.throwIfAborted();
    if (response.ok && (status === "alive" || status === "ready")) return { status, problem: null };
    const problem =
      typeof detail === "string" ? messages.unhealthy(response.status, detail) : messages.notAgentLink(response.status);
    return { status: null, problem };
  } catch (error) {
    if (signal.aborted) return { status: null, problem: asFailure(signal.reason).message };
    return { status: null, problem: messages.nothingResponds(asFailure(error).message) };
  }
}

/** Aborted when the time is over, or when the process has ended. */
function givenUp({ timeoutMs, process: pid }: Pick<HealthcheckOptions, "timeoutMs" | "process">): AbortSignal {
  const late = new AbortController();
  setTimeout(() => late.abort(new Error(messages.silent(timeoutMs / 1_000))), timeoutMs).unref();
  if (pid === undefined) return late.signal;
  // Another program, or the service's next process, may respond for one that has ended.
  if (!isThere(pid)) return AbortSignal.abort(new Error(messages.processEnded(pid)));
  const ended = new AbortController();
  const timer = setInterval(() => {
    if (!isThere(pid)) ended.abort(new Error(messages.processEnded(pid)));
  }, POLL_MS);
  timer.unref();
  return AbortSignal.any([late.signal, ended.signal]);
}

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // Not permitted: it exists, and belongs to another user.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
