export const ContractsView = (_: Record<string, unknown>) => null;
