import type { Scripts } from "./script.ts";

/**
 * The format of what this program stores, and the oldest whose programs may work beside it on the same Redis. A new field
 * is a new format; where older programs would do damage, the oldest is raised, and they stop with a message.
 */
export const FORMAT = 7;
export const COMPATIBLE_FORMAT = 7;

/**
 * Brings what an earlier format stored to this one, in place. From its first script on, programs older than `compatible`
 * are refused. Several hosts may do it at the same time, and one that was interrupted may start again.
 * @throws Failure "store_newer".
 */
export async function upgradeFormat(scripts: Scripts, compatible = COMPATIBLE_FORMAT): Promise<void> {
  for (let next = "0"; next !== ""; ) next = (await scripts.run("upgrade", [next, compatible])) as string;
}
