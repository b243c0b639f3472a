import { Failure } from "../failure.ts";
import type { CircuitBreaker } from "../outbound/circuit-breaker.ts";
import type { OpenReason } from "../outbound/open-circuit.ts";
import type { Delivered, Job } from "../queue/job.ts";
import { deliveryPath } from "./path.ts";

/**
 * What a target refused, and who has to put it right: an operator, for all jobs alike (keys, another setting, room at
 * the other side), or, for a "path" that cannot be written, whether the operator or the job chose it. "taken": a file
 * exists there.
 */
export class Refused extends Failure {
  readonly blame: "credentials" | "settings" | "no room" | "path" | "taken";

  constructor(blame: Refused["blame"], code: string, message: string, cause?: unknown) {
    super(code, message, { cause });
    this.blame = blame;
  }
}

/**
 * Delivers one report through the target's circuit breaker. What is refused for a reason that any job would meet opens
 * the circuit, and the job waits with all its attempts; what the job's own request causes fails this job only.
 * `probe` attempts whether the target as a whole takes anything, and throws where it does not.
 */
export async function deliverThrough(
  breaker: CircuitBreaker,
  job: Job,
  signal: AbortSignal,
  work: () => Promise<Delivered>,
  probe: () => Promise<unknown>,
): Promise<Delivered> {
  const isProbe = breaker.admit();
  try {
    const delivered = await work();
    breaker.recordSuccess(job.id);
    return delivered;
  } catch (error) {
    if (signal.aborted) {
      if (isProbe) breaker.abandonProbe();
      throw error;
    }
    const failure = error instanceof Refused ? await settled(error) : error;
    if (failure instanceof Failure && !failure.transient) breaker.recordSuccess(job.id);
    throw failure;
  }

  async function settled(refused: Refused): Promise<Failure> {
    if (refused.blame !== "taken" && (refused.blame !== "path" || !choosesPath(job))) return forAll(breaker, refused);
    try {
      await probe();
      return refused;
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      return forAll(breaker, error);
    }
  }
}

/**
 * Checks whether the target accepts anything; if not, the circuit opens, before the first job finds out. An operator
 * may check while it is open, having fixed the cause: it closes where the check `proves` that the cause is gone, and
 * else the next delivery probes at once. A pause that the other side requested stays.
 */
export async function verify(
  breaker: CircuitBreaker,
  check: () => Promise<unknown>,
  proves: readonly OpenReason[] = ["outage", "credentials"],
): Promise<void> {
  const open = breaker.open();
  if (open !== null && open.reason !== "rate limit") breaker.probeNow();
  try {
    await check();
  } catch (error) {
    // What is no refusal the breaker has recorded already.
    if (error instanceof Refused) forAll(breaker, error);
    return;
  }
  if (open !== null && proves.includes(open.reason)) breaker.recordSuccess(null);
}

function forAll(breaker: CircuitBreaker, { blame, code, message }: Refused): Failure {
  const isPath = blame === "path" || blame === "taken";
  return breaker.recordRefusal(isPath ? targetReason(code) : blame, code, message);
}

function targetReason(code: string): "credentials" | "settings" {
  return code === "delivery_credentials" ? "credentials" : "settings";
}

/** Whether the request named a folder or a file name of its own: what is wrong with the path may be that. */
function choosesPath(job: Job): boolean {
  return deliveryPath(job) !== deliveryPath({ ...job, request: "{}" });
}
