import { createTransport } from "nodemailer";
import { asFailure, Failure } from "../failure.ts";
import type { Outbound } from "../outbound/outbound.ts";
import type { Channel, Message } from "./notify.ts";

/** A server that says nothing for so long takes no message. */
const TIMEOUT_MS = 20_000;
const ANSWER_BYTES = 10_000;

export interface ChannelSettings {
  /** Whom mail goes to; nobody where it is empty. */
  readonly notifyMail: readonly string[];
  readonly notifyFrom: string | null;
  /** smtp://user:password@host:587, or smtps:// where TLS is from the beginning. */
  readonly smtpUrl: string | null;
  readonly notifyWebhook: string | null;
}

/** The ways to the people that are set. */
export function openChannels(settings: ChannelSettings, outbound: Outbound): readonly Channel[] {
  const { notifyMail, notifyFrom, smtpUrl, notifyWebhook } = settings;
  return [
    ...(smtpUrl !== null && notifyMail.length > 0
      ? [mail(smtpUrl, notifyFrom ?? notifyMail[0] ?? "", notifyMail)]
      : []),
    ...(notifyWebhook !== null ? [webhook(notifyWebhook, outbound)] : []),
  ];
}

function mail(url: string, from: string, to: readonly string[]): Channel {
  const transport = createTransport(
    {
      url,
      requireTLS: mustEncrypt(new URL(url)),
      connectionTimeout: TIMEOUT_MS,
      greetingTimeout: TIMEOUT_MS,
      socketTimeout: TIMEOUT_MS,
      dnsTimeout: TIMEOUT_MS,
    },
    { disableFileAccess: true, disableUrlAccess: true },
  );
  return {
    name: "mail",
    async send({ subject, text }: Message) {
      try {
        const { rejected } = await transport.sendMail({
          from,
          to: [...to],
          subject: oneLine(subject),
          text,
          headers: { "Auto-Submitted": "auto-generated" },
        });
        if (rejected.length > 0) throw new Error(`it rejects mail for ${rejected.join(", ")}`);
      } catch (cause) {
        throw new Failure(
          "mail_refused",
          // Neither the address's password nor a name that the server repeats is in its words.
          `${new URL(url).host} rejected the mail (${oneLine(asFailure(cause).message)}): check AGENTLINK_SMTP_URL, AGENTLINK_NOTIFY_MAIL and AGENTLINK_NOTIFY_FROM`,
          { transient: true, cause },
        );
      } finally {
        transport.close();
      }
    },
  };
}

/** A password goes to another machine encrypted or not at all: who is in between could hide that the server has STARTTLS. */
function mustEncrypt({ username, hostname, searchParams }: URL): boolean {
  const isHere = hostname === "localhost" || hostname === "[::1]" || hostname.startsWith("127.");
  return username !== "" && !isHere && !searchParams.has("requireTLS");
}

/** As Slack's incoming webhooks take it, and Mattermost's, Rocket.Chat's, Zulip's and Discord's (`/slack`) as well. */
function webhook(address: string, outbound: Outbound): Channel {
  return {
    name: "webhook",
    async send({ subject, text }: Message) {
      const { status } = await outbound.request(address, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ text: `*${literal(oneLine(subject))}*\n${literal(text)}` }),
        timeoutMs: TIMEOUT_MS,
        maxBytes: ANSWER_BYTES,
        cut: true,
        redirects: 0,
      });
      if (status >= 300)
        throw new Failure(
          "webhook_refused",
          `${new URL(address).host} responded with ${status}: check AGENTLINK_NOTIFY_WEBHOOK`,
          { transient: true },
        );
    },
  };
}

/** Slack's three letters of its own: a text of somebody else's mentions nobody and links nowhere. */
function literal(text: string): string {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim().slice(0, 300);
}
