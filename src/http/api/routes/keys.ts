import { Type as t } from "@sinclair/typebox";
import { Elysia } from "elysia";
import { requireAdmin } from "../../../access/caller.ts";
import { HIGHEST_PRIORITY, isKeyless, type Key, type RequestedKey } from "../../../access/keys/key.ts";
import { SCOPES, type Scope } from "../../../access/keys/scope.ts";
import { formatQuota, parseQuota } from "../../../access/quota.ts";
import { formatRate, parseRate } from "../../../access/rate.ts";
import { asFailure } from "../../../failure.ts";
import type { Quota } from "../../../queue/quota.ts";
import { nullable, time, type Viewed } from "../../../views/nullable.ts";
import { readJson } from "../../body.ts";
import { errors } from "../../errors.ts";
import { messages } from "../../messages.ts";
import { operation, ref } from "../../openapi/operation.ts";
import { inPath } from "../../path.ts";
import { json } from "../../response.ts";
import { actorOf } from "../audited.ts";
import type { Shared } from "../shared.ts";

const scope = () =>
  t.Union(
    SCOPES.map((each) => t.Literal(each)),
    {
      description:
        "metrics: only /metrics; read: reads its client's jobs; viewer: reads everything, changes nothing; submit: requests reports and changes its client's jobs; admin: everything",
    },
  );
const rate = () =>
  nullable(
    t.String({ description: "Request limit, such as 60/min, 5/s or 1000/h; null: the limit in AGENTLINK_KEY_RATE" }),
  );
const priority = () =>
  t.Integer({ minimum: 0, maximum: HIGHEST_PRIORITY, description: "Highest priority of its jobs" });

const quota = () =>
  nullable(
    t.String({
      description:
        'Reports that its client may request, such as "20/day", "300/month" or "20/day 300/month", in the service\'s time zone; null: no limit',
    }),
  );

/** A key, without its secret: that is stored nowhere. */
export const KeyView = t.Object({
  id: t.String(),
  name: t.String({ description: "Client name; keys with the same name share their jobs" }),
  scope: scope(),
  rate: rate(),
  max_priority: priority(),
  quota: quota(),
  created_at: time("When it was created"),
  revoked_at: nullable(time("When it was revoked")),
  last_used_at: nullable(time("Time of the last request with this key, accurate to some seconds; null if never used")),
});

export const KeyList = t.Object({ keys: t.Array(t.Unsafe<Viewed<typeof KeyView>>(ref("Key"))) });

export const KeyMade = t.Object({
  key: t.Unsafe<Viewed<typeof KeyView>>(ref("Key")),
  secret: t.String({
    description: "The secret that clients send. It is shown only once: the service stores only a hash",
  }),
});

const Fields = t.Object({
  name: t.String({ description: "1 to 64 letters, digits, . _ and -", examples: ["make"] }),
  scope: scope(),
  rate: t.Optional(rate()),
  max_priority: t.Optional(nullable(priority())),
  quota: t.Optional(quota()),
});
const FIELDS = ["name", "scope", "rate", "max_priority", "quota"] as const;
const Change = t.Object({ quota: quota() });

/** Keys made, listed and revoked, by admins. */
export function keyRoutes({ admission, keyStore, keys, limits, noteChange, log }: Shared) {
  async function revoke(id: string): Promise<Key> {
    const all = await keyStore.list();
    const found = all.find((each) => each.id === id);
    if (found === undefined) throw errors.unknownKey(id);
    if (found.revokedAt !== null) return found;
    const [revoked = found] = await keyStore.revoke(id, { unlessLastAdmin: true });
    return revoked;
  }

  return new Elysia()
    .use(admission)
    .get(
      "/api/keys",
      async ({ caller }) => {
        requireAdmin(caller);
        const all = await keyStore.list();
        return json<typeof KeyList>({ keys: all.map(view) });
      },
      { detail: LIST },
    )
    .post(
      "/api/keys",
      async ({ request, caller }) => {
        requireAdmin(caller);
        const requested = requestedKey((await readJson(request, limits)).value);
        // From the first key on every request needs one: it must not lock out its maker.
        if (requested.scope !== "admin" && isKeyless(keys)) throw errors.firstKeyNotAdmin();
        const { key, secret } = await keyStore.create(requested);
        log.info({ key: key.id, name: key.name, scope: key.scope, by: actorOf(caller, request) }, messages.keyCreated);
        noteChange(request, { subject: `${key.name} (${key.id})`, detail: describe(key) });
        return json<typeof KeyMade>({ key: view(key), secret }, {}, 201);
      },
      { parse: "none", detail: CREATE },
    )
    .patch(
      "/api/keys/:id",
      async ({ request, params, caller }) => {
        requireAdmin(caller);
        const body = (await readJson(request, limits)).value;
        const fields = Object.entries(typeof body === "object" && body !== null ? body : {});
        if (fields.length !== 1 || fields[0]?.[0] !== "quota") throw errors.onlyQuota();
        const quota = quotaOf(fields[0][1]);
        const [changed] = (await keyStore.list()).some(({ id, revokedAt }) => id === params.id && revokedAt === null)
          ? await keyStore.setQuota(params.id, quota)
          : [];
        if (changed === undefined) throw errors.unknownActiveKey(params.id);
        log.info({ key: changed.id, name: changed.name, by: actorOf(caller, request) }, messages.quotaChanged);
        noteChange(request, { subject: `${changed.name} (${changed.id})`, detail: describe(changed) });
        return json<typeof KeyView>(view(changed));
      },
      { parse: "none", detail: CHANGE },
    )
    .delete(
      "/api/keys/:id",
      async ({ request, params, caller }) => {
        requireAdmin(caller);
        const revoked = await revoke(params.id);
        log.info({ key: revoked.id, name: revoked.name, by: actorOf(caller, request) }, messages.keyRevoked);
        noteChange(request, { subject: `${revoked.name} (${revoked.id})`, detail: describe(revoked) });
        return json<typeof KeyView>(view(revoked));
      },
      { parse: "none", detail: REVOKE },
    );
}

/** "submit, 60/min". */
function describe({ scope, rate, quota }: Key): string {
  return [scope, ...(rate === null ? [] : [formatRate(rate)]), ...(quota === null ? [] : [formatQuota(quota)])].join(
    ", ",
  );
}

function view({ id, name, scope, rate, maxPriority, quota, createdAt, revokedAt, lastUsedAt }: Key) {
  return {
    id,
    name,
    scope,
    rate: rate && formatRate(rate),
    max_priority: maxPriority,
    quota: quota && formatQuota(quota),
    created_at: createdAt,
    revoked_at: revokedAt,
    last_used_at: lastUsedAt,
  } satisfies Viewed<typeof KeyView>;
}

/** @throws Failure "invalid_request" that names the field. */
function requestedKey(body: unknown): RequestedKey {
  if (typeof body !== "object" || body === null || Array.isArray(body)) throw errors.notObject(FIELDS);
  const fields: ReadonlyMap<string, unknown> = new Map(Object.entries(body));
  for (const name of fields.keys())
    if (!FIELDS.some((known) => known === name)) throw errors.unknownField(name, FIELDS);
  const name = fields.get("name");
  if (typeof name !== "string" || !/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(name)) throw errors.keyName(name);
  const scope: Scope | undefined = SCOPES.find((each) => each === fields.get("scope"));
  if (scope === undefined) throw errors.oneOf("scope", SCOPES, fields.get("scope"));
  const maxPriority = fields.get("max_priority") ?? HIGHEST_PRIORITY;
  if (
    typeof maxPriority !== "number" ||
    !Number.isInteger(maxPriority) ||
    maxPriority < 0 ||
    maxPriority > HIGHEST_PRIORITY
  )
    throw errors.wholeNumber("max_priority", 0, HIGHEST_PRIORITY, maxPriority);
  return {
    name,
    scope,
    rate: rateOf(fields.get("rate") ?? null),
    maxPriority,
    quota: quotaOf(fields.get("quota") ?? null),
  };
}

function rateOf(given: unknown): RequestedKey["rate"] {
  if (given === null || given === "") return null;
  try {
    return parseRate(typeof given === "string" ? given : "");
  } catch (error) {
    throw errors.parameter("rate", asFailure(error).message, given);
  }
}

function quotaOf(given: unknown): Quota | null {
  if (given === null || given === "") return null;
  try {
    return parseQuota(typeof given === "string" ? given : "");
  } catch (error) {
    throw errors.parameter("quota", asFailure(error).message, given);
  }
}

const LIST = operation({
  operationId: "listKeys",
  tags: ["Keys"],
  summary: "List the keys, without their secrets",
  description: "Includes revoked keys, oldest first. Requires an admin key.",
  responses: { 200: { description: "The keys", content: { "application/json": ref("KeyList") } } },
});

const CREATE = operation({
  operationId: "createKey",
  tags: ["Keys"],
  summary: "Create a key",
  description:
    "Only this response contains the secret; the service stores only a hash. The key is valid at once on this host, and within a second on others. The first key must be an admin key. Requires an admin key.",
  body: { content: { "application/json": Fields } },
  responses: { 201: { description: "The key, with its secret", content: { "application/json": ref("KeyMade") } } },
  problems: [400, 408, 409, 413, 415, 422],
});

const CHANGE = operation({
  operationId: "changeKey",
  tags: ["Keys"],
  summary: "Change the quota of a key",
  description:
    "The quota applies from the next request, and within a second on other hosts. Requests that were accepted before count. Requires an admin key.",
  parameters: [{ name: "id", in: "path", description: "The key", schema: { type: "string" } }],
  body: { content: { "application/json": Change } },
  responses: { 200: { description: "The key", content: { "application/json": ref("Key") } } },
  problems: [400, 404, 408, 413, 415, 422],
});

const REVOKE = operation({
  operationId: "revokeKey",
  tags: ["Keys"],
  summary: "Revoke a key",
  description:
    "The key is refused at once, and within a second on other hosts. Its streams and sessions end. The last admin key cannot be revoked here. Requires an admin key.",
  parameters: [inPath("id", "The key")],
  responses: { 200: { description: "The key, with revoked_at", content: { "application/json": ref("Key") } } },
  problems: [404, 409],
});
