import ts from 'typescript';
import { codeTakersOf, nodesOf, propertyOf, textsOf, type CodeTaker } from './functions-with-code.ts';

/** One place in the source that names an error code. */
export interface CodeUse {
  /** `OBJECT_MISSING`, or `*_CORRUPT` where part of it is computed. */
  code: string;
  /** Kind of the PipelineError, where the place tells. */
  kind?: string;
  /** `packages/contracts/src/contract.ts:44` */
  at: string;
}

type Found = Omit<CodeUse, 'at'>;

const CODE = /^[A-Z*][A-Z0-9*]*(?:_[A-Z0-9*]+)*$/;

// `denied ? 'A' : 'B'` beside `denied ? 'x' : 'y'`: they go in pairs.
const pairUp = (codes: string[], kinds: string[]): Found[] =>
  codes.flatMap((code, index): Found[] => {
    if (kinds.length === 0) return [{ code }];
    const own = kinds.length === codes.length ? kinds.slice(index, index + 1) : kinds;
    return own.map((kind) => ({ code, kind }));
  });

const inObject = (object: ts.ObjectLiteralExpression): Found[] => {
  const [code, reason, kind] = ['code', 'reason', 'kind'].map((name) => propertyOf(object, name));
  const codes = [code, reason].flatMap((value) => (value === undefined ? [] : textsOf(value)));
  return pairUp(codes, kind === undefined ? [] : textsOf(kind));
};

const inCall = (call: ts.CallExpression, takers: Map<string, CodeTaker>): Found[] => {
  const taker = takers.get(call.expression.getText());
  if (taker === undefined) return [];
  const given = call.arguments[taker.position];
  const codes = given === undefined ? [taker.fallback ?? ''] : textsOf(given);
  return codes.flatMap((code) => pairUp([code], taker.kinds));
};

// `return ['DELTA_MISMATCH', `it is …`]`: a code with its message.
const inTuple = ({ elements: [first, second] }: ts.ArrayLiteralExpression): Found[] =>
  first !== undefined && second !== undefined && ts.isStringLiteral(first) && ts.isTemplateExpression(second)
    ? [{ code: first.text }]
    : [];

const inVariable = ({ name, initializer }: ts.VariableDeclaration): Found[] =>
  name.getText() === 'code' && initializer !== undefined
    ? textsOf(initializer).map((code) => ({ code }))
    : [];

const inNode = (node: ts.Node, takers: Map<string, CodeTaker>): Found[] => {
  if (ts.isObjectLiteralExpression(node)) return inObject(node);
  if (ts.isCallExpression(node)) return inCall(node, takers);
  if (ts.isArrayLiteralExpression(node)) return inTuple(node);
  return ts.isVariableDeclaration(node) ? inVariable(node) : [];
};

/** Every error code that sources name, by path; a function that takes a code may be declared in another file. */
export const findCodes = (sources: Record<string, string>): CodeUse[] => {
  const files = Object.entries(sources).map(([path, text]) =>
    ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true),
  );
  const byName = (takers: CodeTaker[]): [string, CodeTaker][] => takers.map((taker) => [taker.name, taker]);
  const exported = byName(files.flatMap(codeTakersOf).filter(({ isExported }) => isExported));
  return files.flatMap((file) => {
    // Its own functions shadow those of the same name elsewhere.
    const takers = new Map([...exported, ...byName(codeTakersOf(file))]);
    return nodesOf(file).flatMap((node) =>
      inNode(node, takers)
        .filter(({ code }) => CODE.test(code))
        .map((found) => ({
          ...found,
          at: `${file.fileName}:${String(file.getLineAndCharacterOfPosition(node.getStart()).line + 1)}`,
        })),
    );
  });
};
