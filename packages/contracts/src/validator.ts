/** One fault that a validator found. */
export interface ValidationFault {
  /** JSON pointer of the faulty value, e.g. `/data/part`. */
  instancePath: string;
  keyword: string;
  message?: string;
  params: Record<string, unknown>;
}

/** A generated validator; the faults of its last call are on the function itself. */
export interface Validator<T> {
  (value: unknown): value is T;
  errors?: ValidationFault[] | null;
}

/** JSON pointer of the fault, down to a missing or an unknown property. */
export const faultPath = ({ instancePath, keyword, params }: ValidationFault): string => {
  const missing = keyword === 'required' ? params['missingProperty'] : undefined;
  const unknown = keyword === 'additionalProperties' ? params['additionalProperty'] : undefined;
  const last = missing ?? unknown;
  return typeof last === 'string' ? `${instancePath}/${last}` : instancePath || '/';
};

const sentenceOf = ({ keyword, message }: ValidationFault): string => {
  if (keyword === 'required') return 'is missing';
  if (keyword === 'additionalProperties') return 'is not declared';
  return message ?? keyword;
};

/** `/data/part must be >= 0`: the first fault in one line. */
export const describeFault = (faults: ValidationFault[] | null | undefined): string => {
  const [fault] = faults ?? [];
  return fault === undefined ? 'unknown fault' : `${faultPath(fault)} ${sentenceOf(fault)}`;
};
