import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { png } from "../render/pictures.ts";
import { type Api, openApi } from "./api.ts";

setDefaultTimeout(240_000);

const PATH = "/api/generate-agents-report";
const LOCALITY = { suburb: "Manly", state: "NSW" };
/** Of 3.4 MB, as base64. */
const LARGE = png({ width: 920, height: 920, noisy: true });

/** What reads pictures takes seconds of a processor to be loaded: once for all. */
let api: Api;
beforeAll(async () => {
  api = await openApi();
});
afterAll(() => api[Symbol.asyncDispose]());

type Stored = { readonly agents: readonly { readonly name: string; readonly photo: string }[] };

async function accepted(body: string | ReadableStream) {
  const headers = { "Content-Type": "application/json" };
  const response = await api.request(PATH, { method: "POST", body, headers });
  const { job_id: id } = (await response.json()) as { job_id: string };
  expect([response.status, typeof id]).toEqual([200, "string"]);
  const data = await api.queue.dataSet(id);
  return JSON.parse(new TextDecoder().decode(data ?? new Uint8Array())) as Stored;
}

const agents = (count: number, photo = LARGE) =>
  Array.from({ length: count }, (_, index) => ({ id: `a${index}`, name: `Ada "${index}" Nguyễn \\`, photo }));

test("photos as they come from phones are taken, however large all of them are, and stored as they are printed", async () => {
  const body = JSON.stringify({ ...LOCALITY, data: { agents: agents(2) } });
  expect(body.length).toBeGreaterThan(6_500_000);
  const data = await accepted(body);
  expect(data.agents.map(({ name }) => name)).toEqual(agents(2).map(({ name }) => name));
  for (const { photo } of data.agents) {
    expect(photo).toStartWith("data:image/jpeg;base64,/9j/");
    expect(photo.length).toBeLessThan(400_000);
  }
});

test("they are the same with escaped slashes, in lines, in capitals, and in a body that does not say how long it is", async () => {
  const body = JSON.stringify({ ...LOCALITY, data: { agents: agents(2) } });
  const inLines = `DATA:IMAGE/PNG;BASE64,\r\n${LARGE.split(",")[1]?.replace(/.{76}/g, "$&\r\n")}`;
  const [plain, escaped, lined, streamed] = await Promise.all([
    accepted(body),
    accepted(body.replaceAll("/", "\\/")),
    accepted(JSON.stringify({ ...LOCALITY, data: { agents: agents(2, inLines) } })),
    accepted(new Blob([body]).stream()),
  ]);
  expect(escaped).toEqual(plain);
  expect(lined).toEqual(plain);
  expect(streamed).toEqual(plain);
});

test("each that cannot be drawn is refused with the name of whose it is", async () => {
  const refused = async (...photos: readonly string[]) => {
    const people = photos.map((photo, index) => ({ name: ["Ada", "Bela", "Cleo"][index], photo }));
    const response = await api.post(PATH, JSON.stringify({ ...LOCALITY, data: { agents: people } }));
    return [response.status, JSON.stringify(await response.json())] as const;
  };
  const cut = LARGE.slice(0, LARGE.length >> 1);
  expect(await refused(LARGE, cut.slice(0, cut.length - (cut.length % 4)), LARGE)).toEqual([
    422,
    expect.stringMatching(/agents\/1\/photo is damaged.*the photo of Bela/),
  ]);
  const heic = Buffer.concat([Buffer.from("0000001c6674797068656963", "hex"), Buffer.alloc(4_500_000)]);
  expect(await refused(LARGE, `data:image/jpeg;base64,${heic.toString("base64")}`)).toEqual([
    422,
    expect.stringContaining("HEIC"),
  ]);
  expect(await refused(`data:image/jpeg;base64,${"A".repeat(16_000_000)}`)).toEqual([
    422,
    expect.stringMatching(/has more than 12 MB.*the photo of Ada/),
  ]);
  expect(await refused(`data:image/jpeg;base64,${"!".repeat(6_000_000)}`)).toEqual([
    422,
    expect.stringMatching(/is not Base64.*the photo of Ada/),
  ]);
});

test("what is large beside its pictures is refused, and a text of another field is not taken for a picture", async () => {
  const text = "data:image/jpeg;base64,".padEnd(5_300_000, "A");
  for (const body of [
    { ...LOCALITY, photos: [text] },
    { ...LOCALITY, metadata: { portrait: text } },
  ]) {
    const response = await api.post(PATH, JSON.stringify(body));
    expect([response.status, await response.json()]).toMatchObject([413, { code: "too_large" }]);
  }
  expect((await api.post(PATH, `"photo":"${text}`)).status).toBe(400);
});

test("the logo of a brand is taken as well, and a body that comes again is known by its key", async () => {
  const logo = png({ width: 1_160, height: 1_160, noisy: true });
  const body = JSON.stringify({ ...LOCALITY, branding: { name: "Norfolk & Pine", logo } });
  const send = async (text: string) => {
    const response = await api.post(PATH, text, { "Idempotency-Key": "one" });
    return [response.status, ((await response.json()) as { job_id?: string }).job_id] as const;
  };
  const first = await send(body);
  expect(first[0]).toBe(200);
  expect(await send(body)).toEqual(first);
  expect((await send(`${body} `))[0]).toBe(422);
});
