import { describe, expect, test } from "bun:test";
import type { Config } from "../../src/settings/config.ts";
import { withPrograms } from "../programs.ts";
import { run } from "./binary.ts";
import { DATA_PROOFS } from "./settings/data-proofs.ts";
import { DELIVERY_PROOFS } from "./settings/delivery-proofs.ts";
import { NOTIFY_PROOFS } from "./settings/notify-proofs.ts";
import type { Proof } from "./settings/proof.ts";
import { SERVICE_PROOFS } from "./settings/service-proofs.ts";

const PROOFS: { readonly [K in keyof Config]: Proof } = {
  ...SERVICE_PROOFS,
  ...DATA_PROOFS,
  ...DELIVERY_PROOFS,
  ...NOTIFY_PROOFS,
};

describe("a setting reaches its part of the running service:", () => {
  /** Those that one run proves together are named together. */
  const together = Map.groupBy(Object.entries(PROOFS), ([, proof]) => proof);
  for (const [{ needs = [], prove }, settings] of together)
    withPrograms(...needs)(settings.map(([key]) => key).join(", "), () => prove().then(() => undefined), 120_000);
});

test("every setting has such a proof", async () => {
  const { stdout } = await run(["config", "--json"]);
  expect(Object.keys(PROOFS)).toHaveLength((JSON.parse(stdout) as unknown[]).length);
});
