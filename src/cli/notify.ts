import { asFailure, Failure } from "../failure.ts";
import { openChannels } from "../notify/channels.ts";
import { createOutbound } from "../outbound/outbound.ts";
import type { Config } from "../settings/config.ts";

/**
 * Sends a message on each way that is set. @throws Failure "usage" where none is, or the first that was not taken, after
 * all were tried.
 */
export async function notifyTest(config: Config, print: (line: string) => void): Promise<void> {
  const { allowHosts, allowHttp } = config;
  const channels = openChannels(config, createOutbound({ allowHosts, allowHttp }));
  if (channels.length === 0)
    throw new Failure(
      "usage",
      "no notifications are sent: set AGENTLINK_NOTIFY_MAIL and AGENTLINK_SMTP_URL, or AGENTLINK_NOTIFY_WEBHOOK",
    );
  const failures: Failure[] = [];
  for (const { name, send } of channels) {
    try {
      await send({
        subject: "AgentLink: a test",
        text: "This is a test: messages of problems reach you here. Nothing is wrong.",
      });
      print(`sent by ${name}`);
    } catch (error) {
      failures.push(asFailure(error));
      print(`${name}: ${asFailure(error).message}`);
    }
  }
  const [first] = failures;
  if (first !== undefined) throw first;
}
