import { hostname } from "node:os";
import type { Logger } from "pino";
import { type Outbound, requireAllowed } from "../outbound/outbound.ts";
import type { Records } from "../storage/records/records.ts";
import { type ChannelSettings, openChannels } from "./channels.ts";
import { messages } from "./messages.ts";
import { type Notifier, startNotifier } from "./notify.ts";
import { type ProblemDependencies, problemsNow } from "./problems.ts";

interface NotifySettings
  extends ChannelSettings,
    Pick<ProblemDependencies, "notifyFailures" | "notifyDisk" | "publicUrl"> {
  readonly notifyAfterMs: number;
}

interface NotifyDependencies extends Pick<ProblemDependencies, "queue" | "health" | "keys" | "calendar" | "dataQuota"> {
  readonly outbound: Outbound;
  readonly records: Records;
  readonly log: Logger;
}

/** Watches for problems where notifications are set up; null otherwise. @throws Failure "config" for a webhook's address that may not be connected to. */
export function openNotifier(settings: NotifySettings, dependencies: NotifyDependencies): Notifier | null {
  const { outbound, records, log, ...watched } = dependencies;
  requireAllowed(outbound, { AGENTLINK_NOTIFY_WEBHOOK: settings.notifyWebhook });
  if (settings.notifyMail.length > 0 && settings.smtpUrl === null) log.warn(messages.noMailServer);
  const channels = openChannels(settings, outbound);
  if (channels.length === 0) return null;
  const { notifyAfterMs: afterMs, notifyFailures, notifyDisk, publicUrl } = settings;
  const host = hostname();
  return startNotifier({
    ...{ channels, records, log, host, publicUrl, afterMs },
    problems: () => problemsNow({ ...watched, host, notifyFailures, notifyDisk, publicUrl }),
  });
}
