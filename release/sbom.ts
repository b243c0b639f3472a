import { Enums, Models, Serialize, Spec } from "@cyclonedx/cyclonedx-library";
import { idOf, type Package, packagesOf } from "../src/cli/licences/packages.ts";

export interface SbomOptions {
  /** The project's folder, with its packages installed. */
  readonly root: string;
  /** The commit's time: a document of the same commit has the same bytes. */
  readonly at: Date;
  readonly commit: string;
}

/**
 * What is in the binaries, as a CycloneDX 1.6 document in JSON: every package with its version, licence and what it
 * needs, and the runtime. From the same walk as `agentlink licences`, so the two cannot differ.
 */
export function sbom({ root, at, commit }: SbomOptions): string {
  const [own, ...packages] = packagesOf(root);
  const bom = new Models.Bom();
  bom.serialNumber = serialNumber(`${idOf(own.manifest)} ${commit}`);
  bom.metadata.timestamp = at;

  const product = new Models.Component(Enums.ComponentType.Application, own.manifest.name, {
    bomRef: idOf(own.manifest),
    version: own.manifest.version,
    properties: new Models.PropertyRepository([new Models.Property("agentlink:commit", commit)]),
  });
  bom.metadata.component = product;
  const components = new Map(packages.map((each) => [idOf(each.manifest), component(each)]));
  for (const { manifest, needs } of packages) {
    for (const id of needs) link(components.get(idOf(manifest)), components.get(id));
  }
  for (const id of own.needs) link(product, components.get(id));

  const runtime = new Models.Component(Enums.ComponentType.Platform, "bun", {
    bomRef: `bun@${Bun.version}`,
    version: Bun.version,
    purl: `pkg:npm/bun@${Bun.version}`,
    licenses: new Models.LicenseRepository([new Models.SpdxLicense("MIT")]),
    description: "The runtime; it brings JavaScriptCore and SQLite.",
  });
  link(product, runtime);
  for (const each of [...components.values(), runtime]) bom.components.add(each);

  const serializer = new Serialize.JsonSerializer(new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6));
  return `${serializer.serialize(bom, { sortLists: true, space: 2 })}\n`;
}

function component({ manifest }: Package): Models.Component {
  const { name, version, license } = manifest;
  const [group, plain] = name.startsWith("@") ? (name.split("/") as [string, string]) : [undefined, name];
  return new Models.Component(Enums.ComponentType.Library, plain, {
    bomRef: idOf(manifest),
    version,
    ...(group === undefined ? {} : { group }),
    purl: `pkg:npm/${name.replace("@", "%40")}@${version}`,
    licenses: new Models.LicenseRepository([licence(license)]),
  });
}

/** One licence by its SPDX name, or the words that join several; a package may bring a text alone. */
function licence(text: string | undefined): Models.License {
  if (text === undefined) return new Models.NamedLicense("as in its licence file");
  return /[\s()]/.test(text) ? new Models.LicenseExpression(text) : new Models.SpdxLicense(text);
}

function link(from: Models.Component | undefined, to: Models.Component | undefined): void {
  if (from === undefined || to === undefined) throw new Error("a package needs one that is not in the list");
  from.dependencies.add(to.bomRef);
}

/** A UUID (RFC 9562, version 8) from what the document is of, instead of from chance. */
function serialNumber(of: string): string {
  const hex = new Bun.CryptoHasher("sha256").update(of).digest("hex");
  return `urn:uuid:${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
