// HarfBuzz, which knows how the letters of every script are joined, ordered and placed. Its WebAssembly is called as it is:
// the package's own interface is loaded with a promise, and a line is set without one.
import wasm from "harfbuzzjs/dist/harfbuzz.wasm" with { type: "file" };
import { readPacked } from "../../host/files/packed.ts";
import { messages } from "../messages.ts";

export interface ShapedGlyph {
  readonly id: number;
  /** Where in the text its cluster begins: the characters that are read, moved or joined together. */
  readonly cluster: number;
  /** In units of the face. */
  readonly xAdvance: number;
  readonly xOffset: number;
  readonly yOffset: number;
}

/** The glyphs of a text of one script and direction, from the left. */
export type Shape = (text: string, fromRight: boolean) => readonly ShapedGlyph[];

/** What is used of HarfBuzz (harfbuzz.github.io/reference-manual); objects are addresses in its memory. */
interface HarfBuzz {
  readonly memory: WebAssembly.Memory;
  _initialize?(): void;
  malloc(bytes: number): number;
  free(address: number): void;
  hb_blob_create(data: number, bytes: number, mode: number, userData: number, destroy: number): number;
  hb_face_create(blob: number, index: number): number;
  hb_font_create(face: number): number;
  hb_buffer_create(): number;
  hb_buffer_destroy(buffer: number): void;
  hb_buffer_add_utf16(buffer: number, text: number, length: number, from: number, count: number): void;
  hb_buffer_guess_segment_properties(buffer: number): void;
  hb_buffer_set_direction(buffer: number, direction: number): void;
  hb_buffer_get_length(buffer: number): number;
  hb_buffer_get_glyph_infos(buffer: number, length: number): number;
  hb_buffer_get_glyph_positions(buffer: number, length: number): number;
  hb_shape(font: number, buffer: number, features: number, count: number): void;
}

const PAGE_BYTES = 65_536;
/** HB_MEMORY_MODE_WRITABLE: the bytes are its own. */
const OWN_BYTES = 2;
const DIRECTION = { fromLeft: 4, fromRight: 5 } as const;
/** Five words of 32 bits: hb_glyph_info_t, hb_glyph_position_t. */
const GLYPH_WORDS = 5;

let loaded: HarfBuzz | undefined;

/** Compiled in each thread with its first name in such a script: most never have one. */
function harfBuzz(): HarfBuzz {
  loaded ??= load();
  return loaded;
}

function load(): HarfBuzz {
  const fail = () => {
    throw new Error(messages.shapingFailed);
  };
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(readPacked(wasm)), {
    env: {
      _abort_js: fail,
      _setitimer_js: () => 0,
      _emscripten_runtime_keepalive_clear: () => {},
      emscripten_resize_heap(bytes: number) {
        const { memory } = exports as unknown as HarfBuzz;
        // An address of more than 2 GiB is negative here.
        memory.grow(Math.max(0, Math.ceil(((bytes >>> 0) - memory.buffer.byteLength) / PAGE_BYTES)));
        return 1;
      },
    },
    wasi_snapshot_preview1: { proc_exit: fail },
  });
  const library = exports as unknown as HarfBuzz;
  library._initialize?.();
  return library;
}

/** Shapes with the face in `bytes`, which needs no outlines. It stays for the thread's life, as all faces do. */
export function openShaper(bytes: Uint8Array): Shape {
  const library = harfBuzz();
  const address = library.malloc(bytes.length);
  new Uint8Array(library.memory.buffer).set(bytes, address);
  const blob = library.hb_blob_create(address, bytes.length, OWN_BYTES, 0, 0);
  const font = library.hb_font_create(library.hb_face_create(blob, 0));

  return (text, fromRight) => {
    const buffer = library.hb_buffer_create();
    const characters = library.malloc(2 * text.length);
    const units = new Uint16Array(library.memory.buffer, characters, text.length);
    for (let at = 0; at < text.length; at++) units[at] = text.charCodeAt(at);
    library.hb_buffer_add_utf16(buffer, characters, text.length, 0, text.length);
    library.hb_buffer_guess_segment_properties(buffer);
    library.hb_buffer_set_direction(buffer, fromRight ? DIRECTION.fromRight : DIRECTION.fromLeft);
    library.hb_shape(font, buffer, 0, 0);
    const count = library.hb_buffer_get_length(buffer);
    const infos = library.hb_buffer_get_glyph_infos(buffer, 0) / 4;
    const positions = library.hb_buffer_get_glyph_positions(buffer, 0) / 4;
    // The memory may be another one by now: it has grown.
    const words = new Int32Array(library.memory.buffer);
    const word = (at: number) => words[at] ?? 0;
    const glyphs = Array.from({ length: count }, (_, index): ShapedGlyph => {
      const [info, position] = [infos + GLYPH_WORDS * index, positions + GLYPH_WORDS * index];
      return {
        id: word(info),
        cluster: word(info + 2),
        xAdvance: word(position),
        xOffset: word(position + 2),
        yOffset: word(position + 3),
      };
    });
    library.hb_buffer_destroy(buffer);
    library.free(characters);
    return glyphs;
  };
}
