import { Field } from "../parts/field.tsx";

const FIELDS = [
  ["address", "Address", "text", "Such as 12 Ocean Road."],
  ["property_type", "Property type", "text", "Such as House."],
  ["bedrooms", "Bedrooms", "number", "Comparable sales have the same number, one fewer or one more."],
  ["bathrooms", "Bathrooms", "number", undefined],
  ["carspaces", "Car spaces", "number", undefined],
  ["land_area", "Land, m²", "number", "Comparable sales have from half to twice this area."],
  ["price", "Expected price, $", "number", "Comparable sales sold for at most 25% more or less."],
  ["lat", "Latitude", "number", undefined],
  ["lon", "Longitude", "number", undefined],
  ["radius_km", "Within, km", "number", "Of the latitude and longitude; 2 where it is empty."],
] as const;

interface SubjectFieldsProps {
  /** What is wrong with a field of the request. */
  readonly wrong: (path: string) => string | undefined;
}

/** A property whose comparable sales the report shows. */
export function SubjectFields({ wrong }: SubjectFieldsProps) {
  return (
    <details class="more">
      <summary>A property to compare with</summary>
      {FIELDS.map(([name, label, type, hint]) => (
        <Field
          key={name}
          label={label}
          {...(hint === undefined ? {} : { hint })}
          optional={name !== "address"}
          wrong={wrong(`/subject/${name}`) ?? (name === "address" ? wrong("/subject") : undefined)}
        >
          {(attributes) =>
            type === "number" ? (
              <input {...attributes} name={`subject_${name}`} type="number" step="any" autocomplete="off" />
            ) : (
              <input {...attributes} name={`subject_${name}`} type="text" autocomplete="off" />
            )
          }
        </Field>
      ))}
    </details>
  );
}
