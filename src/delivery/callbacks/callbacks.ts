/*
 * Callbacks: who is notified of a job's end, by which route, signed with whose secret, with which body, and when it is retried.
 * A callback is stored in the queue with the job's end; what dies here is retried by the next process.
 * Not here: messages to the people who run the service (notify/), and routes.
 */

import { createOutbound, type Outbound, requireAllowed } from "../../outbound/outbound.ts";
import type { Queue } from "../../queue/queue.ts";
import { type CallbackBodyDependencies, createCallbackBodies, createCallbackLines } from "./line.ts";
import { type CallbackSender, type CallbackSenderDependencies, createCallbackSender } from "./sender.ts";

/** What an operator has set about callbacks. */
export interface CallbackSettings extends Pick<CallbackBodyDependencies, "statusContract"> {
  readonly callbackUrl: string | null;
  readonly allowCallbackHosts: readonly string[];
  readonly allowCallbackHttp: boolean;
  readonly publicUrl: string | null;
}

export interface CallbacksDependencies
  extends Pick<CallbackSenderDependencies, "secret" | "now" | "onAttempt" | "onProblem">,
    Pick<CallbackBodyDependencies, "origin" | "runsService" | "folders"> {
  readonly queue: Pick<Queue, "request" | "callbacks">;
  /** To addresses that the operator set. */
  readonly outbound: Outbound;
  /** Signs what goes to the addresses that a client named; null where it has no secret of its own. */
  readonly secretOf: (client: string) => Promise<string | null>;
  /** Addresses of this machine, and the port of this service as soon as it has one: no caller reaches them. */
  readonly addresses: () => readonly string[];
  readonly port: () => number | null;
}

export interface CallbacksOfService extends CallbackSender {
  /**
   * Who is notified of the end of a job whose request names this address, or none: an address, or null for none.
   * @throws Failure "address_refused" for one that may not be connected to.
   */
  addressFor(requested: string | null): string | null;
}

/** Begins to send with `start()`. @throws Failure "config" for a default address that may not be connected to. */
export function openCallbacks(settings: CallbackSettings, dependencies: CallbacksDependencies): CallbacksOfService {
  const { callbackUrl, publicUrl, statusContract } = settings;
  const { queue, outbound, secretOf, addresses, port, origin, runsService, folders, ...sending } = dependencies;
  requireAllowed(outbound, { AGENTLINK_CALLBACK_URL: callbackUrl });
  const callersOutbound = createOutbound({
    allowHosts: settings.allowCallbackHosts,
    allowHttp: settings.allowCallbackHttp,
    variable: "AGENTLINK_ALLOW_CALLBACK_HOSTS",
    machine: { addresses, port, publicHost: publicUrl === null ? null : new URL(publicUrl).host },
  });
  const { secret } = sending;
  const ways = { queue, defaultUrl: callbackUrl, outbound, callersOutbound, secret, secretOf };
  const sender = createCallbackSender({
    ...sending,
    callbacks: queue.callbacks,
    outbound,
    lineFor: createCallbackLines(ways),
    describe: createCallbackBodies({ origin, runsService, folders, ...(statusContract && { statusContract }) }),
  });
  return {
    ...sender,
    addressFor: (requested) => (requested === null ? callbackUrl : callersOutbound.check(requested).href),
  };
}
