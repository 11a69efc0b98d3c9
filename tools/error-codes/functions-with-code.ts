import ts from 'typescript';

/** A function that takes an error code: `refuse(code, message)`. */
export interface CodeTaker {
  name: string;
  /** Index of the parameter `code`. */
  position: number;
  /** Kinds of the errors it makes; empty when it makes none. */
  kinds: string[];
  /** Code it takes when none is given. */
  fallback?: string;
  isExported: boolean;
}

/** Every node of a syntax tree. */
export const nodesOf = (root: ts.Node): ts.Node[] => {
  const nodes: ts.Node[] = [];
  const visit = (node: ts.Node): void => {
    nodes.push(node);
    ts.forEachChild(node, visit);
  };
  visit(root);
  return nodes;
};

/**
 * The texts that an expression can yield, through `a ? b : c`, `a ?? b`, `as` and parentheses; a computed part of a
 * template is `*`.
 */
export const textsOf = (node: ts.Expression): string[] => {
  if (ts.isStringLiteralLike(node)) return [node.text];
  if (ts.isTemplateExpression(node))
    return [node.head.text + node.templateSpans.map(({ literal }) => `*${literal.text}`).join('')];
  if (ts.isConditionalExpression(node)) return [...textsOf(node.whenTrue), ...textsOf(node.whenFalse)];
  if (ts.isBinaryExpression(node)) return [...textsOf(node.left), ...textsOf(node.right)];
  if (ts.isAsExpression(node) || ts.isParenthesizedExpression(node)) return textsOf(node.expression);
  return [];
};

/** The value of a property that is written out. */
export const propertyOf = (object: ts.ObjectLiteralExpression, name: string): ts.Expression | undefined =>
  object.properties.find(
    (property): property is ts.PropertyAssignment =>
      ts.isPropertyAssignment(property) && property.name.getText() === name,
  )?.initializer;

const kindsMadeBy = (body: ts.Node): string[] =>
  nodesOf(body)
    .filter(ts.isObjectLiteralExpression)
    .flatMap((object) => {
      const kind = propertyOf(object, 'kind');
      return kind === undefined ? [] : textsOf(kind);
    });

const takerOf = (name: string, fn: ts.ArrowFunction | ts.FunctionDeclaration): CodeTaker[] => {
  const position = fn.parameters.findIndex((parameter) => parameter.name.getText() === 'code');
  const parameter = fn.parameters[position];
  if (parameter === undefined || fn.body === undefined) return [];
  const [fallback] = parameter.initializer === undefined ? [] : textsOf(parameter.initializer);
  const declaration = ts.isFunctionDeclaration(fn) ? fn : ts.findAncestor(fn, ts.isVariableStatement);
  const isExported = declaration?.getText().startsWith('export ') === true;
  const kinds = kindsMadeBy(fn.body);
  return [{ name, position, kinds, isExported, ...(fallback === undefined ? {} : { fallback }) }];
};

/** The functions of one file that take an error code. */
export const codeTakersOf = (file: ts.SourceFile): CodeTaker[] =>
  nodesOf(file).flatMap((node) => {
    if (ts.isFunctionDeclaration(node)) return takerOf(node.name?.text ?? '', node);
    const value = ts.isVariableDeclaration(node) ? node.initializer : undefined;
    if (value === undefined || !ts.isArrowFunction(value)) return [];
    return takerOf((node as ts.VariableDeclaration).name.getText(), value);
  });
