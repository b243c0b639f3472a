import type { Config } from "../config.ts";
import { asFailure } from "../failure.ts";
import { serviceUrl } from "./service-url.ts";

interface HealthcheckOptions {
  readonly config: Pick<Config, "url" | "host" | "port">;
  /** Ask whether it does its work, and not only whether it answers. */
  readonly ready: boolean;
  readonly timeoutMs: number;
  readonly out: (line: string) => void;
  readonly err: (line: string) => void;
}

/**
 * Asks the service how it is, for a container's HEALTHCHECK: answers the exit code, 0 for well, 1 for anything else.
 * Without `ready` a service whose deliveries wait for new credentials is well: to start it again would mend nothing.
 */
export async function healthcheck({ config, ready, timeoutMs, out, err }: HealthcheckOptions): Promise<number> {
  const address = `${serviceUrl(config)}${ready ? "/readyz" : "/livez"}`;
  try {
    const answer = await fetch(address, { signal: AbortSignal.timeout(timeoutMs), redirect: "manual" });
    const { status, detail } = (await answer.json()) as { readonly status?: unknown; readonly detail?: unknown };
    if (answer.ok && (status === "alive" || status === "ready")) {
      out(status);
      return 0;
    }
    err(`${address} answers ${answer.status}: ${detail ?? "not as agentlink would"}`);
  } catch (error) {
    err(`${address} does not answer as agentlink would: ${asFailure(error).message}`);
  }
  return 1;
}
