"""Label Studio's XML, JSON and REST; nothing of them goes further."""
