import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import type { Logger } from "pino";
import { asFailure } from "../../failure.ts";
import { writeWholeFile } from "../../host/files/whole-file.ts";
import { createHasher } from "../../host/hash.ts";
import type { Config } from "../../settings/config.ts";
import { type DescribedSetting, settings } from "../../settings/settings.ts";
import { messages } from "../messages.ts";
import type { AuditLog } from "./audit.ts";

const NAME = "settings.last";

/** What the settings were at the last start of this host. Of a secret it has only what shows whether it changed. */
interface LastSettings {
  readonly key: string;
  readonly values: Readonly<Record<string, string>>;
}

/**
 * Has the settings that are other than at the last start in the audit list: each with its value before and now, secrets
 * without theirs. The first start has none. Whatever goes wrong with it, the service starts.
 */
export async function noteSettings(
  config: Config,
  described: readonly Pick<DescribedSetting, "variable" | "value" | "secret">[],
  { audit, log }: { readonly audit: AuditLog; readonly log: Logger },
): Promise<void> {
  const path = join(config.dataDir, NAME);
  try {
    const last = await readLast(path);
    const key = last?.key ?? randomBytes(32).toString("base64");
    const values = Object.fromEntries(
      described.map(({ variable, value, secret }) => [
        variable,
        secret && value !== "" ? fingerprint(key, rawOf(config, variable)) : value,
      ]),
    );
    const changed = described.filter(
      ({ variable }) => last !== null && (last.values[variable] ?? "") !== values[variable],
    );
    if (changed.length > 0) {
      const detail = changed.map(({ variable, secret }) =>
        secret
          ? `${variable}: ${secretWords(last?.values[variable] ?? "", values[variable] ?? "")}`
          : `${variable}: ${last?.values[variable] || "empty"} → ${values[variable] || "empty"}`,
      );
      await audit.record({
        actor: `service (${hostname()})`,
        keyId: null,
        action: "changeSettings",
        subject: changed.map(({ variable }) => variable).join(", "),
        detail: detail.join("; "),
      });
    }
    if (last !== null && changed.length === 0) return;
    writeWholeFile(path, `${JSON.stringify({ key, values } satisfies LastSettings)}\n`);
  } catch (error) {
    log.warn({ error: asFailure(error).message }, messages.settingsUnreadable);
  }
}

function secretWords(before: string, now: string): string {
  return before === "" ? "set" : now === "" ? "no longer set" : "another one";
}

async function readLast(path: string): Promise<LastSettings | null> {
  try {
    return JSON.parse(await readFile(path, "utf8")) as LastSettings;
  } catch {
    // The first start, or a file that was cut short: nothing is known of before.
    return null;
  }
}

function rawOf(config: Config, variable: string): string {
  const key = settings.find((each) => each.variable === variable)?.key;
  return key === undefined ? "" : JSON.stringify(config[key]);
}

/** Keyed, so that the file alone does not show whether a guess is right. */
function fingerprint(key: string, secret: string): string {
  return createHasher("sha256", key).update(secret).digest("base64");
}
