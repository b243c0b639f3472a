import { describe, expect, test } from "bun:test";
import { ColorSpace, type IMagickImage, MagickFormat, MagickImage, MagickReadSettings } from "@imagemagick/magick-wasm";
import { preparePicture, withPictures } from "../../../../src/report/pictures/picture.ts";
import { png } from "../../../render/pictures.ts";
import { openWorld, type WorldOptions } from "./world.ts";

// Loads the library that the pictures here are made with.
await withPictures(() => preparePicture(png(), "photo"));

function made(format: MagickFormat, change: (image: IMagickImage) => void = () => {}): Uint8Array<ArrayBuffer> {
  const image = MagickImage.create("gradient:red-blue", new MagickReadSettings({ width: 60, height: 40 }));
  try {
    change(image);
    return image.write(format, (bytes) => new Uint8Array(bytes));
  } finally {
    image.dispose();
  }
}
const PICTURES = {
  gif: made(MagickFormat.Gif),
  webp: made(MagickFormat.WebP),
  jpeg: made(MagickFormat.Jpeg),
  cmyk: made(MagickFormat.Jpeg, (image) => {
    image.colorSpace = ColorSpace.CMYK;
  }),
};

/** A suburb of one agency, whose logo gets this response; returns the logo in the data set, and the world. */
async function logoOf(respond: () => Response | Promise<Response>, options: WorldOptions = {}) {
  const world = openWorld({ suburb: { sold: 6, current: 0, agencies: 1 }, pictures: {}, ...options });
  world.domain.pictures.set(`/pictures/logo_${100_100}.gif`, respond);
  const dataSet = await world.request();
  return { world, dataSet, logo: dataSet?.agencies?.[0]?.logo ?? null };
}

describe("a logo by address", () => {
  test.each(Object.entries(PICTURES))("that is a %s is drawn, whatever its address and label say", async (_, bytes) => {
    const { world, logo } = await logoOf(() => new Response(bytes, { headers: { "Content-Type": "text/plain" } }));
    await using _open = world;
    expect(logo).toMatch(/^data:image\/(png|jpeg);base64,/);
  });

  test.each([
    ["is not there", () => new Response("", { status: 404 })],
    ["is a page", () => new Response("<html>", { headers: { "Content-Type": "image/gif" } })],
    ["is cut short", () => new Response(PICTURES.gif.subarray(0, 20))],
    ["is empty", () => new Response("")],
    ["is too large", () => new Response(new Uint8Array(8_000_001).fill(0x47))],
    ["leads inside", () => Response.redirect("http://169.254.169.254/latest/meta-data")],
    ["is at a service that is away", () => new Response("", { status: 503 })],
  ])("that %s is a monogram, and fails no report", async (_, respond) => {
    const { world, logo, dataSet } = await logoOf(respond);
    await using _open = world;
    expect([logo, dataSet?.sales?.length]).toEqual([null, 6]);
  });

  test("on this machine is not requested, unless the operator allows the host", async () => {
    const { world, logo } = await logoOf(() => new Response(PICTURES.gif), { pictures: { allowHosts: [] } });
    await using _open = world;
    expect([logo, world.domain.picturesRequested]).toEqual([null, []]);
  });

  test("is fetched once, and drawn once for all addresses that have it", async () => {
    const world = openWorld({ suburb: { sold: 6, current: 0, agencies: 1 }, pictures: {} });
    await using _open = world;
    const photos = [...world.domain.agencies.values()].flatMap(({ agents }) =>
      (agents as { id: number }[]).map(({ id }) => `/pictures/contact_${id}.jpeg`),
    );
    for (const photo of photos) world.domain.pictures.set(photo, () => new Response(PICTURES.jpeg));
    const drawn = (await world.request())?.agents?.map(({ photo }) => photo);
    expect(new Set(drawn).size).toBe(1);
    const requested = world.domain.picturesRequested.length;
    await world.request();
    expect(world.domain.picturesRequested.length).toBe(requested);
  });

  test("that takes too long is missing this time, and there the next", async () => {
    const release = Promise.withResolvers<void>();
    const { world, logo } = await logoOf(
      async () => {
        await release.promise;
        return new Response(PICTURES.gif);
      },
      { pictures: { timeoutMs: 50 } },
    );
    await using _open = world;
    expect(logo).toBeNull();
    release.resolve();
    for (let attempt = 0; attempt < 200; attempt++) {
      if ((await world.request())?.agencies?.[0]?.logo) return;
      await Bun.sleep(25);
    }
    throw new Error("the logo never came");
  });
});
