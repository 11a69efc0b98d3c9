export const RunView = (_: Record<string, unknown>) => null;
