import { afterEach, expect, setSystemTime, test } from "bun:test";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { requestedRange } from "../../src/http/range.ts";
import { openApi } from "./api.ts";

const PDF = crypto.getRandomValues(new Uint8Array(60_000));
const TAG = `"${new Bun.CryptoHasher("sha256").update(PDF).digest("hex")}"`;

afterEach(() => void setSystemTime());

async function withReport() {
  const api = await openApi();
  const id = await api.accept();
  await api.finish(PDF);
  return { api, id, path: `/api/jobs/${id}/report.pdf` };
}

test("the PDF comes whole, under the name that it was delivered under", async () => {
  const { api, path } = await withReport();
  await using _ = api;
  const response = await api.request(path);
  expect(response.status).toBe(200);
  expect(await response.bytes()).toEqual(PDF);
  expect(response.headers.get("content-type")).toBe("application/pdf");
  expect(response.headers.get("content-length")).toBe("60000");
  expect(response.headers.get("accept-ranges")).toBe("bytes");
  expect(response.headers.get("etag")).toBe(TAG);
  expect(response.headers.get("content-disposition")).toBe(
    `inline; filename="report.pdf"; filename*=UTF-8''report.pdf`,
  );
});

test("one that is not delivered yet is called as it will be: by the day of the request where the suburb is", async () => {
  await using api = await openApi();
  // The 2nd in Sydney, and still the 1st in Perth and in UTC.
  setSystemTime(new Date("2026-07-01T15:30:00Z"));
  const named = async (fields: Record<string, unknown>) => {
    const id = await api.accept(fields);
    const claim = await api.claim();
    const path = `reports/${id}.pdf`;
    await Bun.write(join(api.dataDir, path), PDF);
    await api.queue.rendered(claim, { path, sha256: "0".repeat(64), bytes: PDF.length, pages: 1 });
    return (await api.request(`/api/jobs/${id}/report.pdf`, { method: "HEAD" })).headers.get("content-disposition");
  };
  expect(await named({})).toContain("2026-07-02 Manly agents report ");
  expect(await named({ suburb: "Cottesloe", state: "WA" })).toContain("2026-07-01 Cottesloe agents report ");
});

test("HEAD has the headers and no body", async () => {
  const { api, path } = await withReport();
  await using _ = api;
  for (const headers of [{}, { Range: "bytes=0-9" }]) {
    const response = await api.request(path, { method: "HEAD", headers });
    expect(response.status).toBe(200);
    expect(response.headers.get("content-length")).toBe("60000");
    expect(response.headers.get("etag")).toBe(TAG);
    expect(await response.text()).toBe("");
  }
});

test("a part comes as asked for", async () => {
  const { api, path } = await withReport();
  await using _ = api;
  for (const [range, first, last] of [
    ["bytes=0-0", 0, 0],
    ["bytes=10-19", 10, 19],
    ["bytes=59990-", 59_990, 59_999],
    ["bytes=-5", 59_995, 59_999],
    ["bytes=-99999999", 0, 59_999],
    ["bytes=0-99999999", 0, 59_999],
  ] as const) {
    const response = await api.request(path, { headers: { Range: range } });
    expect(response.status).toBe(206);
    expect(response.headers.get("content-range")).toBe(`bytes ${first}-${last}/60000`);
    expect(response.headers.get("accept-ranges")).toBe("bytes");
    expect(await response.bytes()).toEqual(PDF.slice(first, last + 1));
  }
});

test("a part past the end gets 416 with the size", async () => {
  const { api, path } = await withReport();
  await using _ = api;
  for (const range of ["bytes=60000-", "bytes=70000-80000", "bytes=-0"]) {
    const response = await api.request(path, { headers: { Range: range } });
    expect(response.status).toBe(416);
    expect(response.headers.get("content-range")).toBe("bytes */60000");
  }
});

test("what is not one range of bytes brings the whole", async () => {
  const { api, path } = await withReport();
  await using _ = api;
  for (const range of ["bytes=0-1,5-6", "bytes=5-2", "bytes=-", "lines=1-2", "bytes=a-b"]) {
    const response = await api.request(path, { headers: { Range: range } });
    expect(response.status).toBe(200);
    expect(await response.bytes()).toEqual(PDF);
  }
});

test("If-Range brings the part of that very file alone", async () => {
  const { api, path } = await withReport();
  await using _ = api;
  const status = async (tag: string) => {
    const response = await api.request(path, { headers: { Range: "bytes=0-9", "If-Range": tag } });
    return [response.status, (await response.bytes()).length];
  };
  expect(await status(TAG)).toEqual([206, 10]);
  expect(await status('"another"')).toEqual([200, 60_000]);
  expect(await status(`W/${TAG}`)).toEqual([200, 60_000]);
});

test("a client that has the file already gets 304", async () => {
  const { api, path } = await withReport();
  await using _ = api;
  for (const tags of [TAG, `W/${TAG}`, `"x", ${TAG}`, "*"]) {
    const response = await api.request(path, { headers: { "If-None-Match": tags } });
    expect(response.status).toBe(304);
    expect(response.headers.get("etag")).toBe(TAG);
  }
  expect((await api.request(path, { headers: { "If-None-Match": '"x"' } })).status).toBe(200);
});

test("a report that is not made yet, never was, or is gone is 404 with the reason", async () => {
  await using api = await openApi();
  const id = await api.accept();
  const request = async () => {
    const response = await api.request(`/api/jobs/${id}/report.pdf`);
    expect(response.status).toBe(404);
    return (await response.json()) as { code: string; detail: string };
  };
  expect(await request()).toMatchObject({ code: "report_not_ready", detail: expect.stringContaining("queued") });
  await api.queue.fail(await api.claim(), { code: "no_data", message: "no data for Manly" }, null);
  expect(await request()).toMatchObject({
    code: "report_not_ready",
    detail: expect.stringContaining("no data for Manly"),
  });
  await api.queue.retry(id);
  const { job } = await api.finish(PDF);
  await rm(join(api.dataDir, "reports", `${job.id}.pdf`));
  expect(await request()).toMatchObject({ code: "report_gone" });
});

test("the range in a response lies within the file, whatever was requested", () => {
  const number = fc.option(fc.integer({ min: 0, max: 2_000 }), { nil: "" as const });
  fc.assert(
    fc.property(number, number, fc.integer({ min: 0, max: 1_000 }), (from, to, size) => {
      const range = requestedRange(new Headers({ Range: `bytes=${from}-${to}` }), size, '"x"');
      return range === null || range === "none" || (0 <= range.first && range.first <= range.last && range.last < size);
    }),
  );
});
