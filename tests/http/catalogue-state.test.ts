import { expect, test } from "bun:test";
import { openApi } from "./api.ts";

test("the overview says what data there is: none, what is old, what is of now, or the sample, which must not be mixed with own data", async () => {
  await using api = await openApi();
  const state = async () => (await (await api.request("/api/overview")).json()).catalogue;
  const put = (kind: string, rows: readonly unknown[]) =>
    api.request(`/api/catalogue/${kind}`, {
      method: "PUT",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(rows),
    });
  const sale = (id: string, day: string) => ({
    id,
    address: `${id} Pine St`,
    category: "house",
    sold_date: day,
    suburb: "Manly",
    state: "NSW",
  });
  expect(await state()).toEqual({ state: "empty", localities: 0, sales: 0, newest: null, other_source: false });
  await put("sales", [sale("1", "2020-06-01")]);
  expect(await state()).toMatchObject({ state: "stale", localities: 1, sales: 1, newest: "2020-06-01" });
  const today = new Date().toISOString().slice(0, 10);
  await put("sales", [sale("2", today)]);
  expect(await state()).toMatchObject({ state: "current", sales: 2, newest: today });
  const mixed = await put("sources", [{ id: "s", name: "Made up", synthetic: true }]);
  expect(await mixed.json()).toMatchObject({ status: 409, code: "sample_mixed" });
  expect(await state()).toMatchObject({ state: "current" });
  expect((await api.request("/api/catalogue/sales", { method: "DELETE" })).status).toBe(200);
  await put("sources", [{ id: "s", name: "Made up", synthetic: true }]);
  await put("sales", [{ ...sale("1", today), source: "s" }]);
  expect(await state()).toMatchObject({ state: "sample", sales: 1 });
  expect(await (await put("sales", [sale("2", today)])).json()).toMatchObject({
    warnings: [expect.stringContaining("sample data was removed")],
    changes: { sales: { new: 1, removed: 1 }, sources: { removed: 1 } },
  });
  expect(await state()).toMatchObject({ state: "current", sales: 1 });
});
