import { join } from "node:path";
import { packagesOf } from "../src/cli/licences/packages.ts";
import { licenceProblems } from "./licences.ts";

const root = join(import.meta.dir, "..");
/** A registry that has not responded by then is not there. */
const TIMEOUT_MS = 60_000;

/** Known weaknesses of the packages, as the registry knows them; null where it does not respond. */
async function advisories(): Promise<string | null> {
  const audit = Bun.spawn([process.execPath, "audit", "--prod"], {
    cwd: root,
    stdout: "pipe",
    stderr: "pipe",
    timeout: TIMEOUT_MS,
  });
  const [out, errors, code] = await Promise.all([
    new Response(audit.stdout).text(),
    new Response(audit.stderr).text(),
    audit.exited,
  ]);
  const responded = !/^error: /m.test(errors + out) && audit.signalCode === null;
  if (!responded) return null;
  return code === 0 ? "" : out;
}

const [, ...packages] = packagesOf(root);
const licences = licenceProblems(packages);
for (const problem of licences) console.error(problem);
console.log(
  `${packages.length} packages go into the binary; ${licences.length === 0 ? "all licences are allowed" : `${licences.length} licences are not allowed`}`,
);
const found = await advisories();
// Where it decides about a release, what could not be checked is not known to be well.
const mustKnow = process.env.CI === "true";
if (found === null)
  console.log(
    `${mustKnow ? "failed" : "skipped"}: the registry does not respond, so nothing is known of advisories${mustKnow ? ", and CI=true lets nothing through unknown: try again" : ""}`,
  );
else console.log(found === "" ? "no advisories" : found);
process.exit(licences.length > 0 || found || (found === null && mustKnow) ? 1 : 0);
