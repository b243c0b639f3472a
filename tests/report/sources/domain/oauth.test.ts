import { describe, expect, test } from "bun:test";
import type { FakeDomain } from "../../../fakes/domain.ts";
import { failureOf, openWorld, retried } from "./world.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

describe("with a client of OAuth 2", () => {
  const byToken = (domain: FakeDomain) => ({ clientId: domain.client.id, clientSecret: domain.client.secret });

  test("one token serves all calls, and is renewed before it ends", async () => {
    await using world = openWorld({ suburb: { sold: 24, current: 4, agencies: 3 }, credentialsOf: byToken });
    expect((await world.request())?.sales).toHaveLength(24);
    expect([world.domain.tokens, world.domain.violations]).toEqual([1, []]);
    world.advance(12 * HOUR - 6 * MINUTE);
    await world.request({ suburb: "Bronte", state: "NSW", postcode: "2024" });
    expect(world.domain.tokens).toBe(1);
    world.advance(2 * MINUTE);
    await world.request({ suburb: "Mosman", state: "NSW", postcode: "2088" });
    expect(world.domain.tokens).toBe(2);
  });

  test("a token that is refused before its time is renewed once, and the call sent again", async () => {
    await using world = openWorld({ suburb: { sold: 24, current: 4, agencies: 3 }, credentialsOf: byToken });
    await world.request({ suburb: "Bronte", state: "NSW", postcode: "2024" });
    // Another client has had one since: the stand-in takes the newest alone.
    world.domain.tokens += 1;
    expect((await world.request())?.sales).toHaveLength(24);
    expect(world.breaker.open()).toBeNull();
  });

  test("a wrong secret is a refusal that names the settings", async () => {
    await using world = openWorld({
      suburb: null,
      credentialsOf: (domain) => ({ clientId: domain.client.id, clientSecret: "wrong" }),
    });
    const { code, message, options } = await failureOf(world);
    expect([code, options.uncounted]).toEqual(["domain_refused", true]);
    expect(message).toContain("AGENTLINK_DOMAIN_CLIENT_SECRET");
    expect(message).not.toContain("wrong");
  });

  test.each([0, -1, "0", "soon", 0.001, null])(
    "a token whose life is %p serves its calls all the same, and is not requested each time",
    async (life) => {
      await using world = openWorld({ suburb: { sold: 24, current: 4, agencies: 3 }, credentialsOf: byToken });
      world.domain.tokenLifeSeconds = life;
      expect((await world.request())?.sales).toHaveLength(24);
      expect(world.domain.count()).toBeGreaterThan(10);
      expect(world.domain.tokens).toBe(1);
    },
  );

  test("while no other token can be had, the one in use serves to its end, and no call requests one again at once", async () => {
    await using world = openWorld({ suburb: { sold: 24, current: 4, agencies: 3 }, credentialsOf: byToken });
    await world.request({ suburb: "Bronte", state: "NSW", postcode: "2024" });
    world.advance(12 * HOUR - 4 * MINUTE);
    world.domain.tokenFault = () => new Response("", { status: 503 });
    expect((await world.request())?.sales).toHaveLength(24);
    expect([world.domain.tokenRequests, world.breaker.open()]).toEqual([2, null]);
  });

  test("a token endpoint that requests a pause gets one, and no job loses an attempt by it", async () => {
    await using world = openWorld({ suburb: { sold: 24, current: 4, agencies: 3 }, credentialsOf: byToken });
    world.domain.tokenFault = () => Response.json({}, { status: 429, headers: { "Retry-After": "40" } });
    const { code, options } = await failureOf(world);
    expect([code, options.uncounted, world.domain.tokenRequests]).toEqual(["domain_quota", true, 1]);
    expect(options.retryAfterMs).toBeGreaterThan(30_000);
    world.domain.tokenFault = null;
    expect((await retried(world))?.sales).toHaveLength(24);
  });

  test("a refused token names the settings of the client, and not those of a key", async () => {
    await using world = openWorld({ suburb: { sold: 24, current: 4, agencies: 3 }, credentialsOf: byToken });
    world.domain.faults.push(() => Response.json({}, { status: 401 }));
    const { message } = await failureOf(world);
    expect(message).toContain("AGENTLINK_DOMAIN_CLIENT_ID");
    expect(message).not.toContain("AGENTLINK_DOMAIN_KEY");
  });
});
