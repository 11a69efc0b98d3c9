export const RunsView = (_: Record<string, unknown>) => null;
