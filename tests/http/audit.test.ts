import { expect, test } from "bun:test";
import { ACTIONS, actionName } from "../../src/dashboard/client/audit/actions.ts";
import { AUDIT_ACTIONS } from "../../src/http/api/audit-actions.ts";
import { UNRECORDED } from "../../src/http/api/audited.ts";
import { type Api, bearer, openApi } from "./api.ts";

interface Entry {
  readonly at: string;
  readonly actor: string;
  readonly key_id: string | null;
  readonly action: string;
  readonly subject: string | null;
  readonly detail: string | null;
}

interface List {
  readonly entries: readonly Entry[];
  readonly next_cursor: string | null;
}

async function audit(api: Api, secret: string, query = ""): Promise<List> {
  const response = await api.request(`/api/audit${query}`, { headers: bearer(secret) });
  expect(response.status).toBe(200);
  return (await response.json()) as List;
}

async function make(api: Api, name: string, scope: string, as?: string) {
  const made = await api.post("/api/keys", { name, scope }, as === undefined ? {} : bearer(as));
  return (await made.json()) as { readonly secret: string; readonly key: { readonly id: string } };
}

test("each change is in the list with who made it, by which key, and the result", async () => {
  await using api = await openApi();
  const boss = await make(api, "boss", "admin");
  const { secret, key } = await make(api, "make", "submit", boss.secret);
  const id = await api.accept({}, bearer(secret));
  await api.post(`/api/jobs/${id}/cancel`, {}, bearer(secret));
  await api.post(`/api/jobs/${id.slice(-8)}/retry`, {}, { ...bearer(boss.secret), "Sec-Fetch-Site": "same-origin" });
  await api.post("/api/jobs/count", { status: "queued" }, bearer(boss.secret));
  await api.post("/api/jobs/cancel", { status: "queued" }, bearer(boss.secret));
  await api.post("/api/jobs/delete", { ids: [id] }, bearer(boss.secret));
  await api.post("/api/queue/pause", {}, bearer(boss.secret));
  await api.post("/api/queue/resume", {}, bearer(boss.secret));
  await api.post("/api/deliveries/folder/test", {}, bearer(boss.secret));
  await api.post("/api/callbacks/resend", { host: "hooks.example.com" }, bearer(boss.secret));
  const agencies = "id,name\nn,Norfolk\n";
  for (const dry of ["&dry_run=true", ""])
    await api.request(`/api/catalogue/agencies?name=agencies.csv${dry}`, {
      method: "PUT",
      headers: { ...bearer(boss.secret), "Content-Type": "text/csv" },
      body: agencies,
    });
  await api.post("/api/catalogue/imports/1/undo", {}, bearer(boss.secret));
  await api.request(`/api/keys/${key.id}`, { method: "DELETE", headers: bearer(boss.secret) });
  // What was refused changed nothing.
  await api.post("/api/queue/pause", {}, bearer(secret));
  await api.request(`/api/keys/${boss.key.id}`, { method: "DELETE", headers: bearer(boss.secret) });

  const { entries, next_cursor } = await audit(api, boss.secret);
  expect(next_cursor).toBeNull();
  expect(entries.toReversed().map(({ actor, action }) => `${actor}: ${action}`)).toEqual([
    "local: createKey",
    "boss: createKey",
    "make: cancelJob",
    "boss (dashboard): retryJob",
    "boss: cancelJobs",
    "boss: deleteJobs",
    "boss: pauseQueue",
    "boss: resumeQueue",
    "boss: testDelivery",
    "boss: resendCallbacks",
    "boss: putCatalogue",
    "boss: undoCatalogueImport",
    "boss: revokeKey",
  ]);
  const of = (action: string) => entries.find((entry) => entry.action === action);
  expect(of("cancelJob")).toMatchObject({ key_id: key.id, subject: id, detail: "Manly NSW, of make" });
  expect(of("retryJob")).toMatchObject({ key_id: boss.key.id, subject: id });
  expect(of("cancelJobs")).toMatchObject({ subject: "all of status queued", detail: "1 cancelled, 0 requested" });
  expect(of("deleteJobs")).toMatchObject({ subject: id, detail: expect.stringContaining("1 deleted, 0 not deleted") });
  expect(of("putCatalogue")).toMatchObject({ subject: "agencies.csv", detail: "import 1: 1 new agencies" });
  expect(of("revokeKey")).toMatchObject({ subject: `make (${key.id})`, detail: "submit" });
  expect(JSON.stringify(entries)).not.toContain("al_");
});

test("a viewer reads the list without the operator's folders, a client does not, and it is filtered and paged", async () => {
  await using api = await openApi();
  const boss = await make(api, "boss", "admin");
  const viewer = await make(api, "office", "viewer", boss.secret);
  const client = await make(api, "make", "submit", boss.secret);
  await api.post("/api/deliveries/folder/test", {}, bearer(boss.secret));
  expect((await audit(api, viewer.secret, "?action=testDelivery")).entries).toMatchObject([
    { subject: "folder", detail: null },
  ]);
  expect((await audit(api, boss.secret, "?action=testDelivery")).entries).toMatchObject([{ detail: "can be used" }]);
  expect((await api.request("/api/audit", { headers: bearer(client.secret) })).status).toBe(403);
  const first = await audit(api, viewer.secret, "?limit=2&actor=BOSS&action=createKey,testDelivery");
  expect(first.entries.map(({ action }) => action)).toEqual(["testDelivery", "createKey"]);
  const second = await audit(api, viewer.secret, `?limit=2&actor=BOSS&cursor=${first.next_cursor}`);
  expect(second).toMatchObject({ entries: [{ action: "createKey" }], next_cursor: null });
  expect((await audit(api, viewer.secret, "?until=2026-01-01")).entries).toEqual([]);
  for (const query of [
    "?cursor=x",
    "?limit=0",
    "?limit=201",
    "?since=yesterday",
    "?since=2026-02-30",
    "?who=boss",
    "?action=a-b",
  ])
    expect((await api.request(`/api/audit${query}`, { headers: bearer(viewer.secret) })).status).toBe(422);
  const noSuchDay = { ended_before: "2026-02-30T00:00:00Z" };
  expect((await api.post("/api/jobs/prune", noSuchDay, bearer(boss.secret))).status).toBe(422);
});

test("each sign-in and sign-out is in the list, and what cannot be recorded is done all the same and logged", async () => {
  await using api = await openApi();
  const boss = await make(api, "boss", "admin");
  const signIn = (key: string) =>
    fetch(`${api.url}/sign-in`, { method: "POST", body: new URLSearchParams({ key }), redirect: "manual" });
  await signIn("al_wrong");
  const cookie = (await signIn(boss.secret)).headers.get("set-cookie")?.split(";")[0] ?? "";
  await fetch(`${api.url}/sign-out`, { method: "POST", headers: { Cookie: cookie }, redirect: "manual" });
  expect((await audit(api, boss.secret, "?action=signIn,signOut")).entries).toMatchObject([
    { actor: "boss", action: "signOut", key_id: boss.key.id },
    { actor: "boss", action: "signIn", key_id: boss.key.id, subject: "admin" },
  ]);
  const broken = {
    record: () => Promise.reject(new Error("no disk")),
    page: () => Promise.reject(),
    adopt: () => Promise.reject(),
    close() {},
  };
  await using other = await openApi({ audit: broken });
  expect((await other.post("/api/queue/pause", {})).status).toBe(200);
  expect(other.logged.find(({ action }) => action === "pauseQueue")).toMatchObject({
    actor: "local",
    error: "no disk",
  });
});

test("the dashboard has words for each change that is recorded, and finds it by what kind of change it is", async () => {
  await using api = await openApi();
  const { paths } = (await (await api.request("/openapi.json")).json()) as {
    paths: Record<string, Record<string, { operationId?: string }>>;
  };
  const changes = Object.values(paths)
    .flatMap((path) => Object.entries(path))
    .flatMap(([method, { operationId = "" }]) =>
      method === "get" || UNRECORDED.has(operationId) ? [] : [operationId],
    );
  expect(changes.length).toBeGreaterThan(20);
  expect(changes.filter((action) => actionName(action) === action)).toEqual([]);
  expect(changes.filter((action) => !AUDIT_ACTIONS.includes(action))).toEqual([]);
  expect(AUDIT_ACTIONS.filter((action) => actionName(action) === action)).toEqual([]);
  const found: readonly string[] = ACTIONS.flatMap(({ actions }) => actions);
  expect(changes.filter((action) => !found.includes(action))).toEqual([]);
});
