// The chat.
