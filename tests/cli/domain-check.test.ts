import { expect, test } from "bun:test";
import { domainCheck } from "../../src/cli/domain.ts";
import { readConfig } from "../../src/settings/settings.ts";
import { temporaryFolder } from "../e2e/binary.ts";
import { FakeDomain } from "../fakes/domain.ts";
import { addSuburb } from "../fakes/domain-suburb.ts";

/** What the check prints, or fails with, and its exit code; null where it failed. */
async function checked(set: (domain: FakeDomain) => Readonly<Record<string, string>>) {
  await using domain = new FakeDomain().start();
  addSuburb(domain, { today: new Date().toISOString().slice(0, 10), sold: 12, current: 2, agencies: 2 });
  const config = readConfig(
    {
      AGENTLINK_DATA_DIR: temporaryFolder(),
      AGENTLINK_DOMAIN_KEY: domain.key,
      AGENTLINK_DOMAIN_URL: domain.url,
      ...set(domain),
    },
    {},
  );
  const lines: string[] = [];
  const print = (line: string) => void lines.push(line);
  const code = await domainCheck(config, { json: false, out: print, err: print }).catch((error: Error) => {
    print(error.message);
    return null;
  });
  return { code, text: lines.join("\n"), calls: domain.count(), tokens: domain.tokens };
}

const always = (respond: () => Response) => (domain: FakeDomain) => {
  domain.faults.push(respond);
  return {};
};
const inTenMinutes = () => new Date(Date.now() + 600_000).toUTCString();
const daySpent = (domain: FakeDomain) => {
  domain.quota = { minute: 60, day: 3 };
  return {};
};
const byClient = (secret: string) => ({
  AGENTLINK_DOMAIN_KEY: "",
  AGENTLINK_DOMAIN_CLIENT_ID: "client_0123",
  AGENTLINK_DOMAIN_CLIENT_SECRET: secret,
});

test.each([
  [
    "an address that is not Domain's API",
    always(() => Response.json({}, { status: 404 })),
    1,
    "check AGENTLINK_DOMAIN_URL",
  ],
  ["a page of HTML", always(() => new Response("<html>")), null, "HTML and no JSON"],
  ["an error as 200", always(() => Response.json({ message: "no such route" })), null, "no such route"],
  ["a redirect", always(() => Response.redirect("http://127.0.0.1:9/", 302)), null, "check AGENTLINK_DOMAIN_URL"],
  [
    "a pause until a date",
    always(() => new Response("", { status: 429, headers: { "Retry-After": inTenMinutes() } })),
    ...[null, /requests to it are paused for [1-9]\d* s/],
  ],
  ["a day that is spent", daySpent, null, "10:00 AEST"],
  ["a wrong secret", () => byClient("wrong"), null, "AGENTLINK_DOMAIN_CLIENT_SECRET"],
] as const)("`domain check` says of %s what it is and what to do", async (_, set, code, words) => {
  const found = await checked(set as Parameters<typeof checked>[0]);
  expect(found.code).toBe(code);
  expect(found.text).toMatch(words as string | RegExp);
  expect(found.calls).toBeLessThan(25);
});

test("`domain check` by a client of OAuth 2 requests one token, whatever its stated life", async () => {
  const found = await checked((domain) => {
    domain.tokenLifeSeconds = 0;
    return byClient(domain.client.secret);
  });
  expect([found.code, found.tokens]).toEqual([0, 1]);
  expect(found.text).toContain("12 sales, 2 listings, 1 agency, 3 agents: 9 calls");
});
