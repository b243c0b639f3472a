import { pino } from "pino";
import { startService } from "../../src/service.ts";
import { readConfig } from "../../src/settings/settings.ts";

/** The service as it is, on a machine where Dropbox's addresses lead to the one of the first argument. */
const [, , dropbox = ""] = process.argv;
const direct = globalThis.fetch;
const led = (target: Parameters<typeof fetch>[0], init?: Parameters<typeof fetch>[1]) => {
  const { host, pathname, search } = new URL(target instanceof Request ? target.url : String(target));
  return host.endsWith(".dropboxapi.com")
    ? direct(`${dropbox}/${host}${pathname}${search}`, init)
    : direct(target as string, init);
};
globalThis.fetch = Object.assign(led, { preconnect: direct.preconnect });

const service = await startService(readConfig(process.env, {}), pino({ level: "warn" }), [process.execPath], null);
console.log(`agentlink is up at ${service.url}`);
process.once("SIGTERM", () => void service.stop().then(() => process.exit(0)));
