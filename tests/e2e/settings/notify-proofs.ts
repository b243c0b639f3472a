import { expect } from "bun:test";
import type { Config } from "../../../src/settings/config.ts";
import { ok, startReceiver } from "../../fakes/receiver.ts";
import { type SmtpMessage, startSmtp } from "../../fakes/smtp.ts";
import { until } from "../../until.ts";
import { post, untilEnded } from "../binary.ts";

import { type Proof, serving } from "./proof.ts";

/** One mail of a service whose disk is called nearly full: four settings are proved by it. */
let mailing: Promise<SmtpMessage> | null = null;
function mailed(): Promise<SmtpMessage> {
  mailing ??= (async () => {
    await using server = await startSmtp({ user: "post", password: "a secret" });
    const settings = {
      NOTIFY_MAIL: "office@example.com",
      NOTIFY_FROM: "agentlink@example.com",
      SMTP_URL: server.url,
      NOTIFY_DISK: "900000GB",
      NOTIFY_AFTER: "0s",
    };
    return await serving(settings, () => until(() => server.messages[0]));
  })();
  return mailing;
}

/** Of src/settings/notify-settings.ts. */
export const NOTIFY_PROOFS = {
  notifyMail: { prove: () => mailed().then(({ to }) => expect(to).toEqual(["office@example.com"])) },
  notifyFrom: { prove: () => mailed().then(({ from }) => expect(from).toBe("agentlink@example.com")) },
  smtpUrl: { prove: () => mailed().then(({ user }) => expect(user).toBe("post")) },
  notifyDisk: { prove: () => mailed().then(({ text }) => expect(text).toContain("nearly full")) },
  notifyAfterMs: {
    async prove() {
      await using server = await startSmtp();
      const mail = { NOTIFY_MAIL: "office@example.com", SMTP_URL: server.url, NOTIFY_DISK: "900000GB" };
      // Long enough that the service has checked several times.
      await serving({ ...mail, NOTIFY_AFTER: "1h" }, () => Bun.sleep(1_500));
      expect(server.messages).toEqual([]);
    },
  },
  notifyFailures: {
    async prove() {
      await using receiver = startReceiver(ok);
      const settings = { NOTIFY_WEBHOOK: receiver.url, NOTIFY_FAILURES: "1", NOTIFY_AFTER: "0s" };
      await serving({ ...settings, ALLOW_HOSTS: receiver.host }, async (service) => {
        await untilEnded(service.url, await post(service.url, { suburb: "Bondi", state: "NSW" }));
        const { body } = await until(() => receiver.received[0]);
        expect(JSON.parse(body).text).toContain("many reports fail");
      });
    },
  },
  notifyWebhook: {
    async prove() {
      await using receiver = startReceiver(ok);
      const settings = { NOTIFY_WEBHOOK: receiver.url, NOTIFY_DISK: "900000GB", NOTIFY_AFTER: "0s" };
      await serving({ ...settings, ALLOW_HOSTS: receiver.host }, async () => {
        const { body } = await until(() => receiver.received[0]);
        expect(JSON.parse(body).text).toContain("nearly full");
      });
    },
  },
} satisfies Partial<Readonly<Record<keyof Config, Proof>>>;
