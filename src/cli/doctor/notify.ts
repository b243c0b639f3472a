import { openChannels } from "../../notify/channels.ts";
import { createOutbound } from "../../outbound/outbound.ts";
import type { Config } from "../../settings/config.ts";
import { type Finding, fail, ok, warn } from "./finding.ts";
import { messages } from "./messages.ts";

/** Whether anybody is notified of problems; it sends nothing. */
export function checkNotify(config: Config): Finding {
  const { notifyMail, smtpUrl, notifyWebhook, allowHosts, allowHttp } = config;
  if (notifyMail.length > 0 && smtpUrl === null)
    return fail("notify", messages.mailWithoutServer, "set AGENTLINK_SMTP_URL");
  if (notifyMail.length === 0 && smtpUrl !== null)
    return warn("notify", messages.serverWithoutMail, "set AGENTLINK_NOTIFY_MAIL");
  const outbound = createOutbound({ allowHosts, allowHttp });
  if (notifyWebhook !== null) outbound.check(notifyWebhook);
  const names = openChannels(config, outbound).map(({ name }) => name);
  if (names.length === 0) return ok("notify", messages.nobodyNotified);
  return ok("notify", messages.notifiedBy(names.join(" and ")));
}
