export const CollectionsView = (_: Record<string, unknown>) => null;
