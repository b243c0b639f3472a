import type { Command } from "commander";
import { parseQuota } from "../../access/quota.ts";
import { parseRate, type Rate } from "../../access/rate.ts";
import { asFailure, Failure } from "../../failure.ts";
import type { Config } from "../../settings/config.ts";
import { integer } from "../../settings/setting.ts";
import { settings } from "../../settings/settings.ts";
import { clockOf } from "../clock.ts";
import { type DataFolderNotes, noteDataFolder } from "../data-folder.ts";
import { configure, DELIVERS_NOTHING, type Flags, withSettings } from "../flags.ts";
import { messages } from "../messages.ts";
import { argument, named } from "../option.ts";
import { print, printError, prompt } from "../terminal.ts";

/** Where the keys are: of this host, or of all. */
const KEYS_SETTINGS = ["dataDir", "redisUrl", "redisPrefix", "timeZone"] as const;

/** The commands about who may call, and what reports may be put into. */
export function accessCommands(program: Command, folder: Pick<DataFolderNotes, "inUse">): void {
  keysCommands(program, folder);
  dropboxCommands(program);
  s3Commands(program);
  notifyCommands(program);
}

interface JsonFlags extends Flags {
  readonly json: boolean;
}

interface CreateFlags extends JsonFlags {
  readonly name: string;
  readonly scope: string;
  readonly rate?: Rate;
  readonly maxPriority?: number;
  readonly quota?: ReturnType<typeof parseQuota>;
}

function keysCommands(program: Command, folder: Pick<DataFolderNotes, "inUse">): void {
  const keys = program
    .command("keys")
    .description("create, list and revoke API keys; once one exists, every request needs one");
  // Each command loads its own work, so that no other waits for it.
  const work = () => import("../keys.ts");
  const json = (command: Command) => command.option("--json", "print JSON", false);
  const options = async ({ json, ...flags }: JsonFlags, missing: DataFolderNotes["missing"] = "refused") => {
    const config = configure({ ...DELIVERS_NOTHING, ...flags });
    const { dataDir, redisUrl, redisPrefix } = config;
    if (redisUrl === null) await noteDataFolder({ config, ...folder, err: printError, missing });
    return { dataDir, redisUrl, redisPrefix, json, clock: clockOf(config), out: print, err: printError };
  };

  withSettings(
    json(keys.command("create"))
      .description("create a key and print it (it cannot be shown again); a running service accepts it within a second")
      .requiredOption("--name <name>", "client name; keys of one name share their jobs")
      .requiredOption(
        "--scope <scope>",
        "read (own jobs), submit (also request reports), viewer (see all, change nothing), admin (everything) or metrics (/metrics)",
      )
      .option(
        "--rate <rate>",
        "request limit, such as 60/min, 5/s or 1000/h; default: AGENTLINK_KEY_RATE",
        argument(parseRate),
      )
      .option(
        "--max-priority <0-9>",
        "highest priority of its jobs; a higher one in a request is lowered to this",
        argument(integer(0, 9)),
      )
      .option(
        "--quota <quota>",
        "report limit of its client, such as 20/day, 300/month or '20/day 300/month'",
        argument(parseQuota),
      ),
    KEYS_SETTINGS,
  ).action(async ({ name, scope, rate, maxPriority, quota, ...flags }: CreateFlags) =>
    (await work()).createKey(
      {
        ...{ name, scope, rate: rate ?? null, ...(quota !== undefined && { quota }) },
        ...(maxPriority !== undefined && { maxPriority }),
      },
      await options(flags, "created"),
    ),
  );

  withSettings(
    json(keys.command("quota"))
      .description("set how many reports a client may request; a running service applies it within a second")
      .addArgument(named("<id|name>", "key id, or client name for all of its keys"))
      .argument(
        "<quota>",
        "such as 20/day, 300/month or '20/day 300/month'; none for no limit",
        argument((text) => (text === "none" ? null : parseQuota(text))),
      ),
    KEYS_SETTINGS,
  ).action(async (idOrName: string, quota: ReturnType<typeof parseQuota> | null, flags: JsonFlags) =>
    (await work()).setQuota(idOrName, quota, await options(flags)),
  );

  withSettings(json(keys.command("list")).description("list keys, without their secrets"), KEYS_SETTINGS).action(
    async (flags: JsonFlags) => (await work()).listKeys(await options(flags)),
  );

  withSettings(
    json(keys.command("revoke"))
      .description("revoke a key; a running service refuses it within a second")
      .addArgument(named("<id|name>", "key id, or client name for all of its keys")),
    KEYS_SETTINGS,
  ).action(async (idOrName: string, flags: JsonFlags) => (await work()).revokeKey(idOrName, await options(flags)));

  withSettings(
    json(keys.command("callback-secret"))
      .description("print the secret that signs a client's callbacks; creates one if there is none")
      .addArgument(named("<name>", "client name, as in its keys"))
      .option("--rotate", "replace it with a new one", false),
    KEYS_SETTINGS,
  ).action(async (name: string, { rotate, ...flags }: JsonFlags & { rotate: boolean }) =>
    (await work()).callbackSecret(name, { ...(await options(flags, "created")), rotate }),
  );
}

function dropboxCommands(program: Command): void {
  const dropbox = program.command("dropbox").description("link a Dropbox account, or test it");
  const ofDropbox = settings.map(({ key }) => key).filter((key) => key.startsWith("dropbox"));

  withSettings(dropbox.command("login").description("link an account and print the settings"), ofDropbox).action(
    // Works with any delivery target: this command obtains what is still missing.
    async (flags: Flags) => {
      const config = configure({ ...flags, delivery: "folder" });
      const { dropboxLogin } = await import("../dropbox.ts");
      await dropboxLogin(config, { print, prompt });
    },
  );

  withSettings(
    dropbox
      .command("check")
      .description("test the account: upload, read and delete a small file")
      .option("--json", "print JSON", false),
    [...ofDropbox, "dataDir", "redisUrl", "redisPrefix"],
  ).action(async ({ json, ...flags }: JsonFlags) => {
    const config = configure({ ...flags, delivery: "dropbox" });
    const { dropboxCheck } = await import("../dropbox.ts");
    return json ? stepsAsJson((step) => dropboxCheck(config, { print: step }), print) : dropboxCheck(config, { print });
  });
}

function s3Commands(program: Command): void {
  const s3 = program.command("s3").description("test the bucket");
  const ofS3 = settings.map(({ key }) => key).filter((key) => key.startsWith("s3"));
  withSettings(
    s3
      .command("check")
      .description("test the bucket: put, read and delete a small object")
      .option("--json", "print JSON", false),
    ofS3,
  ).action(async ({ json, ...flags }: JsonFlags) => {
    const config = configure({ ...flags, delivery: "s3" });
    return json ? stepsAsJson((step) => s3Check(config, step), print) : s3Check(config, print);
  });
}

function notifyCommands(program: Command): void {
  const notify = program.command("notify").description("send a test notification");
  const keys = ["notifyMail", "notifyFrom", "smtpUrl", "notifyWebhook", "allowHosts", "allowHttp"] as const;
  withSettings(
    notify
      .command("test")
      .description("send a test message to each configured channel (mail, webhook)")
      .option("--json", "print JSON", false),
    keys,
  ).action(async ({ json, ...flags }: JsonFlags) => {
    const config = configure({ ...DELIVERS_NOTHING, ...flags });
    return json ? stepsAsJson((step) => notifyTest(config, step), print) : notifyTest(config, print);
  });
}

/** Puts a small object into the bucket, reads it back and removes it. @throws Failure that states what is wrong. */
async function s3Check(config: Config, print: (line: string) => void): Promise<void> {
  const { checkBucket } = await import("../../delivery/s3/check.ts");
  const { s3Endpoint: endpoint, s3Region: region, s3Bucket: bucket, s3Prefix: prefix } = config;
  const { s3AccessKeyId: accessKeyId, s3SecretAccessKey: secretAccessKey } = config;
  return checkBucket({ endpoint, region, bucket, prefix, accessKeyId, secretAccessKey }, print);
}

/**
 * Sends a message on each way that is set. @throws Failure "usage" where none is, or the first that was not taken, after
 * all were attempted.
 */
async function notifyTest(config: Config, print: (line: string) => void): Promise<void> {
  const { allowHosts, allowHttp } = config;
  const [{ openChannels }, { createOutbound }] = await Promise.all([
    import("../../notify/channels.ts"),
    import("../../outbound/outbound.ts"),
  ]);
  const channels = openChannels(config, createOutbound({ allowHosts, allowHttp }));
  if (channels.length === 0) throw new Failure("usage", messages.notifyUnset);
  const failures: Failure[] = [];
  for (const { name, send } of channels) {
    try {
      await send({
        subject: "AgentLink: a test",
        text: messages.notifyTest,
      });
      print(`sent by ${name}`);
    } catch (error) {
      failures.push(asFailure(error));
      print(`${name}: ${asFailure(error).message}`);
    }
  }
  const [first] = failures;
  if (first !== undefined) throw first;
}

/** Prints a check as one object: what was done, and what went wrong. @throws what went wrong, too. */
export async function stepsAsJson(
  check: (step: (line: string) => void) => Promise<void>,
  print: (line: string) => void,
): Promise<void> {
  const steps: string[] = [];
  try {
    await check((line) => steps.push(line));
  } catch (error) {
    const { code, message } = asFailure(error);
    print(JSON.stringify({ ok: false, steps, error: { code, message } }));
    throw error;
  }
  print(JSON.stringify({ ok: true, steps, error: null }));
}
