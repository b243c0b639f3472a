import { AlphaAction, type IMagickImage, MagickColor, MagickGeometry } from "@imagemagick/magick-wasm";
import type { firstFrame } from "./webp.ts";

// The first frame of an animation, on its canvas: it may be a part of that.

/** Around an opaque frame the decoder paints black, where nothing is. */
export function cropToFrame(image: IMagickImage, frame: ReturnType<typeof firstFrame>): void {
  if (frame === null || image.hasAlpha) return;
  const { x, y, width, height } = frame;
  if (width < image.width || height < image.height) image.crop(new MagickGeometry(x, y, width, height));
}

interface CanvasSize {
  readonly width: number;
  readonly height: number;
}

/** The canvas of an animation, of which its frame may be a part. One that is larger widens it, as browsers do. */
export function canvasOf({ page, width, height }: IMagickImage): CanvasSize {
  return { width: Math.max(page.width, page.x + width), height: Math.max(page.height, page.y + height) };
}

/** At its size in print. Nothing but this frame is drawn on the canvas yet: the rest is transparent. */
export function setOnCanvas(image: IMagickImage, { width, height }: CanvasSize, side: number): void {
  if (image.width === width && image.height === height) return;
  const scale = Math.min(1, side / Math.max(width, height));
  const scaled = (dots: number) => Math.round(dots * scale);
  const { x, y } = image.page;
  image.resetPage();
  if (scale < 1) {
    const size = new MagickGeometry(Math.max(1, scaled(image.width)), Math.max(1, scaled(image.height)));
    size.ignoreAspectRatio = true;
    image.resize(size);
  }
  image.alpha(AlphaAction.Set);
  const canvas = new MagickGeometry(-scaled(x), -scaled(y), Math.max(1, scaled(width)), Math.max(1, scaled(height)));
  image.extent(canvas, new MagickColor(0, 0, 0, 0));
}
