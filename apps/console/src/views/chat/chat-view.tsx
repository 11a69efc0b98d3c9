export const ChatView = (_: Record<string, unknown>) => null;
