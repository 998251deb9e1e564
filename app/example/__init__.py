"""What the example county shows, beside its children and suppliers: one module a noun."""
