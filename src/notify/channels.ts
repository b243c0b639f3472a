import { Socket } from "node:net";
import { asFailure, Failure } from "../failure.ts";
import { type Outbound, unlessAborted } from "../outbound/outbound.ts";
import { parseRetryAfter } from "../outbound/retry-after.ts";
import { messages } from "./messages.ts";
import type { Channel, Message } from "./sender.ts";

/** A server that sends nothing for so long takes no message. */
const TIMEOUT_MS = 20_000;
/** Also ends a server that sends a little now and then, but has not accepted the message by then. */
const DEADLINE_MS = 45_000;
const RESPONSE_BYTES = 10_000;

export interface ChannelSettings {
  /** The recipients of mail; none where it is empty. */
  readonly notifyMail: readonly string[];
  readonly notifyFrom: string | null;
  /** smtp://user:password@host:587, or smtps:// where TLS is from the beginning. */
  readonly smtpUrl: string | null;
  readonly notifyWebhook: string | null;
}

/**
 * The ways to the people that are set: each recipient of mail is one, so that a refused one causes no second mail to
 * others.
 */
export function openChannels(settings: ChannelSettings, outbound: Outbound): readonly Channel[] {
  const { notifyMail, notifyFrom, smtpUrl, notifyWebhook } = settings;
  const recipients = smtpUrl === null ? [] : [...new Set(notifyMail)];
  return [
    ...recipients.map((to) => mail(smtpUrl ?? "", notifyFrom ?? notifyMail[0] ?? "", to)),
    ...(notifyWebhook !== null ? [webhook(notifyWebhook, outbound)] : []),
  ];
}

function mail(url: string, from: string, to: string): Channel {
  return {
    name: `mail to ${to}`,
    async send({ id, subject, text }: Message, signal?: AbortSignal) {
      // Loaded with the first mail: most services send none.
      const { createTransport } = await import("nodemailer");
      const { host } = new URL(url);
      // A separate connection, so that it can be ended: the library waits for as long as a server sends anything.
      const socket = new Socket();
      const deadline = AbortSignal.any([AbortSignal.timeout(DEADLINE_MS), ...(signal === undefined ? [] : [signal])]);
      const transport = createTransport(
        {
          ...{ url, socket, requireTLS: mustEncrypt(new URL(url)) },
          connectionTimeout: TIMEOUT_MS,
          greetingTimeout: TIMEOUT_MS,
          socketTimeout: TIMEOUT_MS,
          dnsTimeout: TIMEOUT_MS,
        },
        { disableFileAccess: true, disableUrlAccess: true },
      );
      try {
        await unlessAborted(
          transport.sendMail({
            ...{ from, to, subject: oneLine(subject), text },
            ...(id === undefined ? {} : { messageId: `<${id}@agentlink>` }),
            headers: { "Auto-Submitted": "auto-generated" },
          }),
          deadline,
        );
      } catch (cause) {
        const what = deadline.aborted
          ? messages.mailTimeout(host, DEADLINE_MS / 1_000)
          : // Neither the address's password nor a name that the server repeats is in its words.
            messages.mailRejected(host, oneLine(asFailure(cause).message));
        throw new Failure("mail_refused", messages.checkMail(what), { transient: true, cause });
      } finally {
        transport.close();
        socket.destroy();
      }
    },
  };
}

/** A password is sent to another machine only encrypted: an attacker in between could hide that the server has STARTTLS. */
function mustEncrypt({ username, hostname, searchParams }: URL): boolean {
  const isHere = hostname === "localhost" || hostname === "[::1]" || hostname.startsWith("127.");
  return username !== "" && !isHere && !searchParams.has("requireTLS");
}

/** As Slack's incoming webhooks take it, and Mattermost's, Rocket.Chat's, Zulip's and Discord's (`/slack`) as well. */
function webhook(address: string, outbound: Outbound): Channel {
  return {
    name: "webhook",
    async send({ subject, text }: Message, signal?: AbortSignal) {
      const sending = outbound.request(address, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ text: `*${literal(oneLine(subject))}*\n${literal(text)}` }),
        timeoutMs: TIMEOUT_MS,
        maxBytes: RESPONSE_BYTES,
        cut: true,
        redirects: 0,
      });
      const { status, headers } = await (signal === undefined ? sending : unlessAborted(sending, signal));
      const retryAfterMs = parseRetryAfter(headers.get("retry-after"), new Date());
      if (status >= 300)
        throw new Failure(
          "webhook_refused",
          `${new URL(address).host} responded with ${status}: check AGENTLINK_NOTIFY_WEBHOOK`,
          { transient: true, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) },
        );
    },
  };
}

/** Slack's three letters of its own: a text from outside mentions no one and links nowhere. */
function literal(text: string): string {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim().slice(0, 300);
}
