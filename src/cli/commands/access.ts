import type { Command } from "commander";
import { integer } from "../../settings/setting.ts";
import { settings } from "../../settings/settings.ts";
import { stepsAsJson } from "../check.ts";
import { type DataFolderNotes, noteDataFolder } from "../data-folder.ts";
import { dropboxCheck, dropboxLogin } from "../dropbox.ts";
import { configure, DELIVERS_NOTHING, type Flags, withSettings } from "../flags.ts";
import { callbackSecret, createKey, listKeys, revokeKey } from "../keys.ts";
import { argument } from "../option.ts";
import { s3Check } from "../s3.ts";
import { ask, complain, print } from "../terminal.ts";

/** Where the keys are: of this host, or of all. */
const KEYS_SETTINGS = ["dataDir", "redisUrl", "redisPrefix"] as const;

/** The commands about who may call, and what reports may be put into. */
export function accessCommands(program: Command, folder: Pick<DataFolderNotes, "inUse">): void {
  keysCommands(program, folder);
  dropboxCommands(program);
  s3Commands(program);
}

interface JsonFlags extends Flags {
  readonly json: boolean;
}

interface CreateFlags extends JsonFlags {
  readonly name: string;
  readonly scope: string;
  readonly rate?: string;
  readonly maxPriority?: number;
}

function keysCommands(program: Command, folder: Pick<DataFolderNotes, "inUse">): void {
  const keys = program.command("keys").description("who may call: from the first key on, every request needs one");
  const json = (command: Command) => command.option("--json", "print JSON", false);
  const options = async ({ json, ...flags }: JsonFlags) => {
    const config = configure({ ...DELIVERS_NOTHING, ...flags });
    const { dataDir, redisUrl, redisPrefix } = config;
    if (redisUrl === null) await noteDataFolder({ config, ...folder, err: complain });
    return { dataDir, redisUrl, redisPrefix, json, out: print, err: complain };
  };

  withSettings(
    json(keys.command("create"))
      .description("make a key and print it, this once; the running service takes it at once")
      .requiredOption("--name <name>", "the client it stands for; keys of one name share their jobs")
      .requiredOption("--scope <scope>", "read (its own jobs), submit (ask for reports, too) or admin (everything)")
      .option("--rate <rate>", "most requests it may send, such as 60/min, 5/s or 1000/h; else AGENTLINK_KEY_RATE")
      .option(
        "--max-priority <0-9>",
        "highest priority its reports may have among those of its name; what is asked for with more has this",
        argument(integer(0, 9)),
      ),
    KEYS_SETTINGS,
  ).action(async ({ name, scope, rate, maxPriority, ...flags }: CreateFlags) =>
    createKey(
      { name, scope, ...(rate !== undefined && { rate }), ...(maxPriority !== undefined && { maxPriority }) },
      await options(flags),
    ),
  );

  withSettings(json(keys.command("list")).description("print the keys, without their secrets"), KEYS_SETTINGS).action(
    async (flags: JsonFlags) => listKeys(await options(flags)),
  );

  withSettings(
    json(keys.command("revoke"))
      .description("revoke a key; the running service refuses it at once")
      .argument("<id|name>", "the key's id, or a name for all of its keys"),
    KEYS_SETTINGS,
  ).action(async (idOrName: string, flags: JsonFlags) => revokeKey(idOrName, await options(flags)));

  withSettings(
    json(keys.command("callback-secret"))
      .description("print the secret that signs a client's own callbacks; one is made where there is none")
      .argument("<name>", "the client's name, as its keys have it")
      .option("--rotate", "make another one in its place", false),
    KEYS_SETTINGS,
  ).action(async (name: string, { rotate, ...flags }: JsonFlags & { rotate: boolean }) =>
    callbackSecret(name, { ...(await options(flags)), rotate }),
  );
}

function dropboxCommands(program: Command): void {
  const dropbox = program.command("dropbox").description("link a Dropbox account, or see whether reports can reach it");
  const ofDropbox = settings.map(({ key }) => key).filter((key) => key.startsWith("dropbox"));

  withSettings(dropbox.command("login").description("link an account and print what to set"), ofDropbox).action(
    // Whatever is delivered to, what is still missing is what this is for.
    (flags: Flags) => dropboxLogin(configure({ ...flags, delivery: "folder" }), { print, ask }),
  );

  withSettings(
    dropbox
      .command("check")
      .description("put a small file there, read it back, remove it, and say what is wrong")
      .option("--json", "print JSON", false),
    ofDropbox,
  ).action(async ({ json, ...flags }: JsonFlags) => {
    const config = configure({ ...flags, delivery: "dropbox" });
    return json ? stepsAsJson((step) => dropboxCheck(config, { print: step }), print) : dropboxCheck(config, { print });
  });
}

function s3Commands(program: Command): void {
  const s3 = program.command("s3").description("see whether reports can reach the bucket");
  const ofS3 = settings.map(({ key }) => key).filter((key) => key.startsWith("s3"));
  withSettings(
    s3
      .command("check")
      .description("put a small object there, read it back, remove it, and say what is wrong")
      .option("--json", "print JSON", false),
    ofS3,
  ).action(async ({ json, ...flags }: JsonFlags) => {
    const config = configure({ ...flags, delivery: "s3" });
    return json ? stepsAsJson((step) => s3Check(config, step), print) : s3Check(config, print);
  });
}
