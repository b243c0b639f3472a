import { expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { shellBlocks } from "./blocks.ts";

const ROOT = resolve(import.meta.dir, "../..");
const read = (name: string) => readFileSync(join(ROOT, name), "utf8");

/**
 * A block of commands that commands.test.ts does not run as it stands, by its first line. Its steps are run by this test
 * file, which has this text in it; or why they cannot be run by a test at all.
 */
type NotRun = readonly [first: string, test: string, text: string] | readonly [first: string, why: string];

const SETTINGS = "settings, and no commands: checked.test.ts gives them to `agentlink config`";
const OF_THE_READER = "it sets up the reader's own shell or machine";
/** Boots systemd, where the machine lets it. */
const BOOTED = "tests/deploy/systemd-boot.test.ts";
/** Runs them with a stand-in for Docker, over the real program and a real Redis: no daemon, no registry. */
const COMPOSE = "tests/deploy/compose-commands.test.ts";

const NOT_RUN: Readonly<Record<string, readonly NotRun[]>> = {
  "README.md": [
    ["npx bun@1.4.5 run demo", "tests/e2e/demo.test.ts", '"demo"'],
    ["npx bun@1.4.5 run build", "tests/docs/clean-clone.test.ts", "run build"],
    ["scp dist/agentlink root@SERVER:", BOOTED, "scp dist/agentlink root@SERVER:"],
    ["npx bun@1.4.5 run verify", "it is the whole suite of tests"],
  ],
  "docs/release.md": [["bun run release", "tests/docs/clean-clone.test.ts", "run release"]],
  "docs/start.md": [["npx bun@1.4.5 run build", "tests/docs/clean-clone.test.ts", "run build"]],
  "docs/systemd.md": [
    ["sudo ./agentlink-linux-x64 install", BOOTED, "sudo ./agentlink-linux-x64 install"],
    [
      "sudo sh -c 'umask 077; cat > /etc/agentlink/credentials/dropbox_refresh_token'",
      BOOTED,
      "sudo sh -c 'umask 077; cat > /etc/agentlink/credentials",
    ],
    [
      "sudo systemctl stop agentlink.socket agentlink.service",
      BOOTED,
      "sudo systemctl stop agentlink.socket agentlink.service",
    ],
  ],
  "docs/nginx.md": [
    ["apt install nginx certbot", "tests/deploy/proxy.ts", "const [install, certificate]"],
    ["mkdir -p /etc/letsencrypt/live/YOUR.NAME", "tests/deploy/proxy.ts", "const [install, certificate]"],
    ["curl https://YOUR.NAME/readyz", "tests/deploy/nginx.test.ts", "What the document ends with"],
  ],
  "docs/monitoring.md": [
    ["journalctl -u agentlink -o cat | jq", BOOTED, "journalctl -u agentlink -o cat | jq"],
    ["curl -N http://127.0.0.1:8080/api/events", "tests/http/events.test.ts", "/api/events"],
  ],
  "docs/several-hosts.md": [
    ["AGENTLINK_REDIS_URL=redis://agentlink:PASSWORD@redis.internal:6379/0", SETTINGS],
    ["REDISCLI_AUTH=$(cat redis-backup.password)", "tests/e2e/redis-restore.test.ts", "REDISCLI_AUTH=$(cat"],
  ],
  "docs/operate.md": [
    ["export AGENTLINK_URL=https://reports.example.com", OF_THE_READER],
    ["0 3 * * *  agentlink backup", "tests/e2e/backup.test.ts", '"backup"'],
    ["agentlink completion bash", "tests/e2e/help.test.ts", "agentlink completion bash"],
  ],
  "docs/migrate-from-rq.md": [
    ["agentlink doctor --old-client request.json", "tests/e2e/requests.test.ts", "--old-client"],
    [
      "agentlink keys create --name old-callers",
      "tests/deploy/nginx-old-callers.test.ts",
      "agentlink-old-callers.conf",
    ],
  ],
  "docs/delivery.md": [
    ["AGENTLINK_FILE_NAME=", SETTINGS],
    ["AGENTLINK_DROPBOX_APP_KEY=… agentlink dropbox login", "tests/cli/dropbox.test.ts", "agentlink dropbox login"],
    ["agentlink dropbox check", "it delivers into the reader's Dropbox: tests/cli/dropbox.test.ts has a stand-in"],
    ["AGENTLINK_DELIVERY=s3", SETTINGS],
    ["agentlink s3 check", "tests/e2e/s3-check.test.ts", '"s3", "check"'],
    ["AGENTLINK_CALLBACK_URL=https://hooks.example.com/reports agentlink serve", SETTINGS],
    ["AGENTLINK_SOURCE_URL=", SETTINGS],
    ["agentlink keys callback-secret make", "tests/e2e/tenants.test.ts", '"keys", "callback-secret"'],
    ["AGENTLINK_ALLOW_HOSTS=", SETTINGS],
  ],
  "docs/docker.md": [
    ["mkdir certificates", COMPOSE, 'block("mkdir certificates")'],
    ["docker build -t agentlink .", "tests/deploy/container.test.ts", "docker build -t agentlink ."],
    ["cat >> .env <<'END'", COMPOSE, "cat >> .env <<'END'"],
    ["docker compose --profile cluster up -d redis", COMPOSE, "docker compose --profile cluster up -d redis"],
  ],
};

const DOCUMENTS = ["README.md", "SECURITY.md", ...readdirSync(join(ROOT, "docs")).map((name) => `docs/${name}`)].filter(
  (name) => name.endsWith(".md"),
);

test("each block of commands is run as it is, or is in this list with the test that runs its steps, or with why none can", () => {
  const lacking = DOCUMENTS.flatMap((name) => {
    const blocks = shellBlocks(read(name)).filter(({ run }) => !run);
    const left = [...(NOT_RUN[name] ?? [])];
    const unlisted = blocks.filter(({ code }) => {
      const at = left.findIndex(([first]) => code.startsWith(first));
      if (at >= 0) left.splice(at, 1);
      return at < 0;
    });
    return [
      ...unlisted.map(({ code }) => `${name}: mark it "sh run", or list it: ${code.split("\n", 1)[0]}`),
      ...left.map(([first]) => `${name}: no such block is there, or it is run: ${first}`),
    ];
  });
  expect(lacking).toEqual([]);
});

test("each test that is named for one is there, and has what it is named for", () => {
  const named = Object.values(NOT_RUN)
    .flat()
    .flatMap((each) => (each.length === 3 ? [{ test: each[1], text: each[2] }] : []));
  expect(named.length).toBeGreaterThan(5);
  expect(named.filter(({ test, text }) => !existsSync(join(ROOT, test)) || !read(test).includes(text))).toEqual([]);
  const mentioned = Object.values(NOT_RUN)
    .flat()
    .flatMap((each) => (each.length === 2 ? (each[1].match(/tests\/[\w./-]+\.ts/g) ?? []) : []));
  expect(mentioned.filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
});
