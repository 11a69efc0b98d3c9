import type { SchemaChange } from './change.ts';
import { compareAnnotations } from './compare-annotations.ts';
import { addedProperty, changedRequirement, removedProperty } from './compare-properties.ts';
import { compareAllowed, compareBounds, compareTextForms, compareTypes } from './compare-values.ts';
import { relaxed, tightened, type Finding } from './finding.ts';
import type { JsonSchema } from './json-schema.ts';
import { matchVariants, type VariantPair } from './match-variants.ts';
import { viewOf, type Place, type View } from './view.ts';

const place = (path: string, findings: Finding[]): SchemaChange[] =>
  findings.map((finding) => ({ ...finding, path: path || '/' }));

const escape = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1');

/** Compares two self-contained schemas place by place. */
class Comparison {
  /** Pairs of places on the way down: a recursive schema comes back to one of them. */
  readonly #under = new Set<string>();
  readonly #ids = new Map<JsonSchema, number>();

  at(path: string, old: Place, now: Place): SchemaChange[] {
    const pair = `${this.#idOf(old)}|${this.#idOf(now)}`;
    if (this.#under.has(pair)) return [];
    this.#under.add(pair);
    const changes = this.#views(path, viewOf(old), viewOf(now));
    this.#under.delete(pair);
    return changes;
  }

  #idOf({ parts }: Place): string {
    for (const part of parts) if (!this.#ids.has(part)) this.#ids.set(part, this.#ids.size);
    return parts.map((part) => this.#ids.get(part)).join('+');
  }

  #views(path: string, old: View, now: View): SchemaChange[] {
    const annotations = place(path, compareAnnotations(old, now));
    const types = place(path, compareTypes(old, now));
    if (types.length > 0) return [...types, ...annotations];
    return [
      ...place(path, compareAllowed(old, now)),
      ...place(path, compareBounds(old, now)),
      ...place(path, compareTextForms(old, now)),
      ...annotations,
      ...this.#properties(path, old, now),
      ...this.#items(`${path}/*`, old.items, now.items),
      ...this.#choices(path, old, now),
    ];
  }

  #properties(path: string, old: View, now: View): SchemaChange[] {
    const names = new Set([old, now].flatMap((view) => [...view.properties.keys(), ...view.required]));
    return [...names].flatMap((name) => this.#property(path, name, { old, now }));
  }

  #property(path: string, name: string, { old, now }: { old: View; now: View }): SchemaChange[] {
    const below = `${path}/${escape(name)}`;
    const before = old.properties.get(name);
    const after = now.properties.get(name);
    const required = now.required.has(name);
    if (before === undefined && after !== undefined) return place(below, [addedProperty(old, required)]);
    if (before !== undefined && after === undefined) {
      return place(below, [removedProperty(old.required.has(name))]);
    }
    return [
      ...place(below, changedRequirement(old.required.has(name), required)),
      ...(before === undefined || after === undefined ? [] : this.at(below, before, after)),
    ];
  }

  #items(path: string, old: Place | undefined, now: Place | undefined): SchemaChange[] {
    if (old !== undefined && now !== undefined) return this.at(path, old, now);
    if (old === now) return [];
    return place(path, [
      now === undefined
        ? relaxed('items', 'may now be anything', 'other items')
        : tightened('items', 'is now held to a schema', 'with other items'),
    ]);
  }

  #choices(path: string, { choices: old }: View, { choices: now }: View): SchemaChange[] {
    if (old.length > 0 && now.length > 0) {
      return matchVariants(old, now).flatMap((pair) => this.#variant(`${path}<${pair.tag}>`, pair));
    }
    if (old.length === now.length) return [];
    return place(path, [
      now.length === 0
        ? relaxed('variant', 'is no longer one of several variants', 'what is none of them')
        : tightened('variant', 'is now one of several variants', 'that are none of them'),
    ]);
  }

  #variant(path: string, { old, now }: VariantPair): SchemaChange[] {
    if (old !== undefined && now !== undefined) return this.at(path, old, now);
    return place(path, [
      old === undefined
        ? relaxed('variant', 'is a new variant', 'a tag that they do not know')
        : tightened('variant', 'is gone', 'that are of this variant'),
    ]);
  }
}

/**
 * Every difference in meaning between two self-contained schemas (see bundleSchema), judged for FULL compatibility:
 * consumers of either read values written to the other, and nothing changes its meaning. Order follows the schemas.
 */
export const compareSchemas = (old: JsonSchema, now: JsonSchema): SchemaChange[] =>
  new Comparison().at('', { root: old, parts: [old] }, { root: now, parts: [now] });
