import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import {
  ColorSpace,
  type IMagickImage,
  Interlace,
  MagickFormat,
  MagickImage,
  MagickReadSettings,
  Orientation,
} from "@imagemagick/magick-wasm";
import fc from "fast-check";
import { createParser } from "../../../src/parsing/parsing.ts";
import { renderPdf } from "../../../src/render/document.ts";
import { picture } from "../../../src/render/parts/picture.ts";
import { preparePicture, withPictures } from "../../../src/report/pictures/picture.ts";
import { buildReport } from "../../../src/report/report.ts";
import { parseRequest } from "../../../src/report/validation.ts";
import { dataSet, OPTIONS } from "../../render/data-sets.ts";
import { png } from "../../render/pictures.ts";

await withPictures(() => preparePicture(png(), "photo"));

/** A picture of this size, red at the left and blue at the right, as a data URI. */
function made(
  label: string,
  format: MagickFormat,
  change: (image: IMagickImage) => void = () => {},
  width = 60,
  height = 40,
): string {
  const image = MagickImage.create("gradient:red-blue", new MagickReadSettings({ width: height, height: width }));
  try {
    image.rotate(-90);
    change(image);
    return image.write(format, (bytes) => `data:image/${label};base64,${Buffer.from(bytes).toString("base64")}`);
  } finally {
    image.dispose();
  }
}

const SOUND: Readonly<Record<string, string>> = {
  "a JPEG": made("jpeg", MagickFormat.Jpeg),
  "a progressive JPEG": made("jpg", MagickFormat.Pjpeg),
  "a JPEG of print colours": made("jpeg", MagickFormat.Jpeg, (image) => {
    image.colorSpace = ColorSpace.CMYK;
  }),
  "a grey JPEG": made("jpeg", MagickFormat.Jpeg, (image) => {
    image.colorSpace = ColorSpace.Gray;
  }),
  "a PNG": made("png", MagickFormat.Png24),
  "a PNG of 16 bits": made("png", MagickFormat.Png48),
  "a PNG with a palette": made("png", MagickFormat.Png8),
  "an interlaced PNG": made("png", MagickFormat.Png, (image) => {
    image.settings.interlace = Interlace.Png;
  }),
  "a PNG that is labelled as a JPEG": made("jpeg", MagickFormat.Png24),
  "a GIF": made("gif", MagickFormat.Gif),
  "a WebP": made("webp", MagickFormat.WebP),
};

/** The picture as it is stored, examined. @throws Error where it was not taken. */
function stored<T>(dataUri: string, look: (image: IMagickImage) => T, use: "photo" | "logo" = "photo"): T {
  const prepared = preparePicture(dataUri, use);
  if ("problem" in prepared) throw new Error(prepared.problem);
  const image = MagickImage.create(Buffer.from(prepared.picture.split(",")[1] ?? "", "base64"));
  try {
    return look(image);
  } finally {
    image.dispose();
  }
}

/** Red, green and blue, each 0 to 255, in the middle of the side. */
function colours(image: IMagickImage) {
  const at = (x: number) => image.getPixels((pixels) => [...pixels.getPixel(x, image.height >> 1)].slice(0, 3));
  return { left: at(1), right: at(image.width - 2) };
}

describe("a picture that is taken is stored as it is drawn", () => {
  test.each(Object.entries(SOUND))("%s", (_, dataUri) => {
    expect(stored(dataUri, (image) => [image.width, image.height])).toEqual([60, 40]);
    const prepared = preparePicture(dataUri, "photo");
    expect("picture" in prepared && picture(prepared.picture)).toMatchObject({ width: 60, height: 40 });
  });

  test.each(["a JPEG", "a JPEG of print colours", "a PNG of 16 bits", "a PNG with a palette", "a WebP"])(
    "in its colours: %s",
    (name) => {
      const { left, right } = stored(SOUND[name] ?? "", colours);
      expect([(left[0] ?? 0) > 180, (left[2] ?? 0) < 80, (right[0] ?? 0) < 80, (right[2] ?? 0) > 180]).toEqual([
        ...Array(4).fill(true),
      ]);
    },
  );

  test("a phone's photo is turned upright, and no larger than it is printed", () => {
    const big = made(
      "jpeg",
      MagickFormat.Jpeg,
      (image) => {
        image.orientation = Orientation.RightTop;
      },
      1_000,
      750,
    );
    const lying = withOrientation(big, 6);
    expect(stored(lying, (image) => [image.width, image.height])).toEqual([480, 640]);
    const prepared = preparePicture(lying, "photo");
    expect("picture" in prepared && prepared.picture.length).toBeLessThan(60_000);
  }, 120_000);

  test("a logo retains what is transparent; behind a photo it is paper", () => {
    const glass = png({ alpha: true, width: 40, height: 40 });
    expect(stored(glass, (image) => image.hasAlpha, "logo")).toBe(true);
    expect(stored(glass, (image) => image.hasAlpha, "photo")).toBe(false);
  });

  test("a logo that is white on nothing, made for dark grounds, is printed on one; one that paper shows stays as it is", () => {
    const striped = (stripe: number) => png({ alpha: true, width: 40, height: 40, stripe });
    const middle = (image: IMagickImage) => ({ ...colours(image), size: [image.width, image.height] });
    const white = stored(striped(250), (image) => ({ ...middle(image), clear: image.isOpaque }), "logo");
    expect(white).toMatchObject({ left: [0x15, 0x19, 0x1e], size: [50, 50], clear: true });
    expect(stored(striped(120), (image) => ({ ...middle(image), clear: image.isOpaque }), "logo")).toMatchObject({
      ...{ right: [120, 120, 120], size: [40, 40], clear: false },
    });
  });
});

/** With an Exif segment that states the camera's orientation (JEITA CP-3451, tag 0x0112). */
function withOrientation(dataUri: string, orientation: number): string {
  const bytes = Buffer.from(dataUri.split(",")[1] ?? "", "base64");
  const tiff = Buffer.from("4d4d002a00000008000101120003000000010000000000000000", "hex");
  tiff.writeUInt16BE(orientation, 18);
  const exif = Buffer.concat([Buffer.from("Exif\0\0", "latin1"), tiff]);
  const head = Buffer.from([0xff, 0xd8, 0xff, 0xe1, 0, 0]);
  head.writeUInt16BE(exif.length + 2, 4);
  return `data:image/jpeg;base64,${Buffer.concat([head, exif, bytes.subarray(2)]).toString("base64")}`;
}

test("a picture of which nothing can be seen is refused: it would leave an empty place", () => {
  const clear = png({ alpha: true, width: 40, height: 40, stripe: 0, opacity: 0 });
  for (const use of ["photo", "logo"] as const)
    expect(preparePicture(clear, use)).toHaveProperty("problem", expect.stringContaining("transparent everywhere"));
  const data = { agencies: [{ id: "z", name: "Zed Realty", logo: clear }] };
  expect(() => parseRequest({ suburb: "Manly", state: "NSW", data })).toThrow("(the logo of Zed Realty)");
});

test("one that cannot be drawn is refused with the name of whose it is", () => {
  const body = {
    suburb: "Manly",
    state: "NSW",
    data: { agents: [{ name: "Ada Quill", photo: png({ broken: true }) }] },
  };
  expect(() => parseRequest(body)).toThrow(/\/data\/agents\/0\/photo is damaged.*\(the photo of Ada Quill\)/);
});

test.each([
  ["a HEIC picture", "\0\0\0\x18ftypheic\0\0\0\0"],
  ["a HEIC picture", "\0\0\0\x18ftypmif1\0\0\0\0"],
  ["an AVIF picture", "\0\0\0\x1cftypavif\0\0\0\0"],
  ["a TIFF picture", "II*\0\b\0\0\0"],
  ["a BMP picture", "BM\x36\0\0\0"],
  ["an icon (ICO)", "\0\0\x01\0\x01\0"],
  ["a Photoshop file", "8BPS\0\x01"],
  ["a JPEG XL picture", "\xff\x0a\xfa\x7f"],
  ["a JPEG 2000 picture", "\0\0\0\x0cjP  \r\n\x87\n"],
  ["an SVG drawing", "<svg xmlns='http://www.w3.org/2000/svg'/>"],
  ["an SVG drawing", "\xef\xbb\xbf<?xml version='1.0'?>"],
  ["an SVG drawing", "<!DOCTYPE svg PUBLIC '-//W3C//DTD SVG 1.1//EN' 'svg11.dtd'><svg/>"],
  ["an SVG drawing", "<!-- drawn by hand --><svg/>"],
  ["a PDF file", "%PDF-1.7"],
  ["a PostScript file", "%!PS-Adobe-3.0"],
])("%s is refused by its name, with what to send", (name, text) => {
  const prepared = preparePicture(`data:image/jpeg;base64,${Buffer.from(text, "latin1").toString("base64")}`, "photo");
  expect(prepared).toHaveProperty("problem", expect.stringContaining(name));
  expect(prepared).toHaveProperty("problem", expect.stringContaining("save it as JPEG or PNG"));
});

const base64 = (dataUri: string) => dataUri.slice(dataUri.indexOf(",") + 1);

/** Of a length that needs "=" at its end. */
const PADDED = base64(png({ width: 3, height: 2 }));

test.each([
  ["in lines", `data:image/png;base64,${PADDED.replace(/.{20}/g, "$&\r\n")}\n`],
  ["with spaces and tabs", `data:image/png;base64, ${PADDED.replace(/.{30}/g, "$& \t")}`],
  ["escaped as an address is", `data:image/png;base64,${encodeURIComponent(PADDED)}`],
  ["without the = at its end", `data:image/png;base64,${PADDED.replace(/=+$/, "")}`],
  ["with a charset", `data:image/png;charset=utf-8;base64,${PADDED}`],
  ["with a name and a space before base64", `data:image/png;name="a.png"; base64,${PADDED}`],
  ["in capitals", `DATA:IMAGE/PNG;BASE64,${PADDED}`],
  ["labelled as Internet Explorer does", `data:image/pjpeg;base64,${PADDED}`],
  ["labelled image/jpg", `data:image/jpg;base64,${PADDED}`],
  ["labelled as any file", `data:application/octet-stream;base64,${PADDED}`],
  ["without a type", `data:;base64,${PADDED}`],
])("a picture %s is taken, as browsers do", (_, photo) => {
  expect(PADDED).toEndWith("=");
  const { request } = parseRequest({ suburb: "Manly", state: "NSW", data: { agents: [{ name: "Ada Quill", photo }] } });
  const usual = preparePicture(`data:image/png;base64,${PADDED}`, "photo");
  expect(request.data?.agents?.[0]?.photo).toBe("picture" in usual ? usual.picture : "");
});

test.each([
  ["that is empty", "data:image/png;base64,", "as a data URI in Base64"],
  ["without its label", base64(png()), "as a data URI in Base64"],
  ["not in Base64", "data:image/svg+xml,%3Csvg/%3E", "as a data URI in Base64"],
  ["of a kind that is not drawn", "data:image/svg+xml;base64,PHN2Zy8+", "is an SVG drawing"],
  ["in the Base64 of addresses", `data:image/png;base64,${PADDED.slice(0, 20)}-_-_`, "is not Base64 behind the comma"],
  ["with escapes that are none", `data:image/png;base64,${PADDED.slice(0, 20)}%2`, "is not Base64 behind the comma"],
])("a picture %s is refused with the name of whose it is", (_, photo, reason) => {
  const refused = (data: object) => () => parseRequest({ suburb: "Manly", state: "NSW", data });
  const because = new RegExp(`${reason}.*\\(the photo of Ada Quill\\)`);
  expect(refused({ agents: [{ name: "Ada Quill", photo }] })).toThrow(because);
  expect(refused({ agencies: [{ id: "z", name: "Zed Realty", logo: photo }] })).toThrow("(the logo of Zed Realty)");
  expect(refused({ partners: [{ agent: "Paula Partner", photo }] })).toThrow("(the photo of Paula Partner)");
});

test.each(["a JPEG", "a progressive JPEG", "a JPEG of print colours", "a PNG", "an interlaced PNG", "a GIF", "a WebP"])(
  "%s that is cut is refused, wherever it is cut",
  (name) => {
    const whole = Buffer.from(base64(SOUND[name] ?? ""), "base64");
    for (let tenth = 1; tenth < 10; tenth++) {
      const cut = whole.subarray(0, Math.floor((whole.length * tenth) / 10));
      expect([tenth, preparePicture(`data:image/jpeg;base64,${cut.toString("base64")}`, "photo")]).toEqual([
        tenth,
        { problem: expect.stringContaining("is damaged"), pixels: expect.any(Number) },
      ]);
    }
  },
);

/** Where each scan of a progressive JPEG begins. */
function scansIn(file: Buffer): readonly number[] {
  const found: number[] = [];
  for (let at = file.indexOf("ffda", 0, "hex"); at >= 0; at = file.indexOf("ffda", at + 2, "hex")) found.push(at);
  return found;
}

test("a progressive JPEG that lacks its last scans, and is blurred, is refused; a whole one is taken", () => {
  for (const change of [
    () => {},
    (image: IMagickImage) => {
      image.colorSpace = ColorSpace.CMYK;
    },
    (image: IMagickImage) => {
      image.colorSpace = ColorSpace.Gray;
    },
  ]) {
    const whole = Buffer.from(base64(made("jpeg", MagickFormat.Pjpeg, change)), "base64");
    const scans = scansIn(whole);
    expect(scans.length).toBeGreaterThan(4);
    const uri = (bytes: Buffer) => `data:image/jpeg;base64,${bytes.toString("base64")}`;
    expect(preparePicture(uri(whole), "photo")).toHaveProperty("picture");
    for (const end of scans.slice(1))
      for (const bytes of [whole.subarray(0, end), Buffer.concat([whole.subarray(0, end), Buffer.of(0xff, 0xd9)])])
        expect([end, preparePicture(uri(bytes), "photo")]).toEqual([
          end,
          { problem: expect.stringContaining("is damaged"), pixels: expect.any(Number) },
        ]);
  }
});

/** With a colour profile (ICC.1:2010, B.4). */
function withProfile(dataUri: string, profile: Buffer): string {
  const bytes = Buffer.from(base64(dataUri), "base64");
  const head = Buffer.from([0xff, 0xd8, 0xff, 0xe2, 0, 0]);
  const segment = Buffer.concat([Buffer.from("ICC_PROFILE\0\x01\x01", "latin1"), profile]);
  head.writeUInt16BE(segment.length + 2, 4);
  return `data:image/jpeg;base64,${Buffer.concat([head, segment, bytes.subarray(2)]).toString("base64")}`;
}

test("a picture's colours are those of its profile; one that is damaged, or of other colours, is ignored", () => {
  const standard = Buffer.from(readFileSync(require.resolve("pdfkit/js/data/sRGB_IEC61966_2_1.icc")));
  const plain = SOUND["a JPEG"] ?? "";
  const isBlue = ([red = 0, , blue = 0]: readonly number[]) => blue > red + 60;
  const sides = (profile: Buffer) => {
    const { left, right } = stored(withProfile(plain, profile), colours);
    return [isBlue(left), isBlue(right)];
  };
  expect(sides(standard)).toEqual([false, true]);
  // Its red is the blue of the web.
  const turned = Buffer.from(standard);
  const [red, blue] = [turned.indexOf("rXYZ"), turned.indexOf("bXYZ")];
  turned.write("bXYZ", red, "latin1");
  turned.write("rXYZ", blue, "latin1");
  expect(sides(turned)).toEqual([true, false]);
  const ofPrint = Buffer.from(turned);
  ofPrint.write("CMYK", 16, "latin1");
  for (const profile of [ofPrint, turned.subarray(0, 200), Buffer.alloc(60)])
    expect(sides(profile)).toEqual([false, true]);
});

test("a JPEG that lacks but the marker of its end, or has more behind it, is taken", () => {
  const whole = Buffer.from(base64(SOUND["a JPEG"] ?? ""), "base64");
  for (const bytes of [whole.subarray(0, -2), whole.subarray(0, -1), Buffer.concat([whole, Buffer.from("more")])])
    expect(preparePicture(`data:image/jpeg;base64,${bytes.toString("base64")}`, "photo")).toHaveProperty("picture");
});

test("one that is too long is refused for its length, not for pixels that it does not have", () => {
  const wide = preparePicture(png({ width: 30_000, height: 1 }), "photo");
  expect(wide).toHaveProperty("problem", expect.stringContaining("has 30000 × 1 pixels"));
  for (const [width, height] of [
    [1, 1],
    [12_000, 2],
    [1, 4_000],
  ] as const)
    expect(preparePicture(png({ width, height }), "photo")).toHaveProperty("picture");
});

test.each([1, 2, 3, 4, 5, 6, 7, 8])("a photo that was taken with the camera held in way %i stands upright", (way) => {
  const turned = stored(withOrientation(SOUND["a JPEG"] ?? "", way), (image) => ({
    size: [image.width, image.height],
    ...colours(image),
  }));
  expect(turned.size).toEqual(way < 5 ? [60, 40] : [40, 60]);
  // Red is where the camera's left was.
  const isRed = ([red = 0, , blue = 0]: readonly number[]) => red > blue + 60;
  if (way < 5)
    expect([isRed(turned.left), isRed(turned.right)]).toEqual(way === 1 || way === 4 ? [true, false] : [false, true]);
});

test("five hundred mutated pictures are each refused or can be drawn", () => {
  const sound = Object.values(SOUND).map((dataUri) => Buffer.from(dataUri.split(",")[1] ?? "", "base64"));
  const mutation = fc.record({ at: fc.nat(), byte: fc.nat(255) });
  let drawn = 0;
  fc.assert(
    fc.property(
      fc.constantFrom(...sound),
      fc.array(mutation, { minLength: 1, maxLength: 12 }),
      fc.option(fc.double({ min: 0.1, max: 1, noNaN: true }), { freq: 3 }),
      (bytes, mutations, cut) => {
        const mutated = Buffer.from(bytes);
        for (const { at, byte } of mutations) mutated[16 + (at % (mutated.length - 16))] = byte;
        const whole = mutated.subarray(0, cut === null ? mutated.length : Math.ceil(cut * mutated.length));
        const prepared = preparePicture(`data:image/png;base64,${whole.toString("base64")}`, "photo");
        if ("problem" in prepared) return;
        drawn += 1;
        expect(picture(prepared.picture)).not.toBeNull();
      },
    ),
    { numRuns: 500 },
  );
  expect(drawn).toBeGreaterThan(10);
}, 60_000);

test("a small body with a picture is parsed in the thread, as a large one", async () => {
  const parser = createParser();
  try {
    const body = { suburb: "Manly", state: "NSW", data: { agents: [{ name: "A", photo: SOUND["a WebP"] }] } };
    const { dataSet } = await parser.report(Buffer.from(JSON.stringify(body)), "make");
    expect(dataSet).toContain('"photo":"data:image/jpeg;base64,');
    expect(await parser.picture(SOUND["a GIF"] ?? "", "logo")).toMatchObject({
      picture: expect.stringMatching(/^data:image\/jpeg/),
    });
  } finally {
    await parser.close();
  }
});

test("a picture that twelve agents share is in the PDF once", async () => {
  const prepared = preparePicture(SOUND["a JPEG"] ?? "", "photo");
  if ("problem" in prepared) throw new Error(prepared.problem);
  const data = dataSet({ agents: 12, agencies: 2, sales: 60 });
  const agents = data.agents?.map((agent) => ({ ...agent, photo: prepared.picture })) ?? [];
  const { bytes } = await renderPdf(buildReport({ ...data, agents }, OPTIONS));
  expect(
    Buffer.from(bytes)
      .toString("latin1")
      .match(/\/Subtype \/Image/g),
  ).toHaveLength(1);
}, 120_000);
