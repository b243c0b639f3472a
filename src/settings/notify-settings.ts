import {
  absoluteUrl,
  duration,
  integer,
  mailAddresses,
  optional,
  type SettingsGroup,
  setting,
  size,
  smtpUrl,
} from "./setting.ts";

/** Who is notified when something is wrong with the service, and when it is well again. */
export const NOTIFY = {
  notifyMail: setting(
    "NOTIFY_MAIL",
    "list",
    "",
    "Mail addresses that are notified when a problem starts and ends, separated by commas; requires AGENTLINK_SMTP_URL.",
    mailAddresses,
  ),
  notifyFrom: setting(
    "NOTIFY_FROM",
    "address",
    "",
    "Sender address of notifications; if empty, the first of AGENTLINK_NOTIFY_MAIL.",
    optional((text) => mailAddresses(text)[0] ?? ""),
  ),
  smtpUrl: setting(
    "SMTP_URL",
    "url",
    "",
    "Mail server, such as smtp://user:password@mail.example.com:587 (STARTTLS) or smtps:// (implicit TLS). A password is sent to another machine only encrypted, unless the address ends in ?requireTLS=false.",
    optional(smtpUrl),
    true,
  ),
  notifyWebhook: setting(
    "NOTIFY_WEBHOOK",
    "url",
    "",
    "Webhook that is notified of problems, compatible with Slack's incoming webhooks (Mattermost, Rocket.Chat, Discord with /slack).",
    optional(absoluteUrl),
    true,
  ),
  notifyAfterMs: setting(
    "NOTIFY_AFTER",
    "duration",
    "2m",
    "How long a problem must last, or must be resolved, before a notification is sent.",
    duration(0),
  ),
  notifyFailures: setting(
    "NOTIFY_FAILURES",
    "number",
    "10",
    "Number of failed jobs in an hour that triggers a notification.",
    integer(1, 1_000_000),
  ),
  notifyDisk: setting(
    "NOTIFY_DISK",
    "size",
    "1GB",
    "Free disk space of the data folder below which a notification is sent.",
    size(1_000_000),
  ),
} satisfies SettingsGroup;
