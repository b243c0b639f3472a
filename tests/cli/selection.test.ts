import { expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fromBuffer } from "yauzl";
import { changeSelection, downloadSelection, type SelectionAction, wholeIds } from "../../src/cli/selection.ts";
import { type Api, openApi } from "../http/api.ts";

/** What a command printed. */
async function ran(
  api: Api,
  action: SelectionAction,
  selection: object,
  flags: { yes?: boolean; dryRun?: boolean; json?: boolean } = {},
) {
  const [out, err]: [string[], string[]] = [[], []];
  const options = {
    ...{ config: configOf(api), yes: true, dryRun: false, json: false, ...flags },
    ...{ out: (line: string) => void out.push(line), err: (line: string) => void err.push(line) },
  };
  const whole = await changeSelection(action, selection, options);
  return { out: out.join("\n"), err: err.join("\n"), whole };
}

const configOf = (api: Api) => ({
  ...{ url: api.url, key: null, host: "127.0.0.1", port: api.port, dataDir: api.dataDir },
});

async function failOne(api: Api, message = "no data") {
  const id = await api.accept({ suburb: "Bondi" });
  await api.queue.fail(await api.claim(), { code: "no_data", message }, null);
  return id;
}

test("a selection is counted first, confirmed, changed whole, and the result is printed", async () => {
  await using api = await openApi();
  const failed = [await failOne(api), await failOne(api), await failOne(api, "another reason")];
  const queued = [await api.accept(), await api.accept()];
  // There is no terminal for a prompt.
  expect(ran(api, "delete", { error: "no data" }, { yes: false })).rejects.toThrow(
    "Delete 2 jobs (2 failed)? There is no terminal to ask for confirmation: add --yes",
  );
  expect(await ran(api, "delete", { error: "no data" }, { dryRun: true })).toEqual({
    ...{ out: "2 jobs match: 2 failed", err: "", whole: true },
  });
  expect(await ran(api, "retry", { error: "another" })).toEqual({
    ...{ out: "1 job is queued again", err: "1 job matches: 1 failed", whole: true },
  });
  expect(await ran(api, "delete", { status: "failed" })).toEqual({
    ...{ out: "2 jobs deleted", err: "2 jobs match: 2 failed", whole: true },
  });
  expect(await ran(api, "cancel", { suburb: "Manly" }, { json: true })).toEqual({
    ...{ out: '{"cancelled":2,"requested":0,"unchanged":0}', err: "", whole: true },
  });
  for (const id of queued) expect(await api.queue.get(id)).toMatchObject({ status: "cancelled" });
  expect(await api.queue.get(failed[0] ?? "")).toBeNull();
  expect(await api.queue.get(failed[2] ?? "")).toMatchObject({ status: "queued" });
  expect(await ran(api, "cancel", { client: "nobody" })).toMatchObject({
    ...{ out: "", err: "No job matches; nothing was changed." },
  });
});

test("more jobs than one call changes are all changed", async () => {
  await using api = await openApi({ queueLimit: 2_000 });
  const bodies = { reports: Array.from({ length: 1_000 }, () => ({ suburb: "Manly", state: "NSW" })) };
  for (let at = 0; at < 2; at += 1) expect((await api.post("/api/generate-agents-reports", bodies)).status).toBe(200);
  expect((await ran(api, "cancel", { suburb: "Manly" })).out).toBe("2000 jobs cancelled");
});

test("a status that the action is not for is refused, and so is a piece of an id that names no job", async () => {
  await using api = await openApi();
  await failOne(api);
  expect(ran(api, "delete", { status: "failed,running" })).rejects.toThrow("not to jobs that are running");
  expect(ran(api, "cancel", { status: "completed" })).rejects.toThrow("cancel applies to jobs that are queued or");
  expect(ran(api, "retry", { status: "processing" })).rejects.toThrow("failed or cancelled");
  expect(wholeIds({ config: configOf(api) }, ["00000000"])).rejects.toThrow();
  expect(await api.queue.counts()).toMatchObject({ failed: 1 });
});

test("named jobs that cannot be deleted are counted, and the command fails", async () => {
  await using api = await openApi();
  const failed = await failOne(api);
  const queued = await api.accept();
  const ids = await wholeIds({ config: configOf(api) }, [failed.slice(-8), queued]);
  expect(ids).toEqual([failed, queued]);
  expect(await ran(api, "delete", { ids })).toEqual({
    out: "1 job deleted; 1 unchanged: not ended or deleted",
    err: "2 jobs match: 1 queued, 1 failed",
    whole: false,
  });
});

test("the PDFs of a selection come as one zip file, never half of one", async () => {
  await using api = await openApi();
  await api.accept();
  await api.finish(new TextEncoder().encode("%PDF-first"));
  await api.accept({ suburb: "Bondi", postcode: "2026" });
  await api.finish(new TextEncoder().encode("%PDF-second"));
  const out: string[] = [];
  const file = join(api.dataDir, "reports.zip");
  const options = { config: configOf(api), json: false, out: (line: string) => void out.push(line), err: () => {} };
  await downloadSelection({ suburb: "Manly" }, { ...options, output: file });
  expect(out).toEqual([file]);
  expect(await namesIn(file)).toHaveLength(1);
  await downloadSelection({}, { ...options, output: file });
  expect(await namesIn(file)).toHaveLength(2);
  const none = join(api.dataDir, "none.zip");
  expect(downloadSelection({ suburb: "Hobart" }, { ...options, output: none })).rejects.toThrow();
  expect(downloadSelection({}, { ...options, output: join(api.dataDir, "no", "such.zip") })).rejects.toThrow(
    "there is no folder",
  );
  expect(existsSync(none)).toBe(false);
  expect(readdirSync(api.dataDir).filter((name) => name.endsWith(".part"))).toEqual([]);
});

function namesIn(file: string): Promise<readonly string[]> {
  const names: string[] = [];
  return new Promise((resolve, reject) =>
    fromBuffer(readFileSync(file), { lazyEntries: true }, (error, zip) => {
      if (error) return reject(error);
      zip.on("entry", ({ fileName }: { readonly fileName: string }) => {
        names.push(fileName);
        zip.readEntry();
      });
      zip.on("end", () => resolve(names));
      zip.readEntry();
    }),
  );
}
