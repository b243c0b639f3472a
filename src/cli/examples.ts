import type { Command } from "commander";

/** What a person would type, by the words of the command. */
const EXAMPLES: Readonly<Record<string, readonly string[]>> = {
  serve: ["agentlink serve", "agentlink serve --port 9000 --data-dir /var/lib/agentlink"],
  demo: ["agentlink demo", "agentlink demo --port 8081", "agentlink demo --live"],
  healthcheck: ["agentlink healthcheck --ready --timeout 2s"],
  doctor: ["agentlink doctor", "agentlink doctor --offline --json", "agentlink doctor --old-client request.json"],
  import: [
    "agentlink import --dry-run export.xlsx",
    "agentlink import agencies.csv agents.csv sales.ndjson",
    "agentlink import --kind sales --map mine.json export.csv",
    "agentlink import --template sales > sales.csv",
  ],
  "catalogue list": ["agentlink catalogue", "agentlink catalogue list 'richmond vic'"],
  "catalogue show": ["agentlink catalogue show Manly NSW", "agentlink catalogue show Manly NSW --kind sales"],
  "catalogue imports": ["agentlink catalogue imports"],
  "catalogue undo": ["agentlink catalogue undo", "agentlink catalogue undo 12"],
  "catalogue remove": ["agentlink catalogue remove sales s-12", "agentlink catalogue remove Manly NSW --dry-run"],
  "catalogue clear": ["agentlink catalogue clear --kind listings --yes"],
  "catalogue office": ["agentlink catalogue office ABCDEF 'Norfolk & Pine Property'"],
  "catalogue maps": ["agentlink catalogue maps"],
  "catalogue map": ["agentlink catalogue map rex rex-columns.json"],
  "domain check": ["agentlink domain check"],
  "domain fetch": ["agentlink domain fetch Manly NSW -o manly.json"],
  "people list": ["agentlink people", "agentlink people list Manly NSW"],
  "people merge": ["agentlink people merge agent-12 domain-4711"],
  "people split": ["agentlink people split agent-12 domain-4711"],
  "people forget": ["agentlink people forget agent-12 domain-4711"],
  render: ["agentlink render request.json -o report.pdf"],
  backup: ["agentlink backup /backup/agentlink-$(date +%F)"],
  restore: ["agentlink restore /backup/agentlink-2026-11-25 --data-dir /var/lib/agentlink"],
  migrate: ["agentlink migrate --to redis --redis-url redis://10.0.0.5:6379"],
  sql: ["agentlink sql 'SELECT * FROM queue_now'", "agentlink sql --csv 'SELECT id, suburb, status FROM jobs'"],
  "keys create": [
    "agentlink keys create --name make --scope submit --rate 120/min",
    "agentlink keys create --name prometheus --scope metrics > prometheus.key",
  ],
  "keys quota": ["agentlink keys quota make '20/day 300/month'", "agentlink keys quota make none"],
  "keys list": ["agentlink keys list --json"],
  "keys revoke": ["agentlink keys revoke make"],
  "keys callback-secret": ["agentlink keys callback-secret make", "agentlink keys callback-secret make --rotate"],
  "dropbox login": ["agentlink dropbox login --dropbox-app-key YOUR_APP_KEY"],
  "dropbox check": ["agentlink dropbox check"],
  "s3 check": ["agentlink s3 check"],
  "notify test": ["agentlink notify test"],
  submit: [
    "agentlink submit Manly NSW -o manly.pdf",
    'agentlink submit "St Kilda" VIC --prepared-for "Norfolk & Pine Property"',
    "agentlink submit Manly NSW --property-types House --bedrooms 3+ --surroundings",
    "agentlink submit Manly NSW --draft -o manly.pdf",
    "agentlink submit --request request.json --no-wait",
    "agentlink submit --batch requests.csv",
  ],
  "jobs list": ["agentlink jobs list --status failed --since 2h", "agentlink jobs list --suburb Manly --all --json"],
  "jobs show": ["agentlink jobs show 7c1d09"],
  "jobs cancel": ["agentlink jobs cancel 7c1d09 8e20b4", "agentlink jobs cancel --client make --status queued"],
  "jobs retry": ["agentlink jobs retry 7c1d09", "agentlink jobs retry --all-failed --since 1d"],
  "jobs delete": ["agentlink jobs delete 7c1d09", "agentlink jobs delete --status failed --since 7d --dry-run"],
  "jobs download": ["agentlink jobs download --client make --since 1d -o reports.zip"],
  "jobs send": ["agentlink jobs send 7c1d09"],
  "jobs watch": ["agentlink jobs watch", "agentlink jobs watch 7c1d09 -o report.pdf"],
  usage: ["agentlink usage", "agentlink usage --from 2026-10 --to 2026-10 --csv > october.csv"],
  audit: ["agentlink audit --since 7d", "agentlink audit --actor ops --action revokeKey,createKey"],
  "queue pause": ["agentlink queue pause"],
  "queue resume": ["agentlink queue resume"],
  "queue status": ["agentlink queue status --json"],
  prune: ["agentlink prune --older-than 90d"],
  install: ["agentlink install --dry-run", "sudo ./agentlink install"],
  config: ["agentlink config", "agentlink config --json"],
  licences: ["agentlink licences | less"],
  help: ["agentlink help jobs retry", "agentlink help exit-codes"],
  completion: ["source <(agentlink completion bash)"],
};

/** Of the program itself; a group of commands shows the first of each of its own. */
const FIRST_STEPS = [
  "agentlink demo",
  "agentlink submit Manly NSW -o manly.pdf",
  "agentlink jobs list --status failed",
];

/** Puts examples at the end of each command's help. */
export function addExamples(program: Command): void {
  for (const { command, words } of commandsOf(program)) {
    const below = commandsOf(command).flatMap((each) => EXAMPLES[`${words} ${each.words}`]?.[0] ?? []);
    const lines = words === "" ? FIRST_STEPS : (EXAMPLES[words] ?? below);
    if (lines.length === 0) continue;
    command.addHelpText(
      "after",
      `\n${lines.length === 1 ? "Example" : "Examples"}:\n${lines.map((line) => `  ${line}`).join("\n")}`,
    );
  }
}

interface NamedCommand {
  readonly command: Command;
  /** That call it: "" for the program, "jobs list". */
  readonly words: string;
}

/** A command with all that are below it. */
function commandsOf(command: Command, words = ""): readonly NamedCommand[] {
  const below = command.commands.flatMap((each) =>
    commandsOf(each, words === "" ? each.name() : `${words} ${each.name()}`),
  );
  return [{ command, words }, ...below];
}
