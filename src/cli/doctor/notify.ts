import { openChannels } from "../../notify/channels.ts";
import { createOutbound } from "../../outbound/outbound.ts";
import type { Config } from "../../settings/config.ts";
import { type Finding, fail, ok, warn } from "./finding.ts";

/** Whether anybody is told of problems; it sends nothing. */
export function checkNotify(config: Config): Finding {
  const { notifyMail, smtpUrl, notifyWebhook, allowHosts, allowHttp } = config;
  if (notifyMail.length > 0 && smtpUrl === null)
    return fail("notify", "AGENTLINK_NOTIFY_MAIL is set, and no mail server", "set AGENTLINK_SMTP_URL");
  if (notifyMail.length === 0 && smtpUrl !== null)
    return warn("notify", "AGENTLINK_SMTP_URL is set, and no address", "set AGENTLINK_NOTIFY_MAIL");
  const outbound = createOutbound({ allowHosts, allowHttp });
  if (notifyWebhook !== null) outbound.check(notifyWebhook);
  const names = openChannels(config, outbound).map(({ name }) => name);
  if (names.length === 0)
    return ok("notify", "nobody is notified of problems: set AGENTLINK_NOTIFY_MAIL or AGENTLINK_NOTIFY_WEBHOOK");
  return ok("notify", `by ${names.join(" and ")}; \`agentlink notify test\` sends a message`);
}
