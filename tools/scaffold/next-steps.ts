const constantOf = (event: string): string =>
  event.replaceAll(/[.-]([a-z])/g, (_, letter: string) => letter.toUpperCase());

const successor = (name: string, version: number): string[] =>
  version === 1
    ? []
    : [
        `The producer emits ${name}.v${String(version - 1)} and ${name}.v${String(version)} until no rule matches the earlier one.`,
      ];

/** What is left to do by hand after an event was made. */
export const nextSteps = (name: string, version: number): string[] => {
  const event = `${name}.v${String(version)}`;
  const handler = `on-${name.replaceAll('.', '-')}`;
  return [
    `schemas/events/${event}.schema.json: write description, fields (each with an example) and x-identity; then npm run new-event -- ${name} --version ${String(version)} --examples.`,
    `Producer: "emits" in services/<producer>/contract.json; bus.publish(${constantOf(event)}, data, metadata) in its handler.`,
    `Consumer: "consumes" in services/<consumer>/contract.json; src/handlers/${handler}.ts; function, rule and role in its serverless.yml. Events for the outside have "x-audience": "external" instead.`,
    ...successor(name, version),
    'npm run generate && npm test -- contracts-test. docs/how-to/add-an-event.md has every step in full.',
  ];
};
