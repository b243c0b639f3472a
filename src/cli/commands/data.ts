import { join } from "node:path";
import { type Command, Option } from "commander";
import { Failure } from "../../failure.ts";
import { describeAddress, parseRedisAddress } from "../../redis/address.ts";
import type { Config } from "../../settings/config.ts";
import type { BackupManifest, Store } from "../../storage/backup/manifest.ts";
import type { Restored } from "../../storage/backup/restore.ts";
import { type DataFolderNotes, noteDataFolder } from "../data-folder.ts";
import { configure, DELIVERS_NOTHING, type Flags, withSettings } from "../flags.ts";
import { messages } from "../messages.ts";
import { print, printError } from "../terminal.ts";
import { importCommand } from "./import.ts";

/** What the commands here need of the jobs' database, which they do not know. */
export interface DataCommandDependencies extends Pick<DataFolderNotes, "inUse"> {
  /** Copies the database into a new file; returns its bytes. */
  readonly backup: (database: string, file: string) => Promise<number>;
  /** Copies all that a restore needs into a new folder. */
  readonly backUp: (dataDir: string, store: Store, folder: string) => Promise<BackupManifest>;
  /** Brings that back into an empty data folder. */
  readonly restore: (backup: string, dataDir: string, store: Store) => Promise<Restored>;
  /** Moves the jobs to another store; returns how many, and how many were there already. */
  readonly migrate: (
    config: Config,
    to: "redis" | "sqlite",
    onProgress: (done: number, of: number) => void,
  ) => Promise<{ readonly moved: number; readonly before: number }>;
}

/** The commands that work with the files of the data folder, with a service or without. */
export function dataCommands(
  program: Command,
  { backup, backUp, restore, migrate, inUse }: DataCommandDependencies,
): void {
  importCommand(program, { inUse });
  const noteFolder = (flags: Flags) =>
    noteDataFolder({
      config: configure({ ...DELIVERS_NOTHING, ...flags }),
      inUse,
      err: printError,
      missing: "reported",
    });

  withSettings(
    program
      .command("render")
      .description("make one report without a running service")
      .argument("<request.json>", "request as for POST /api/generate-agents-report; - reads standard input")
      .requiredOption("-o, --output <report.pdf>", "PDF file to write")
      .option("--json", "print JSON", false),
    ["dataDir", "printEmails", "edition", "reportDateZone"],
  ).action(async (request: string, { output, json, ...flags }: Flags & { output: string; json: boolean }) => {
    const config = configure(flags);
    const { renderFile } = await import("../render.ts");
    await renderFile({ request, output, json, config, out: print, err: printError });
  });

  withSettings(
    program
      .command("backup")
      .description("copy everything that a restore needs into a new folder; the service may be running")
      .argument("<folder>", "new folder; a name ending in .db copies only the job database")
      .option("--json", "print JSON", false),
    FILE_SETTINGS,
  ).action(async (target: string, { json, ...flags }: Flags & { json: boolean }) => {
    await noteFolder(flags);
    if (target.endsWith(".db")) {
      const bytes = await backup(localFile(flags, "jobs", "copy Redis instead: `redis-cli --rdb FILE`"), target);
      return print(json ? JSON.stringify({ file: target, bytes }) : `${target}: ${sizeOf(bytes)}, checked`);
    }
    const { dataDir, redisUrl } = configure({ ...DELIVERS_NOTHING, ...flags });
    const manifest = await backUp(dataDir, redisUrl === null ? "sqlite" : "redis", target);
    if (json) return print(JSON.stringify({ folder: target, ...manifest }));
    const bytes = manifest.files.reduce((sum, file) => sum + file.bytes, 0);
    print(`${target}: ${manifest.files.length} files, ${sizeOf(bytes)}, checked`);
    if (manifest.missing.length > 0) printError(messages.backupWithoutPdfs(manifest.missing.length));
    if (redisUrl !== null) printError(messages.backupOfRedis(describeAddress(parseRedisAddress(redisUrl))));
  });

  withSettings(
    program
      .command("restore")
      .description("restore a backup into an empty data folder; run it again if it was interrupted")
      .argument("<backup>", "folder made by `agentlink backup`")
      .option("--json", "print JSON", false),
    FILE_SETTINGS,
  ).action(async (from: string, { json, ...flags }: Flags & { json: boolean }) => {
    const { dataDir, redisUrl } = configure({ ...DELIVERS_NOTHING, ...flags });
    const restored = await restore(from, dataDir, redisUrl === null ? "sqlite" : "redis");
    if (json) return print(JSON.stringify({ data_dir: dataDir, ...restored }));
    print(`${dataDir}: ${restored.files} files, as of ${restored.madeAt}`);
    if (restored.missing > 0) print(messages.restoredWithoutPdfs(restored.missing));
    print(messages.stopBackedUp);
    print(messages.startWithSettings);
  });

  withSettings(
    program
      .command("migrate")
      .description("move all jobs to Redis or back; run it again if it was interrupted")
      .addOption(new Option("--to <store>", "destination").choices(["redis", "sqlite"]).makeOptionMandatory()),
    MIGRATE_SETTINGS,
  ).action(async ({ to, ...flags }: Flags & { to: "redis" | "sqlite" }) => {
    const { moved, before } = await migrate(configure(flags), to, (done, of) => {
      if (done % 1_000 === 0 && done < of) printError(`${done} of ${of} jobs`);
    });
    print(messages.jobsMoved(moved, before > 0 ? `, ${before} were already moved` : ""));
  });

  withSettings(
    program
      .command("sql")
      .description("query the database; read-only without --write; the service may be running")
      .argument("[statement]", "such as 'SELECT * FROM queue_now'; default: standard input")
      .addOption(
        new Option("--database <name>", "database").choices(Object.keys(DATABASES)).default("jobs" as DatabaseName),
      )
      .option("--write", "allow changes (triggers reject unsafe ones)", false)
      .addOption(new Option("--json", "print JSON").conflicts("csv").default(false))
      .option("--csv", "print CSV", false),
    FILE_SETTINGS,
  ).action(async (statement: string | undefined, { database, write, json, csv, ...flags }: SqlFlags) => {
    const sql = statement ?? (process.stdin.isTTY ? "" : await Bun.stdin.text());
    if (sql.trim() === "") throw new Failure("usage", messages.noStatement);
    await noteFolder(flags);
    const { runSql } = await import("../sql.ts");
    runSql({
      path: localFile(flags, database, COMMAND_INSTEAD[database]),
      sql,
      write,
      format: json ? "json" : csv ? "csv" : "table",
      out: print,
      err: printError,
    });
  });
}

function sizeOf(bytes: number): string {
  return `${Math.ceil(bytes / 1_000)} kB`;
}

/** Where the jobs are, and the PDFs. */
const MIGRATE_SETTINGS: readonly (keyof Config)[] = [
  "dataDir",
  "redisUrl",
  "redisPrefix",
  "reports",
  "deliveryFolder",
  "s3Endpoint",
  "s3Region",
  "s3Bucket",
  "s3AccessKeyId",
  "s3SecretAccessKey",
  "s3Prefix",
];

/** Where the databases are, unless they are in Redis. */
const FILE_SETTINGS = ["dataDir", "redisUrl"] as const;

/**
 * A database of the data folder.
 * @throws Failure "usage" where its contents are in Redis, for all hosts: the file here would be empty, or old.
 */
function localFile(flags: Flags, database: DatabaseName, instead: string): string {
  const { dataDir, redisUrl } = configure({ ...DELIVERS_NOTHING, ...flags });
  if (redisUrl !== null && database !== "catalogue")
    throw new Failure("usage", messages.inRedis(database, describeAddress(parseRedisAddress(redisUrl)), instead));
  return join(dataDir, DATABASES[database]);
}

const COMMAND_INSTEAD = {
  jobs: messages.useAgentlinkJobs,
  keys: "use `agentlink keys list`",
  catalogue: "",
} as const;

/** The databases of the data folder. */
const DATABASES = { jobs: "agentlink.db", catalogue: "catalogue.db", keys: "keys.db" } as const;
type DatabaseName = keyof typeof DATABASES;

interface SqlFlags extends Flags {
  readonly database: DatabaseName;
  readonly write: boolean;
  readonly json: boolean;
  readonly csv: boolean;
}
