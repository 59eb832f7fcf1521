"""DTM's wire protocol: messages, metadata and the texts of its answers."""
