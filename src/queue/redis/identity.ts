import { Failure } from "../../failure.ts";
import { identityTaken } from "../../redis/failures.ts";
import type { Scripts } from "./script.ts";

/** The location of a process that has a host's name. */
export interface HostLocation {
  /** The same for a process that starts in the same folder of the same machine, which has been up all the time. */
  readonly id: string;
  /** For people: "host:/var/lib/agentlink". */
  readonly label: string;
}

export const ANYWHERE: HostLocation = { id: "", label: "another place" };

const POLL_EVERY_MS = 100;

/**
 * Takes the host's name for this process. The previous process may still have it. On the same host that one has
 * ended, which the folder's lock proves. On another it is watched for the length of a lease: a live one renews the name in that
 * time, and one that died does not.
 * @throws Failure "identity_taken".
 */
export async function takeName(scripts: Scripts, { id, label }: HostLocation, leaseMs: number): Promise<void> {
  const register = async (force: "0" | "1") =>
    (await scripts.run("take_name", [id, label, leaseMs, force])) as readonly [string, string?, string?];
  const began = performance.now();
  for (let first: string | undefined; ; ) {
    const [state, owner = "", beats] = await register("0");
    if (state === "yours") return;
    if (first !== undefined && beats !== first) throw new Failure("identity_taken", identityTaken(owner));
    first = beats;
    if (performance.now() - began > leaseMs) break;
    await Bun.sleep(POLL_EVERY_MS);
  }
  await register("1");
}
