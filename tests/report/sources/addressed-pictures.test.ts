import { afterEach, expect, test } from "bun:test";
import { createOutbound } from "../../../src/outbound/outbound.ts";
import { DRAW } from "../../../src/render/documents.ts";
import type { DataSet } from "../../../src/report/data-set.ts";
import { preparePicture, withPictures } from "../../../src/report/pictures/picture.ts";
import { createAddressedPictures } from "../../../src/report/sources/addressed-pictures.ts";
import { createPictures } from "../../../src/report/sources/domain/pictures.ts";
import { createPictureCache } from "../../../src/report/sources/picture-cache.ts";
import { parseRequest } from "../../../src/report/validation.ts";
import { OPTIONS, dataSet as report } from "../../render/data-sets.ts";
import { png } from "../../render/pictures.ts";

const PNG = Buffer.from(png({ width: 40, height: 40 }).split(",")[1] ?? "", "base64");
let close = () => {};
afterEach(() => close());

/** A host of pictures, allowed by the operator unless `allowed` is false, and what fetches from it. */
function open(respond: (path: string) => Response, allowed = true, alsoPort?: number) {
  const requested: string[] = [];
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch(request) {
      const { pathname } = new URL(request.url);
      requested.push(pathname);
      return respond(pathname);
    },
  });
  close = () => void server.stop(true);
  const host = `127.0.0.1:${server.port}`;
  const pictures = createAddressedPictures({
    outbound: createOutbound({
      allowHosts: allowed ? [host, ...(alsoPort === undefined ? [] : [`127.0.0.1:${alsoPort}`])] : [],
      allowHttp: allowed,
    }),
    draw: (dataUri, use) => withPictures(() => preparePicture(dataUri, use)),
  });
  return {
    requested,
    host,
    at: (path: string) => `http://${host}${path}`,
    fetched: async (data: DataSet) => JSON.parse(await pictures.fetchInto(JSON.stringify(data))) as DataSet,
  };
}

test("photos and logos by address are fetched once, drawn, and are in the data set; others stay as they are", async () => {
  const { at, fetched, requested } = open(() => new Response(PNG));
  const own = png();
  const data: DataSet = {
    agencies: [{ id: "y", name: "Pine", logo: at("/logo") }],
    agents: [
      { name: "Ada", photo: at("/ada") },
      { name: "Bela", photo: own },
      { name: "Cleo", photo: null },
      { name: "Dora", photo: at("/dora"), hidden: true },
    ],
    partners: [{ agent: "Paula", photo: at("/ada"), logo: at("/paula") }],
  };
  for (let round = 0; round < 2; round++) {
    const { agencies, agents, partners, notes } = await fetched(data);
    const drawn = expect.stringMatching(/^data:image\/(png|jpeg);base64,/);
    expect(agencies?.[0]?.logo).toEqual(drawn);
    expect(agents?.map(({ photo }) => photo)).toEqual([drawn, own, null, at("/dora")]);
    expect(partners?.[0]).toMatchObject({ photo: drawn, logo: drawn });
    expect(notes).toBeUndefined();
  }
  expect(requested.toSorted()).toEqual(["/ada", "/logo", "/paula"]);
});

test.each([
  ["is not there", "could not be downloaded: its host responded with 404", () => new Response("", { status: 404 })],
  ["is empty", "could not be downloaded: check its address", () => new Response("")],
  [
    "is a page",
    "is a web page, not a picture: send the picture itself, or its own address",
    () => new Response("<html>"),
  ],
  [
    "is a TIFF picture",
    "is a TIFF picture: save it as JPEG or PNG and send the new file",
    () => new Response(Buffer.from("II*\0\b\0\0\0", "latin1")),
  ],
  [
    "is a BMP picture",
    "is a BMP picture: save it as JPEG or PNG and send the new file",
    () => new Response(Buffer.from("BM\x36\0\0\0", "latin1"), { headers: { "Content-Type": "image/bmp" } }),
  ],
  [
    "is cut short",
    "is damaged: open it in an image viewer, save it again and send the new file",
    () => new Response(PNG.subarray(0, 60)),
  ],
  ["is too large", "has more than 8 MB: use a smaller one", () => new Response(new Uint8Array(8_000_001).fill(0x47))],
  [
    "leads inside",
    "could not be downloaded: check its address",
    () => Response.redirect("http://169.254.169.254/latest/meta-data"),
  ],
])("one that %s is left out with a warning that says whose it is and why", async (_, problem, respond) => {
  const { at, host, fetched, requested } = open(respond);
  // The second time from what is stored.
  for (let round = 0; round < 2; round++) {
    const { agents, notes } = await fetched({ agents: [{ name: "Ada Quill", photo: at("/a") }] });
    expect(agents?.[0]?.photo).toBeNull();
    expect(notes).toEqual([`A picture is left out: the photo of Ada Quill (${host}) ${problem}.`]);
    const drawn = await DRAW.agents({ ...report(), notes: notes ?? [] }, OPTIONS, () => {});
    expect(drawn.warnings).toEqual(notes ?? []);
  }
  expect(requested).toEqual(["/a"]);
});

test("one whose address leads to itself, and one that breaks off, are left out with what to do about each", async () => {
  const cut = Bun.listen({
    ...{ hostname: "127.0.0.1", port: 0 },
    socket: {
      data(socket) {
        socket.write("HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: 5000\r\n\r\n\x89PNG");
        socket.end();
      },
    },
  });
  const { at, fetched } = open(
    (path) => Response.redirect(path === "/cut" ? `http://127.0.0.1:${cut.port}/` : "/"),
    true,
    cut.port,
  );
  try {
    const { notes } = await fetched({
      agents: [
        { name: "Ada Quill", photo: at("/loop") },
        { name: "Bela Quill", photo: at("/cut") },
      ],
    });
    expect(notes).toEqual([
      expect.stringMatching(/photo of Ada Quill .* redirected more than 3 times; open the address in a browser/),
      expect.stringMatching(/photo of Bela Quill .* closed the connection too early; a later report requests it again/),
    ]);
  } finally {
    cut.stop(true);
  }
});

test("of many that are missing five are named, and the warnings of the job count the others", async () => {
  const { at, fetched } = open(() => new Response("", { status: 404 }));
  const agents = Array.from({ length: 8 }, (_, index) => ({ name: `Ada ${index}`, photo: at(`/${index}`) }));
  const { notes = [] } = await fetched({ agents });
  expect(notes).toHaveLength(6);
  expect(notes[5]).toBe("3 more pictures cannot be drawn and were left out.");
  expect((await DRAW.agents({ ...report(), notes }, OPTIONS, () => {})).warnings).toEqual(notes);
});

test("a report does not wait for the pictures of another, and gives up what has not begun in its time", async () => {
  const { at, requested, host } = open(() => new Response(PNG));
  const drawing = Promise.withResolvers<void>();
  const pictures = createPictures({
    outbound: createOutbound({ allowHosts: [host], allowHttp: true }),
    cache: createPictureCache(),
    draw: async (dataUri, use) => {
      await drawing.promise;
      return withPictures(() => preparePicture(dataUri, use));
    },
    timeoutMs: 2_500,
  });
  const wanted = (name: string, count: number) =>
    Array.from({ length: count }, (_, index) => {
      return { address: at(`/${name}${index}`), use: "photo" as const, owner: name };
    });
  const first = pictures.fetchAll(wanted("many", 30));
  const late = await first;
  expect([late.found.size, late.missing.size]).toEqual([0, 30]);
  expect(new Set(late.missing.values())).toEqual(new Set([expect.stringContaining("did not arrive in time")]));
  const begun = requested.length;
  expect(begun).toBeLessThan(10);
  // Its turn comes before all that the first one still wanted.
  const other = pictures.fetchAll(wanted("one", 1));
  drawing.resolve();
  expect((await other).found.size).toBe(1);
  expect(requested).toHaveLength(begun + 1);
}, 60_000);

test("an address inside that the operator did not allow is not called", async () => {
  const { at, fetched, requested } = open(() => new Response(PNG), false);
  const { agents, notes } = await fetched({ agents: [{ name: "Ada", photo: at("/a") }] });
  expect([agents?.[0]?.photo, notes?.length, requested]).toEqual([null, 1, []]);
});

test("a request takes https addresses for photos and logos, and no other", () => {
  const parsed = (photo: string) =>
    parseRequest({ suburb: "Manly", state: "NSW", data: { agents: [{ name: "Ada Quill", photo }] } });
  expect(parsed("https://example.com/ada.jpg").request.data?.agents?.[0]?.photo).toBe("https://example.com/ada.jpg");
  for (const photo of ["ftp://example.com/a.jpg", "file:///etc/passwd", "https://", "https://a b", "example.com/a.jpg"])
    expect(() => parsed(photo)).toThrow(/or its address.*\(the photo of Ada Quill\)/);
});
