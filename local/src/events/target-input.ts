import type { BusEvent, InputTransformer, Target } from './model.ts';

/** What an input template may say of the rule that matched. */
export interface InputContext {
  ruleArn: string;
  ruleName: string;
  ingestedAt: string;
}

/** Follows a JSON path of names and indexes: `$.detail.items[0]`, `$['detail-type']`. */
export const followPath = (root: unknown, path: string): unknown => {
  const steps = [...path.matchAll(/\.([^.[\]]+)|\[(\d+)\]|\['([^']+)'\]/g)];
  return steps.reduce<unknown>((node, [, name, index, quoted]) => {
    if (typeof node !== 'object' || node === null) return undefined;
    const key = name ?? index ?? quoted ?? '';
    return Object.hasOwn(node, key) ? (node as Record<string, unknown>)[key] : undefined;
  }, root);
};

const variablesOf = (
  transformer: InputTransformer,
  event: BusEvent,
  context: InputContext,
): Map<string, unknown> => {
  const paths = Object.entries(transformer.InputPathsMap ?? {});
  const { detail: _, ...withoutDetail } = event;
  return new Map<string, unknown>([
    ...paths.map(([name, path]): [string, unknown] => [name, followPath(event, path)]),
    ['aws.events.rule-arn', context.ruleArn],
    ['aws.events.rule-name', context.ruleName],
    ['aws.events.event.ingestion-time', context.ingestedAt],
    ['aws.events.event', withoutDetail],
    ['aws.events.event.json', event],
  ]);
};

/** Text between quotes takes a value without its own quotes but escaped; anywhere else in JSON it is a JSON value. */
const render = (value: unknown, place: 'quoted' | 'json' | 'text'): string => {
  if (value === undefined) return place === 'json' ? 'null' : '';
  if (typeof value !== 'string') {
    const json = JSON.stringify(value);
    return place === 'quoted' ? JSON.stringify(json).slice(1, -1) : json;
  }
  if (place === 'text') return value;
  return place === 'quoted' ? JSON.stringify(value).slice(1, -1) : JSON.stringify(value);
};

const transform = (transformer: InputTransformer, event: BusEvent, context: InputContext): string => {
  const template = transformer.InputTemplate;
  const variables = variablesOf(transformer, event, context);
  const isJson = /^\s*["{[<]/.test(template) && !/^\s*<[^>]*>\s*\S/.test(template);
  let insideQuotes = false;
  return template.replace(/\\.|"|<([^<>\s]+)>/g, (part: string, name: string | undefined) => {
    if (part === '"') insideQuotes = !insideQuotes;
    if (name === undefined) return part;
    return render(variables.get(name), insideQuotes ? 'quoted' : isJson ? 'json' : 'text');
  });
};

/** The payload a target gets for an event: its constant, a part of the event, a filled template, or the event itself. */
export const targetInput = (target: Target, event: BusEvent, context: InputContext): string => {
  if (target.Input !== undefined) return target.Input;
  if (target.InputPath !== undefined) return JSON.stringify(followPath(event, target.InputPath) ?? null);
  if (target.InputTransformer !== undefined) return transform(target.InputTransformer, event, context);
  return JSON.stringify(event);
};
