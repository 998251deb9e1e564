"""Forms: the shape of what people type, one file a noun."""
