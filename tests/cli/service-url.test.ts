import { expect, test } from "bun:test";
import { serviceUrl } from "../../src/cli/service-url.ts";
import { describeConfig, readConfig } from "../../src/settings/settings.ts";

test("a command finds the service at the URL it is given, otherwise where the same settings make it listen", () => {
  const at = (environment: Record<string, string>) => serviceUrl(readConfig(environment, {}));
  expect(at({})).toBe("http://127.0.0.1:8080");
  expect(at({ AGENTLINK_HOST: "0.0.0.0", AGENTLINK_PORT: "9000" })).toBe("http://127.0.0.1:9000");
  expect(at({ AGENTLINK_HOST: "::" })).toBe("http://[::1]:8080");
  expect(at({ AGENTLINK_HOST: "fd00::7" })).toBe("http://[fd00::7]:8080");
  expect(at({ AGENTLINK_HOST: "0.0.0.0", AGENTLINK_URL: "https://reports.example.com/" })).toBe(
    "https://reports.example.com",
  );
});

test("the key is shown nowhere", () => {
  const secret = "al_0123456789";
  const shown = JSON.stringify(describeConfig({ AGENTLINK_KEY: secret }, {}));
  expect(shown).not.toContain(secret);
  expect(() => readConfig({ AGENTLINK_KEY: `${secret} x` }, {})).toThrow("AGENTLINK_KEY=********");
});
