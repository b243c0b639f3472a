import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { fileVariable } from "../../src/settings/secret-files.ts";
import { settings } from "../../src/settings/settings.ts";

/** docs/settings.md is made from the settings themselves: `bun run docs` writes it, settings-page.test.ts compares it. */
export const SETTINGS_PAGE = resolve(import.meta.dir, "../../docs/settings.md");

const INTRODUCTION = `# Settings

<!-- Made by \`bun run docs\` from the settings in the code. Change them there. -->

Each setting is an environment variable or a flag: \`AGENTLINK_PORT=9000\` or \`--port 9000\`; the flag wins. \`agentlink config\` prints the values in effect and where each comes from, and refuses a name it does not know. No file is read for them: a \`.env\` in the folder changes nothing (\`set -a; . ./.env\` loads it into the shell). systemd reads them from \`/etc/agentlink/agentlink.env\` ([systemd.md](systemd.md)).

A setting marked *secret* can also come from a file: set the variable with \`_FILE\` at its end to the file's path, such as \`${fileVariable("AGENTLINK_CALLBACK_SECRET")}=/run/secrets/callback\`.
`;

/** A table cell holds no pipe and no line break. */
const cell = (text: string) => text.replaceAll("|", "\\|").replaceAll(/\s+/g, " ");

export function settingsPage(): string {
  const groups = [...Map.groupBy(settings, ({ group }) => group)].map(([title, grouped]) => {
    const rows = grouped.map(({ variable, value, fallback, description, secret }) => {
      const shown = fallback === "" ? "" : `\`${cell(fallback)}\``;
      return `| \`${variable}\` | ${cell(value)}${secret ? ", *secret*" : ""} | ${shown} | ${cell(description)} |`;
    });
    return [
      `## ${title}`,
      "",
      "| variable | value | default | what it is |",
      "| --- | --- | --- | --- |",
      ...rows,
    ].join("\n");
  });
  return `${[INTRODUCTION, ...groups].join("\n\n")}\n`.replace(/\n{3,}/g, "\n\n");
}

if (import.meta.main) writeFileSync(SETTINGS_PAGE, settingsPage());
