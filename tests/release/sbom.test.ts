import { expect, test } from "bun:test";
import { resolve } from "node:path";
import { Spec, Validation } from "@cyclonedx/cyclonedx-library";
import { sbom } from "../../release/sbom.ts";

const ROOT = resolve(import.meta.dir, "../..");
const made = { root: ROOT, at: new Date("2026-11-24T00:00:00Z"), commit: "0123456789ab" };

interface Component {
  readonly "bom-ref": string;
  readonly purl: string;
  readonly licenses?: readonly unknown[];
}

test("the bill of materials is valid CycloneDX 1.6", async () => {
  const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot6);
  expect(await validator.validate(sbom(made))).toBeNull();
  expect(await validator.validate(sbom(made).replace('"library"', '"book"'))).not.toBeNull();
});

test("it names every package of the product with its licence, the runtime, and none of development's", async () => {
  const { dependencies, devDependencies } = await Bun.file(`${ROOT}/package.json`).json();
  const { components, dependencies: edges } = JSON.parse(sbom(made)) as {
    components: Component[];
    dependencies: { ref: string; dependsOn?: string[] }[];
  };
  const refs = components.map((component) => component["bom-ref"]);
  const product = edges.find(({ ref }) => ref.startsWith("agentlink@"));
  for (const [name, version] of Object.entries(dependencies)) {
    expect(refs).toContain(`${name}@${version}`);
    expect(product?.dependsOn).toContain(`${name}@${version}`);
  }
  for (const [name, version] of Object.entries(devDependencies)) expect(refs).not.toContain(`${name}@${version}`);
  expect(refs).toContain(`bun@${Bun.version}`);
  expect(components.filter(({ licenses }) => licenses === undefined).map(({ purl }) => purl)).toEqual([]);
});

test("the same commit gives the same document", () => {
  expect(sbom(made)).toBe(sbom(made));
  expect(sbom({ ...made, commit: "ba9876543210" })).not.toBe(sbom(made));
});
