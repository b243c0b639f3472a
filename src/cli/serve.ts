import type { Logger } from "pino";
import type { AboutService } from "../http/http.ts";
import { type Service, startService } from "../service.ts";
import type { Config } from "../settings/config.ts";
import { messages } from "./messages.ts";

/** Runs the service until a signal stops it; a second signal ends it at once (that loses nothing either). */
export async function serve(
  config: Config,
  log: Logger,
  renderCommand: readonly string[],
  socket: number | null,
  about: AboutService,
): Promise<void> {
  const service = await startService(config, log, renderCommand, socket, undefined, about);
  // Before it reports that it is up: a reader of that may stop it at once.
  const signalled = untilSignal();
  log.info({ url: service.url, data_dir: config.dataDir }, messages.up(service.url));
  if (service.keyless) log.warn({ data_dir: config.dataDir }, withoutKeys(config, service));
  const signal = await signalled;
  log.info({ signal, grace_ms: config.stopGraceMs }, messages.stopping);
  process.once(signal, () => process.exit(1));
  await service.stop();
  log.info("stopped");
  await new Promise((resolve) => log.flush(resolve));
  process.exit(0);
}

/** Who is served while there is no key, and how that is changed. */
function withoutKeys({ host, publicUrl, dataDir }: Config, { url, setupCode }: Service): string {
  const open = host === "0.0.0.0" || host.startsWith("::") || publicUrl !== null;
  const served = publicUrl === null ? messages.servesOwnUser : messages.refusesAll;
  const meant = open && publicUrl === null ? messages.listensOn(host) : "";
  return messages.createFirstKey(served, meant, publicUrl ?? url, setupCode, shellWord(dataDir));
}

/** As a shell takes it, whatever is in it. */
function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** Resolves with the first of SIGTERM and SIGINT. */
export function untilSignal(): Promise<"SIGTERM" | "SIGINT"> {
  return new Promise((resolve) => {
    for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => resolve(signal));
  });
}
